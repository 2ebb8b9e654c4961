"""What the kernel's handlers do, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.isa.interpreter import Fault
from tests.kernel.harness import (
    BRK,
    BUFFER,
    CLOSE,
    CODE,
    EBADF,
    EINVAL,
    ENOMEM,
    ENOSYS,
    EXIT,
    EXIT_GROUP,
    HEAP,
    MEMORY_END,
    MMAP2,
    MPROTECT,
    MUNMAP,
    READ,
    READV,
    SET_THREAD_AREA,
    SET_TID_ADDRESS,
    WRITE,
    WRITEV,
    KernelMachine,
)
from zkm.isa.instructions import BY_NAME
from zkm.isa.registers import EPC, LLADDR, TLS, V0

CHUNKS = st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=40)), max_size=8)


def place(machine: KernelMachine, chunks: list[tuple[int, bytes]]) -> list[tuple[int, int]]:
    """Puts each chunk at an address of the given alignment; (address, length) of each."""
    entries, address = [], BUFFER
    for alignment, data in chunks:
        machine.put_bytes(address + alignment, data)
        entries.append((address + alignment, len(data)))
        address += 64
    return entries


def vector(machine: KernelMachine, entries: list[tuple[int, int]]) -> int:
    """An array of struct iovec in memory."""
    address = BUFFER + 0x10000
    for number, entry in enumerate(entries):
        machine.memory[address + 8 * number], machine.memory[address + 8 * number + 4] = entry
    return address


@settings(max_examples=60, deadline=None)
@given(CHUNKS)
def test_writes_append_to_the_output(chunks: list[tuple[int, bytes]]) -> None:
    machine = KernelMachine()
    for address, length in place(machine, chunks):
        assert machine.call(WRITE, 1, address, length) == length
        assert machine.call(WRITE, 2, address, length) == length
    assert machine.exit() == b"".join(data for _, data in chunks)
    assert machine.exit_code == 0


@settings(max_examples=60, deadline=None)
@given(CHUNKS, st.binary(max_size=5))
def test_writev_appends_all_pieces(chunks: list[tuple[int, bytes]], first: bytes) -> None:
    machine = KernelMachine()
    data = b"".join(data for _, data in chunks)
    machine.put_bytes(BUFFER + 0x8000, first)
    machine.call(WRITE, 1, BUFFER + 0x8000, len(first))
    entries = place(machine, chunks)
    at = vector(machine, entries)
    assert machine.call(WRITEV, 1, at, len(entries)) == len(data)
    assert machine.call(WRITEV, 2, at, len(entries)) == len(data)
    assert machine.exit() == first + data


READS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 100)), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), READS)
def test_reads_take_the_input_in_order(data: bytes, reads: list[tuple[int, int]]) -> None:
    machine = KernelMachine(data)
    position = 0
    for alignment, count in reads:
        expected = data[position : position + count]
        before = machine.get_bytes(BUFFER, 128)
        assert machine.call(READ, 0, BUFFER + alignment, count) == len(expected)
        position += len(expected)
        end = alignment + len(expected)
        assert machine.get_bytes(BUFFER, 128) == before[:alignment] + expected + before[end:]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), READS)
def test_readv_fills_the_pieces_in_order(data: bytes, reads: list[tuple[int, int]]) -> None:
    machine = KernelMachine(data)
    entries = [(BUFFER + 128 * number + alignment, count) for number, (alignment, count) in enumerate(reads)]
    total = min(len(data), sum(count for _, count in reads))
    assert machine.call(READV, 0, vector(machine, entries), len(entries)) == total
    assert b"".join(machine.get_bytes(*entry) for entry in entries)[:total] == data[:total]
    assert machine.call(READ, 0, BUFFER, 1000) == len(data) - total


@pytest.mark.parametrize("count", [0, 1, 4, 5, 64])
def test_more_input_than_asked_for_has_no_continuation(count: int) -> None:
    machine = KernelMachine(bytes(100))
    machine.more_than_asked = True
    with pytest.raises(Fault, match="load or store at 0x1"):
        machine.call(READ, 0, BUFFER, count)
    assert machine.exit_code is None


@pytest.mark.parametrize(
    ("number", "arguments", "result"),
    [
        (READ, (1, BUFFER, 1), -EBADF),
        (READ, (3, BUFFER, 1), -EBADF),
        (READV, (2, BUFFER, 1), -EBADF),
        (WRITE, (0, BUFFER, 1), -EBADF),
        (WRITE, (0xFFFFFFFF, BUFFER, 1), -EBADF),
        (WRITEV, (0, BUFFER, 1), -EBADF),
        (WRITEV, (3, BUFFER, 1), -EBADF),
        (WRITEV, (1, BUFFER, 1025), -EINVAL),
        (READV, (0, BUFFER, 0xFFFFFFFF), -EINVAL),
        (CLOSE, (1,), 0),
        (SET_TID_ADDRESS, (BUFFER,), 1),
        (4090, (0, 4096, 3), -ENOSYS),
        (0, (), -ENOSYS),
        (0xFFFFFFFF, (), -ENOSYS),
    ],
)
def test_results(number: int, arguments: tuple[int, ...], result: int) -> None:
    machine = KernelMachine(b"data")
    assert machine.call(number, *arguments) == result
    assert machine.exit() == b""


def test_break_grows_and_never_shrinks() -> None:
    machine = KernelMachine()
    steps = [
        (0, HEAP),
        (HEAP + 12345, HEAP + 12345),
        (HEAP, HEAP + 12345),
        (MEMORY_END, MEMORY_END),
        (MEMORY_END + 1, MEMORY_END),
        (0xFFFFFFFF, MEMORY_END),
    ]
    assert [machine.call(BRK, request) for request, _ in steps] == [result for _, result in steps]


def test_mappings_are_fresh_memory_below_the_earlier_ones() -> None:
    machine = KernelMachine()
    anonymous = 0x802
    assert machine.call(MMAP2, 0, 1, 3, anonymous) == MEMORY_END - 4096
    assert machine.call(MMAP2, 0x12345000, 4097, 3, anonymous) == MEMORY_END - 3 * 4096
    assert machine.call(MUNMAP, MEMORY_END - 4096, 1) == 0
    assert machine.call(MPROTECT, MEMORY_END - 4096, 1, 1) == 0
    assert machine.call(MMAP2, 0, 4096, 3, anonymous) == MEMORY_END - 4 * 4096


def test_heap_and_mappings_do_not_meet() -> None:
    machine = KernelMachine()
    free = MEMORY_END - HEAP
    for length in (free + 1, 0xFFFFF000, 0xFFFFF001, 0xFFFFFFFF):
        assert machine.call(MMAP2, 0, length, 3, 0x802) == -ENOMEM
    assert machine.call(MMAP2, 0, free - 4096, 3, 0x802) == HEAP + 4096
    assert machine.call(BRK, HEAP + 4097) == HEAP
    assert machine.call(BRK, HEAP + 1) == HEAP + 1
    assert machine.call(MMAP2, 0, 1, 3, 0x802) == -ENOMEM
    assert machine.call(BRK, HEAP + 4096) == HEAP + 4096


@pytest.mark.parametrize(("length", "flags"), [(0, 0x802), (1, 0x812), (1, 0x2), (1, 0)])
def test_other_mappings_are_refused(length: int, flags: int) -> None:
    assert KernelMachine().call(MMAP2, 0x10000000, length, 3, flags) == -EINVAL


def test_thread_pointer() -> None:
    machine = KernelMachine(instruction=BY_NAME["rdhwr ($29)"].encode(rt=9))
    machine.registers[TLS] = 0x12345678
    machine.step()
    assert machine.registers[9] == 0x12345678
    machine = KernelMachine()
    assert machine.call(SET_THREAD_AREA, 0x7FFF1234) == 0
    assert machine.registers[TLS] == 0x7FFF1234


@pytest.mark.parametrize("number", [EXIT, EXIT_GROUP])
@pytest.mark.parametrize("status", [0, 1, 255, 256, 0xFFFFFFFF])
def test_exit_code_is_the_low_byte(number: int, status: int) -> None:
    machine = KernelMachine()
    machine.put_bytes(BUFFER, b"abcdefg")
    machine.call(WRITE, 1, BUFFER + 1, 6)
    assert machine.exit(number, status) == b"bcdefg"
    assert (machine.exit_code, machine.length) == (status & 0xFF, 6)


@pytest.mark.parametrize(
    ("instruction", "exit_code"),
    [
        (BY_NAME["break"].encode(), 133),
        (BY_NAME["break"].encode(code=7), 136),
        (BY_NAME["break"].encode(code=7 << 10), 136),
        (BY_NAME["break"].encode(code=6 << 10), 136),
        (BY_NAME["break"].encode(code=7 << 10 | 7), 133),
        (BY_NAME["break"].encode(code=512), 133),
        (BY_NAME["teq"].encode(rs=8, rt=8, code=7), 136),
        (BY_NAME["teq (rt = 0)"].encode(rs=0, code=7), 136),
        (BY_NAME["teq"].encode(rs=8, rt=8), 133),
        (BY_NAME["tnei"].encode(rs=0, imm=1), 133),
        (BY_NAME["mfc0"].encode(rt=8, rd=4), 132),
        (BY_NAME["mtc0"].encode(rt=8, rd=6), 132),
        (BY_NAME["eret"].encode(), 132),
        (BY_NAME["lwc2 (in)"].encode(rs=29), 132),
        (BY_NAME["swc2 (out)"].encode(rs=29, rt=8), 132),
        (BY_NAME["ctc2 (halt)"].encode(), 132),
    ],
)
def test_traps_end_with_the_signal(instruction: int, exit_code: int) -> None:
    machine = KernelMachine(instruction=instruction)
    machine.run(100)
    assert machine.exit_code == exit_code
    assert machine.output_bytes() == b""


def test_overflow_ends_with_sigfpe() -> None:
    machine = KernelMachine(instruction=BY_NAME["add"].encode(rs=8, rt=8, rd=9))
    machine.registers[8] = 0x7FFFFFFF
    machine.run(100)
    assert machine.exit_code == 136


def test_system_call_in_a_delay_slot() -> None:
    branch = BY_NAME["bne (rt = 0)"].encode(rs=29, imm=0x40)
    machine = KernelMachine(instruction=branch, slot=BY_NAME["syscall"].encode())
    machine.registers[29], machine.registers[V0] = 1, SET_TID_ADDRESS
    target = CODE + 4 + 4 * 0x40
    while machine.pc != target:
        machine.step()
    assert (machine.registers[V0], machine.registers[EPC], machine.delta) == (1, target, 0)


def test_system_call_drops_the_link() -> None:
    machine = KernelMachine()
    machine.registers[LLADDR] = BUFFER
    machine.call(CLOSE)  # checks LLADDR


def test_rows_per_call() -> None:
    """The budget: about 40 rows for a call, few for each word (tables, section 6)."""
    machine = KernelMachine(bytes(4096))

    def rows(*call: int) -> int:
        before = machine.row_count
        machine.call(*call)
        return machine.row_count - before

    assert rows(READ, 0, BUFFER, 64) <= 60
    assert rows(READ, 0, BUFFER, 2048) <= 2048 // 4 * 1.3 + 40
    assert rows(READ, 0, BUFFER + 1, 64) <= 16 * 7 + 45
    assert rows(WRITE, 1, BUFFER, 4) <= 48
    assert rows(WRITE, 1, BUFFER, 1024) <= 256 * 4 + 48
    assert rows(WRITE, 2, BUFFER, 1024) <= 15
    assert rows(4090) <= 36
