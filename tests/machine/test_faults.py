"""Guests that go wrong: each ends in a GuestFault that says where and why, never in a crash."""

from __future__ import annotations

import contextlib
import io
import random

import numpy as np
import pytest

from zkm import _native, machine
from zkm.errors import GuestFault, ParameterError
from zkm.isa.decode import decode
from zkm.isa.encoding import Vectors
from zkm.isa.instructions import BY_NAME
from zkm.isa.rowops import EXTRA_FLAGS, ROW_OP, ROW_OPS
from zkm.isa.rows import MICRO_STEP, Rows
from zkm.machine.host import Host
from zkm.machine.interpreter import Limits, execute
from zkm.program import Program

TEXT, KERNEL = 0x400000, 0x80000000
VECTORS = Vectors(KERNEL, KERNEL + 16, KERNEL + 32, KERNEL + 48)


def op(name, **fields):
    return BY_NAME[name].encode(**fields)


HALT = op("ctc2 (halt)")


def program(words, kernel=(HALT,), data=(), registers=None):
    """Words of user code at TEXT and of kernel code at KERNEL, entered at TEXT.

    data: (address, words) of further pieces between the two, ascending.
    """

    def text(address, part):
        array = np.array(part, np.uint32)
        return decode(address + 4 * np.arange(len(array), dtype=np.int64), array, VECTORS)

    pieces = [(address, np.array(part, np.uint32)) for address, part in data]
    parts = [
        text(TEXT, words),
        *(Rows.data(address + 4 * np.arange(len(part), dtype=np.int64), part) for address, part in pieces),
        text(KERNEL, kernel),
    ]
    values = np.zeros(128, np.int64)
    for number, value in (registers or {}).items():
        values[number] = value
    return Program(Rows.concatenate(parts), np.zeros((0, 2), np.int64), TEXT, values, "guest")


LW, SW, LH = (op(name, rs=4, rt=5) for name in ("lw", "sw", "lh"))
JUMP = [op("jr", rs=4), 0]
SYSCALL = op("syscall")

FAULTS = {
    "fall off the end": ([op("addiu", rt=2)], {}, TEXT + 4, None, "no program at this address"),
    "wild jump": (JUMP, {4: 0x1234}, 0x1234, None, "no program at this address"),
    "jump into data": (JUMP, {4: 0x500000}, 0x500000, 0xABCD, "not an instruction"),
    "misaligned jump": (JUMP, {4: TEXT + 2}, TEXT + 2, None, "no multiple of 4"),
    "undecodable": ([0xFFFFFFFF], {}, TEXT, 0xFFFFFFFF, "not an instruction"),
    "misaligned word": ([LW], {4: 0x500002}, TEXT, LW, "4 bytes at misaligned address 0x500002"),
    "misaligned half": ([LH], {4: 0x500001}, TEXT, LH, "2 bytes at misaligned address 0x500001"),
    "null pointer": ([LW], {4: 16}, TEXT, LW, "unmapped first 64 KiB, at 0x10"),
    "end of first pages": ([SW], {4: 0xFFFC}, TEXT, SW, "unmapped first 64 KiB"),
    "below zero": ([op("lw", rs=0, rt=5, imm=0xFFFC)], {}, TEXT, None, "32-bit address space"),
    "above the top": ([op("sw", rs=4, imm=4)], {4: 0xFFFFFFFC}, TEXT, None, "32-bit address"),
    "branch in a slot": (
        [op("beq", imm=5), op("beq", imm=3), 0, 0, 0, 0, 0],
        {},
        TEXT + 4,
        None,
        "branch or jump in a delay slot",
    ),
    "jump in a slot": (
        [op("jal", index=TEXT // 4 + 4), op("jr", rs=31), 0, 0, 0],
        {},
        TEXT + 4,
        None,
        "branch or jump in a delay slot",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("run", [machine.run, machine.trace])
def test_fault(name, run):
    words, registers, pc, word, cause = FAULTS[name]
    guest = program(words, data=[(0x500000, [0xABCD])], registers=registers)
    with pytest.raises(GuestFault, match=cause) as caught:
        run(guest)
    fault = caught.value
    assert fault.pc == pc
    assert fault.word == (word if word is not None else words[0] if pc == TEXT else fault.word)
    assert f"{pc:#010x}" in str(fault)


KERNEL_FAULTS = {
    "output out of order": ([op("swc2 (out)", rs=4, rt=5)], {4: TEXT, 5: 3}, "word 3 written where word 2"),
    "output twice": ([op("swc2 (out)", rs=4, rt=5)] * 2, {4: TEXT, 5: 2}, "word 2 written where word 3"),
    "length without words": ([op("ctc2 (halt)", rd=5)], {5: 1}, "1 output bytes after 0"),
    "words without length": ([op("swc2 (out)", rs=4, rt=5), HALT], {4: TEXT, 5: 2}, "0 output bytes after 1"),
    "halt in a slot": ([op("beq", imm=3), HALT, 0, 0, 0], {}, "in, out or halt in a delay slot"),
    "in in a slot": ([op("beq", imm=3), op("lwc2 (in)", rs=4), 0, 0, 0], {}, "in, out or halt in a delay"),
    "input to nowhere": ([op("lwc2 (in)", rs=0)], {}, "unmapped first 64 KiB"),
}


@pytest.mark.parametrize("name", KERNEL_FAULTS)
def test_fault_of_kernel_instructions(name):
    kernel, registers, cause = KERNEL_FAULTS[name]
    with pytest.raises(GuestFault, match=cause):
        machine.run(program([SYSCALL], kernel, registers=registers))


def test_branch_in_slot_of_a_branch_to_its_successor():
    """δ is 0 behind such a branch: its slot is no slot to the tables, and may branch."""
    guest = program([op("beq", imm=1), op("beq", imm=2), 0, 0, SYSCALL])
    assert machine.run(guest).exit_code == 0


def test_system_call_in_a_slot_returns_to_the_target():
    words = [op("beq", imm=4), SYSCALL, 0, 0, 0, op("ori", rt=4, imm=9), op("break")]
    kernel = [op("eret"), 0, 0, 0, op("ctc2 (halt)", rt=4)]
    assert machine.run(program(words, kernel)).exit_code == 9


def test_memory_limit():
    words = [op("sw", rs=4), op("addu", rs=4, rt=5, rd=4), op("beq", imm=0xFFFD), 0]
    guest = program(words, registers={4: 0x10000, 5: 4096})
    with pytest.raises(ParameterError, match="more memory pages touched than allowed"):
        execute(guest, Host(), trace=False, limits=Limits(pages=50))


def test_endless_loop_is_stopped():
    guest = program([op("beq", imm=0xFFFF), 0])
    with pytest.raises(ParameterError, match="more than 5,000,000 instructions"):
        machine.run(guest, max_instructions=5_000_000)
    with pytest.raises(ParameterError, match="more than 100,000 rows"):
        machine.trace(guest, max_rows=100_000)


def test_interrupt_and_progress():
    seen = []

    def stop(rows):
        seen.append(rows)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        machine.run(program([op("beq", imm=0xFFFF), 0]), progress=stop)
    assert seen == sorted(seen)


@pytest.mark.parametrize("seed", range(300))
def test_random_words_end_in_an_orderly_way(seed):
    """Words of random bits and random instructions, random registers: some end, none crashes."""
    rng = random.Random(seed)
    entries = list(BY_NAME.values())

    def word():
        if rng.random() < 0.1:
            return rng.getrandbits(32)
        entry = rng.choice(entries)
        return entry.encode(
            **{name: rng.getrandbits(width) for name, (_, width) in entry.pattern.fields.items()}
        )

    def near(address):
        return (address + rng.choice((0, 0, 4, 8, 2, rng.getrandbits(12)))) & 0xFFFFFFFF

    registers = {n: rng.choice((rng.getrandbits(32), near(TEXT), near(KERNEL))) for n in range(1, 48)}
    guest = program([word() for _ in range(200)], [word() for _ in range(200)], registers=registers)
    shown = io.BytesIO()
    stdin = b"input" * 100
    with contextlib.suppress(GuestFault, ParameterError):
        machine.trace(guest, stdin, shown, shown, max_rows=5000)
    with contextlib.suppress(GuestFault, ParameterError):
        machine.run(guest, stdin, shown, shown, max_instructions=5000)


# ---------------------------------------------------------------- rows that no decoder makes


def native(rows, operations=None, **changes):
    arguments = {
        "entry": TEXT,
        "registers": [0] * 128,
        "watch": (0, 0, []),
        "page_limit": 10,
        "trace": True,
    } | changes
    described = [(o.code, o.name, 0, list(EXTRA_FLAGS[o.table])) for o in ROW_OPS]
    return _native.Machine(tuple(rows.arrays()), operations or described, **arguments)


def rows_of(*entries):
    """(address, name, flags) each."""
    count = len(entries)
    addresses = np.array([entry[0] for entry in entries], np.int64)
    # A copy, because the arrays of data rows are one.
    rows = Rows.concatenate([Rows.data(addresses, np.zeros(count, np.uint32))])
    for number, (_, name, flags) in enumerate(entries):
        rows.code[number] = ROW_OP[name].code if name else 0
        rows.flags[number] = flags
    return rows


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([(TEXT, "li", 2)], "no flag 1"),
        ([(TEXT, "lw", 1)], "no flag 0"),
        ([(TEXT, "li", 1)], "flag u does not fit"),
        ([(TEXT, "li", 0), (TEXT + MICRO_STEP, "li", 0)], "flag u does not fit"),
        ([(TEXT, "jump_imm", 2)], "exclude each other"),
        ([(TEXT, "jump_imm", 7)], "exclude each other"),
        ([(TEXT + 1, "li", 0)], "out of order"),
        ([(TEXT, "li", 0), (TEXT, "li", 0)], "out of order"),
        ([(-4, "li", 0)], "out of order"),
        ([(1 << 41, "li", 0)], "out of order"),
    ],
)
def test_malformed_rows_are_refused(entries, text):
    with pytest.raises(ValueError, match=text):
        native(rows_of(*entries))


def test_malformed_operations_and_arguments_are_refused():
    rows = rows_of((TEXT, "li", 0))
    with pytest.raises(ValueError, match='unknown row operation "jmp"'):
        native(rows, [(1, "jmp", 0, [])])
    with pytest.raises(ValueError, match="unknown code 1"):
        native(rows, [(2, "li", 0, [])])
    with pytest.raises(ValueError, match="out of range"):
        native(rows, [(1, "li", 32, [])])
    with pytest.raises(ValueError, match="128 initial registers"):
        native(rows, registers=[0] * 127)
    with pytest.raises(ValueError, match="below 2\\^32"):
        native(rows, registers=[0] * 127 + [1 << 32])
    with pytest.raises(ValueError, match="below 2\\^32"):
        native(rows, entry=1 << 32)
    rows.r1[0] = 128
    with pytest.raises(ValueError, match="no such register"):
        native(rows)
    with pytest.raises(ValueError, match="keeps no trace"):
        native(rows_of((TEXT, "li", 0)), trace=False).memory()


def test_a_fault_is_final():
    guest = native(rows_of((TEXT, "li", 0)))
    assert guest.run(0) == "budget"
    assert [guest.run(5) for _ in range(3)] == ["fault"] * 3
    assert guest.executed == 1
    assert guest.halted is None
