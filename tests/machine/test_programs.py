"""Random programs on the native machine against QEMU: what instructions do to each other."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.isa.floats import makes_numbers
from tests.isa.vectors import ALIGNMENT, is_predictable
from tests.machine.batch import CONTROL, TRAPPED, Batch, Loop, op
from tests.machine.cases import (
    NO_ENABLES,
    draw_fields,
    is_branch,
    is_conditional_trap,
    random_records,
    seed_of,
)
from tests.machine.invariants import check_trace
from tests.machine.reference import assert_equal_to_reference
from zkm import machine
from zkm.isa.instruction import Instruction
from zkm.isa.instructions import INSTRUCTIONS

WINDOW_POINTER, COUNTER = 28, 25
BODY_WORDS, ROUNDS = 48, 3
BLOCK_WORDS = BODY_WORDS + 10

TRAPS = ("add", "addi", "sub", "break", "syscall")
PLAIN = [
    entry
    for entry in INSTRUCTIONS
    if not entry.privileged
    and not is_branch(entry)
    and entry.mnemonic not in (*TRAPS, "sc", "rdhwr", "ctc1")
    and not is_conditional_trap(entry)
    and not makes_numbers(entry)
    and not entry.mnemonic.endswith("xc1")
]
BRANCHES = [entry for entry in INSTRUCTIONS if is_branch(entry) and "imm" in entry.pattern.fields]


def random_batch(count: int, seed: int) -> Batch:
    """Programs of instructions and forward branches, each gone through ROUNDS times."""
    rng = random.Random(seed)
    loop = Loop(floats=True)
    batch = Batch(loop, random_records(seed_of(rng), count), [], [0] * count, BLOCK_WORDS)
    batch.records[:, CONTROL] &= NO_ENABLES
    batch.records[:, WINDOW_POINTER] = [batch.window(number) for number in range(count)]
    for _ in range(count):
        words = [op("addiu", rt=COUNTER, imm=ROUNDS)]
        while len(words) < BODY_WORDS:
            if rng.random() < 0.2:
                room = BODY_WORDS + 2 - len(words)
                distance = rng.randrange(1, min(room, 9))
                words.append(draw(rng.choice(BRANCHES), rng, distance))
                words.append(0 if rng.random() < 0.3 else draw(rng.choice(PLAIN), rng))
            else:
                words.append(draw(rng.choice(PLAIN), rng))
        words += [0] * (BODY_WORDS + 2 - len(words))
        words.append(op("addiu", rs=COUNTER, rt=COUNTER, imm=0xFFFF))
        words.append(op("bgtz", rs=COUNTER, imm=-len(words) & 0xFFFF))
        words.append(op("addiu", rs=7, rt=7, imm=1))
        words += [op("j", index=loop.done >> 2), 0]
        batch.blocks.append(words)
    return batch


def draw(entry: Instruction, rng: random.Random, distance: int | None = None) -> int:
    """A random instruction that leaves the two pointers alone."""
    while True:
        fields = draw_fields(entry, rng)
        size = ALIGNMENT.get(entry.mnemonic)
        if size is not None:
            fields["rs"] = WINDOW_POINTER
            fields["imm"] = rng.randrange(0, 64, size)
        if distance is not None:
            fields["imm"] = distance
        kept = {fields.get("rd"), fields.get("rt")} & {WINDOW_POINTER, COUNTER}
        if is_predictable(entry, fields) and not kept:
            return entry.encode(**fields)


@pytest.mark.parametrize("seed", range(5))
def test_random_programs_equal_qemu(seed):
    batch = random_batch(800, seed)
    ours, theirs = batch.run_native(), batch.run_unicorn()
    np.testing.assert_array_equal(ours, theirs)
    assert not ours[:, TRAPPED].any()
    assert (ours != batch.records).any(axis=1).all()


def test_trace_of_random_programs():
    trace = machine.trace(random_batch(60, 99).program())
    assert_equal_to_reference(trace)
    check_trace(trace)
