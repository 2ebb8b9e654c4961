"""read, write and what else concerns descriptors (zkm/kernel/system: host.c, files.c)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.isa.interpreter import Fault
from tests.kernel.harness import BUFFER, KernelMachine

CHUNKS = st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=80)), max_size=8)
READS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 100)), max_size=6)

KERNEL_VARIABLES = 0x80040000
OUTSIDE = [0, 4, 0xFFFF, 0x80000000, KERNEL_VARIABLES, 0xFFFFFFF0]
"""Addresses that are no user memory."""


def place(machine: KernelMachine, chunks: list[tuple[int, bytes]]) -> list[tuple[int, int]]:
    """Puts each chunk at an address of the given alignment; (address, length) of each."""
    entries, address = [], BUFFER
    for alignment, data in chunks:
        machine.put_bytes(address + alignment, data)
        entries.append((address + alignment, len(data)))
        address += 128
    return entries


def vector(machine: KernelMachine, entries: list[tuple[int, int]]) -> int:
    """An array of struct iovec in memory."""
    return machine.put_words(BUFFER + 0x10000, *(word for entry in entries for word in entry))


@settings(max_examples=60, deadline=None)
@given(CHUNKS)
def test_writes_append_to_the_output(chunks: list[tuple[int, bytes]]) -> None:
    machine = KernelMachine()
    for address, length in place(machine, chunks):
        assert machine.call("write", 1, address, length) == length
        assert machine.call("write", 2, address, length) == length
    assert machine.exit() == b"".join(data for _, data in chunks)
    assert machine.exit_code == 0


@settings(max_examples=60, deadline=None)
@given(CHUNKS, st.binary(max_size=5))
def test_writev_appends_all_pieces(chunks: list[tuple[int, bytes]], first: bytes) -> None:
    machine = KernelMachine()
    data = b"".join(data for _, data in chunks)
    machine.put_bytes(BUFFER + 0x8000, first)
    machine.call("write", 1, BUFFER + 0x8000, len(first))
    entries = place(machine, chunks)
    at = vector(machine, entries)
    assert machine.call("writev", 1, at, len(entries)) == len(data)
    assert machine.call("writev", 2, at, len(entries)) == len(data)
    assert machine.exit() == first + data


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), READS)
def test_reads_take_the_input_in_order(data: bytes, reads: list[tuple[int, int]]) -> None:
    machine = KernelMachine(data)
    position = 0
    for alignment, count in reads:
        expected = data[position : position + count]
        before = machine.get_bytes(BUFFER, 128)
        assert machine.call("read", 0, BUFFER + alignment, count) == len(expected)
        position += len(expected)
        end = alignment + len(expected)
        assert machine.get_bytes(BUFFER, 128) == before[:alignment] + expected + before[end:]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), READS)
def test_readv_fills_the_pieces_in_order(data: bytes, reads: list[tuple[int, int]]) -> None:
    machine = KernelMachine(data)
    entries = [(BUFFER + 128 * number + alignment, count) for number, (alignment, count) in enumerate(reads)]
    total = min(len(data), sum(count for _, count in reads))
    assert machine.call("readv", 0, vector(machine, entries), len(entries)) == total
    assert b"".join(machine.get_bytes(*entry) for entry in entries)[:total] == data[:total]
    assert machine.call("read", 0, BUFFER, 1000) == len(data) - total


def test_input_over_the_vectors_reaches_no_kernel_memory() -> None:
    """The second vector's address comes from the input that the first one has just taken."""
    machine = KernelMachine(KERNEL_VARIABLES.to_bytes(4, "big") + b"evil")
    at = BUFFER + 0x10000
    vector(machine, [(at + 8, 4), (BUFFER, 4)])
    before = machine.memory.get(KERNEL_VARIABLES, 0)
    assert machine.call("readv", 0, at, 2) == 4
    assert machine.memory.get(KERNEL_VARIABLES, 0) == before


@pytest.mark.parametrize("count", [1, 4, 5, 64])
def test_more_input_than_asked_for_has_no_continuation(count: int) -> None:
    machine = KernelMachine(bytes(100))
    machine.more_than_asked = True
    with pytest.raises(Fault, match="load or store at 0x1"):
        machine.call("read", 0, BUFFER, count)
    assert machine.exit_code is None


def test_nothing_is_asked_for_when_nothing_is_wanted() -> None:
    """No `in` is executed: the prover has no say in the result."""
    machine = KernelMachine(b"data")
    machine.more_than_asked = True
    assert machine.call("read", 0, BUFFER, 0) == 0
    assert machine.call("readv", 0, vector(machine, [(BUFFER, 0), (0, 0)]), 2) == 0


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("read", (1, BUFFER, 1), "EBADF"),
        ("read", (3, BUFFER, 1), "EBADF"),
        ("readv", (2, BUFFER, 1), "EBADF"),
        ("write", (0, BUFFER, 1), "EBADF"),
        ("write", (0xFFFFFFFF, BUFFER, 1), "EBADF"),
        ("writev", (0, BUFFER, 1), "EBADF"),
        ("writev", (3, BUFFER, 1), "EBADF"),
        ("writev", (1, BUFFER, 1025), "EINVAL"),
        ("readv", (0, BUFFER, 0xFFFFFFFF), "EINVAL"),
        ("readv", (0, BUFFER + 2, 1), "EFAULT"),
        ("close", (3,), "EBADF"),
        ("ioctl", (1, 0x540D, BUFFER), "ENOTTY"),
        ("ioctl", (5, 0x540D, BUFFER), "EBADF"),
        ("_llseek", (1, 0, 0, BUFFER, 0), "ESPIPE"),
        ("_llseek", (0x7FFFFFFF, 0, 0, BUFFER, 0), "EBADF"),
        ("dup", (1,), "EMFILE"),
        ("dup", (3,), "EBADF"),
        ("dup2", (1, 2), "EMFILE"),
        ("dup2", (9, 9), "EBADF"),
        ("fcntl", (3, 1), "EBADF"),
        ("fcntl", (1, 0), "EMFILE"),
        ("fcntl", (1, 99), "EINVAL"),
        ("fstat64", (3, BUFFER), "EBADF"),
        ("fstat64", (1, 0), "EFAULT"),
        ("getcwd", (BUFFER, 1), "ERANGE"),
        ("getcwd", (0, 100), "EFAULT"),
    ],
)
def test_errors(name: str, arguments: tuple[int, ...], error: str) -> None:
    machine = KernelMachine(b"data")
    assert machine.failure(name, *arguments) == error
    assert machine.exit() == b""


@pytest.mark.parametrize("address", OUTSIDE)
def test_buffers_outside_of_user_memory_are_refused(address: int) -> None:
    machine = KernelMachine(b"data")
    assert machine.failure("read", 0, address, 4) == "EFAULT"
    assert machine.failure("write", 1, address, 4) == "EFAULT"
    for call in ("readv", "writev"):
        fd = int(call == "writev")
        assert machine.failure(call, fd, address & ~3, 1) == "EFAULT"
        assert machine.failure(call, fd, vector(machine, [(BUFFER, 4), (address, 4)]), 2) == "EFAULT"
    assert machine.exit() == b""


def test_buffers_end_where_user_memory_ends() -> None:
    machine = KernelMachine(b"data")
    assert machine.call("write", 2, 0x7FFFFFF0, 16) == 16
    assert machine.failure("write", 2, 0x7FFFFFF0, 17) == "EFAULT"
    assert machine.failure("write", 2, 0x10000, 0xFFFFFFFF) == "EFAULT"
    assert machine.call("read", 0, 0x7FFFFFFC, 4) == 4


def test_descriptors() -> None:
    machine = KernelMachine()
    for call in ("fcntl", "fcntl64"):
        assert [machine.call(call, fd, 3) for fd in (0, 1, 2)] == [0, 1, 1]
    assert [machine.call("fcntl", fd, 1) for fd in (0, 1, 2)] == [0, 0, 0]
    assert machine.call("close", 1) == 0
    assert machine.call("dup2", 1, 1) == 1


def test_descriptors_are_pipes() -> None:
    machine = KernelMachine()
    machine.put_bytes(BUFFER, b"\xaa" * 300)
    assert machine.call("fstat64", 1, BUFFER) == 0
    mode, links, user = machine.get_words(BUFFER + 24, 3)
    assert (mode, links, user) == (0o010600, 1, 1000)
    assert machine.get_words(BUFFER + 56, 2) == [0, 0]
    assert machine.get_words(BUFFER + 88, 1) == [4096]
    assert machine.get_bytes(BUFFER + 104, 1) == b"\xaa"
    path = machine.put_words(BUFFER + 0x1000, 0)
    assert machine.call("fstatat64", 1, path, BUFFER, 0x1000) == 0
    assert machine.failure("fstatat64", 1, path, BUFFER, 0) == "ENOENT"
    assert machine.call("statx", 1, path, 0x1000, 0xFFF, BUFFER) == 0
    assert machine.get_words(BUFFER, 8) == [0x7FF, 4096, 0, 0, 1, 1000, 1000, 0o010600 << 16]
    assert machine.get_words(BUFFER + 40, 2) == [0, 0]
    assert machine.get_bytes(BUFFER + 256, 1) == b"\xaa"
    machine.put_bytes(path, b"/etc")
    assert machine.failure("statx", 1, path, 0x1000, 0xFFF, BUFFER) == "ENOENT"
    assert machine.call("getcwd", BUFFER, 100) == 2
    assert machine.get_bytes(BUFFER, 2) == b"/\0"


def test_rows_per_call() -> None:
    """The budget: about 60 rows for a call, few for each word."""
    machine = KernelMachine(bytes(4096))

    def rows(name: str | int, *arguments: int) -> int:
        before = machine.row_count
        machine.call(name, *arguments)
        return machine.row_count - before

    assert rows("read", 0, BUFFER, 64) <= 100
    assert rows("read", 0, BUFFER, 2048) <= 2048 // 4 * 1.3 + 80
    assert rows("read", 0, BUFFER + 1, 64) <= 16 * 7 + 80
    assert rows("write", 1, BUFFER, 4) <= 90
    assert rows("write", 1, BUFFER, 1024) <= 256 * 2.3 + 90
    assert rows("write", 2, BUFFER, 1024) <= 60
    assert rows("getpid") <= 34
    assert rows(4090 + 9) <= 20
