"""Random and corner cases for every entry of the instruction list, as batches."""

from __future__ import annotations

import random

import numpy as np

from tests.isa import floats
from tests.isa.vectors import ALIGNMENT, is_predictable
from tests.machine.batch import (
    BLOCK_WORDS,
    CONTROL,
    FLOATS,
    RECORD_WORDS,
    TESTED,
    TRAPPED,
    WINDOW,
    WINDOW_WORDS,
    Batch,
    Loop,
    op,
)
from zkm.isa.instruction import Instruction
from zkm.isa.instructions import INSTRUCTIONS

CORNERS = np.array(
    [
        *(0, 1, 2, 3, 31, 32, 33, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000),
        *(0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFF8000, 0xFFFFFF80, 0xFFFFFFFE, 0xFFFFFFFF),
    ],
    np.uint32,
)

CONDITIONAL_TRAPS = (
    *("teq", "tne", "tge", "tgeu", "tlt", "tltu"),
    *("teqi", "tnei", "tgei", "tgeiu", "tlti", "tltiu"),
)
NO_ENABLES = np.uint32(0xFFFFF07F)
"""FCSR without enabled exceptions: no floating-point instruction but `ctc1` traps."""

CORNER_HALVES = sorted({int(value) & 0xFFFF for value in CORNERS})

SLOTS = (
    0,
    op("addiu", rs=20, rt=20, imm=1),
    op("mult", rs=20, rt=21),
    op("sllv", rd=22, rt=21, rs=20),
    op("swl", rs=26, rt=20, imm=4 * WINDOW + 1),
    op("movn", rd=23, rs=20, rt=21),
)
"""What stands in delay slots: a nop, and instructions of one and of several rows."""


def values(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Words: corners, powers of two, small and negative ones, and uniform ones."""
    uniform = rng.integers(0, 1 << 32, shape, np.uint32)
    kinds = [
        rng.choice(CORNERS, shape),
        np.uint32(1) << rng.integers(0, 32, shape, np.uint32),
        uniform >> rng.integers(0, 32, shape, np.uint32),
        -(uniform & 0xFFFF),
        uniform,
    ]
    return np.choose(rng.choice(len(kinds), shape, p=[0.35, 0.1, 0.1, 0.1, 0.35]), kinds)


def seed_of(rng: random.Random) -> np.random.Generator:
    """A numpy generator for what is drawn in bulk."""
    return np.random.default_rng(rng.getrandbits(64))


def is_branch(entry: Instruction) -> bool:
    return entry.mnemonic[0] in "bj" and entry.mnemonic != "break"


def is_conditional_trap(entry: Instruction) -> bool:
    return entry.mnemonic in CONDITIONAL_TRAPS


def comparable() -> list[Instruction]:
    """The entries whose effect QEMU's processor model shows.

    Kernel instructions are none to QEMU. rdhwr $0, $2: unicorn has more than one processor and a running
    clock, unlike qemu-mips.
    """
    odd = ("rdhwr ($0)", "rdhwr ($2)")
    return [entry for entry in INSTRUCTIONS if not entry.privileged and entry.name not in odd]


def random_records(rng: np.random.Generator, count: int) -> np.ndarray:
    """Records of cases with random registers and data windows."""
    records = np.zeros((count, RECORD_WORDS), np.uint32)
    records[:, :34] = values(rng, (count, 34))
    records[:, 0] = 0
    records[:, WINDOW : WINDOW + WINDOW_WORDS] = values(rng, (count, WINDOW_WORDS))
    records[:, TRAPPED] = 0
    records[:, FLOATS : FLOATS + 32] = floats.registers(rng, count)
    records[:, CONTROL] = floats.control(rng, count)
    # Equal operands, which uniform values never are.
    equal = rng.random(count) < 0.2
    records[equal, 1:32] = records[equal, 1:2]
    return records


def make_batch(entry: Instruction, count: int, seed: int = 0) -> Batch:
    """`count` cases of one entry."""
    rng = random.Random(f"{entry.name} {seed}")
    loop = Loop(floats=floats.uses_float(entry))
    records = random_records(seed_of(rng), count)
    batch = Batch(loop, records, [], [])
    for number in range(count):
        fields = draw_fields(entry, rng)
        while not is_predictable(entry, fields):
            fields = draw_fields(entry, rng)
        make = _branch_block if is_branch(entry) else _block
        words, start = make(entry, fields, batch, number, rng)
        words += [op("j", index=loop.done >> 2), 0]
        assert len(words) <= BLOCK_WORDS
        batch.blocks.append(words)
        batch.entries.append(start)
    return batch


def draw_fields(entry: Instruction, rng: random.Random) -> dict[str, int]:
    fields = {}
    for name, (_, width) in entry.pattern.fields.items():
        if name in ("rs", "rt", "rd"):
            fields[name] = rng.choice(TESTED) if rng.random() > 0.1 else 0
        elif width == 16:
            fields[name] = rng.choice((rng.choice(CORNER_HALVES), rng.getrandbits(16)))
        else:
            fields[name] = rng.getrandbits(width)
            if name in ("fr", "ft", "fs", "fd") and rng.random() < 0.9:
                fields[name] &= ~1
    names = [name for name in fields if name in ("rs", "rt", "rd")]
    if len(names) > 1 and rng.random() < 0.25:
        first, second = rng.sample(names, 2)
        fields[first] = fields[second]
    return fields


def _block(
    entry: Instruction,
    fields: dict[str, int],
    batch: Batch,
    number: int,
    rng: random.Random,
) -> tuple[list[int], int]:
    size = ALIGNMENT.get(entry.mnemonic)
    if size is None:
        return [entry.encode(**fields)], 0
    # The access falls into the case's window.
    window = batch.window(number)
    address = window + rng.randrange(0, 4 * WINDOW_WORDS, size)
    index = int(batch.records[number, fields["rt"]]) if "rt" in fields else 0
    offset = (fields["imm"] ^ 0x8000) - 0x8000 if "imm" in fields else index
    batch.records[number, fields["rs"]] = (address - offset) & 0xFFFFFFFF
    if entry.mnemonic != "sc":
        return [entry.encode(**fields)], 0
    # A link of this address or another, stores between, and a second attempt.
    free = [r for r in (9, 10, 11, 12) if r not in (fields["rs"], fields["rt"])]
    base, target = free[:2]
    other = window + 4 * rng.randrange(WINDOW_WORDS)
    batch.records[number, base] = address if rng.random() < 0.6 else other
    words = [op("ll", rs=base, rt=target)] if rng.random() < 0.8 else []
    words.append(entry.encode(**fields))
    if rng.random() < 0.5 and fields["rt"] != fields["rs"]:
        # QEMU compares values too: it lets a second `sc` pass that finds the linked word unchanged,
        # so the word is none that the first one can store.
        batch.records[number, WINDOW + (address - window) // 4] |= 0xF0
        batch.records[number, fields["rt"]] &= 0xF if fields["rt"] else 0
        words.append(entry.encode(**fields))
    return words, 0


def _branch_block(
    entry: Instruction,
    fields: dict[str, int],
    batch: Batch,
    number: int,
    rng: random.Random,
) -> tuple[list[int], int]:
    """Three marks on the way: `$21` is set behind the target of a backward branch, `$22` where it
    is not taken, `$23` behind the target of a forward one."""
    finish = [op("j", index=batch.loop.done >> 2), 0]
    slot = rng.choice(SLOTS)
    before = [op("lui", rt=21, imm=1), *finish]
    start = len(before)
    target = 0 if rng.random() < 0.4 else start + 3
    if "imm" in fields:
        fields["imm"] = (target - start - 1) & 0xFFFF
    address = batch.block_address(number) + 4 * target
    if "index" in fields:
        fields["index"] = address >> 2
    if "rs" in fields and "imm" not in fields:
        batch.records[number, fields["rs"]] = address
    words = [*before, entry.encode(**fields), slot, op("lui", rt=22, imm=2)]
    return [*words, op("addiu", rs=23, rt=23, imm=3)], start
