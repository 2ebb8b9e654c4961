"""Single instructions with random operands and corner values: the native machine against QEMU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.fuzz.campaign import Outcome
from tests.machine.batch import (
    AFTER,
    CONTROL_AFTER,
    FLOATS,
    FLOATS_AFTER,
    TESTED,
    TRAPPED,
    WINDOW,
    WINDOW_WORDS,
    Batch,
)
from tests.machine.cases import comparable, make_batch
from zkm.isa.instructions import BY_NAME

BATCH = 10_000
SHOWN = 3
"""Differing cases of a batch that are described."""


@dataclass(frozen=True)
class Task:
    """`count` cases of the entry `name` of the instruction list."""

    name: str
    count: int
    seed: int


def tasks(count: int, seed: int) -> list[Task]:
    """At least `count` cases, as many of each entry; the same seed gives the same cases."""
    names = [entry.name for entry in comparable()]
    each = -(-count // len(names))
    made = []
    for start in range(0, each, BATCH):
        size = min(BATCH, each - start)
        made += [Task(name, size, seed + start // BATCH) for name in names]
    return made


def compare(task: Task) -> Outcome:
    """Runs a batch on both machines; everything but a trapped instruction's destination must agree."""
    batch = make_batch(BY_NAME[task.name], task.count, task.seed)
    ours, theirs = batch.run_native(), batch.run_unicorn()
    different = differing(ours, theirs)
    outcome = Outcome(task.count)
    outcome.kinds["trapped"] = int((theirs[:, TRAPPED] != 0).sum())
    outcome.kinds["completed"] = task.count - outcome.kinds["trapped"]
    for number in different[:SHOWN]:
        outcome.findings.append(describe(task, batch, int(number), ours, theirs))
    if len(different) > SHOWN:
        outcome.findings.append(f"{task}: {len(different)} cases differ")
    return outcome


def differing(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Numbers of the cases that ended differently; records as of `Batch`."""
    wrong = (ours != theirs).any(axis=1)
    trapped = (ours[:, TRAPPED] != 0) & (theirs[:, TRAPPED] != 0)
    return np.flatnonzero(wrong & ~trapped)


def describe(task: Task, batch: Batch, number: int, ours: np.ndarray, theirs: np.ndarray) -> str:
    """A case in words: code, operands, and every place where the two disagree."""
    block = batch.blocks[number]
    code = " ".join(f"{word:08x}" for word in block)
    before = batch.records[number]
    used = sorted({word >> shift & 31 for word in block for shift in (21, 16, 11)} & set(TESTED))
    return "\n".join(
        [
            f"{task.name}: case {number} of {task}",
            f"    code {code}, entered at word {batch.entries[number]}",
            "    before " + " ".join(f"${register}={before[register]:08x}" for register in used),
            *disagreements(ours[number], theirs[number]),
        ]
    )


def disagreements(ours: np.ndarray, theirs: np.ndarray) -> list[str]:
    """A line for every word of two records that differs."""
    return [
        f"    {place_name(int(place))}: ours {ours[place]:08x}, QEMU {theirs[place]:08x}"
        for place in np.flatnonzero(ours != theirs)
    ]


def place_name(place: int) -> str:
    """What a word of a record stands for afterwards."""
    if place == CONTROL_AFTER:
        return "FCSR"
    if place == TRAPPED:
        return "trapped"
    if WINDOW <= place < WINDOW + WINDOW_WORDS:
        return f"memory word {place - WINDOW}"
    if AFTER <= place < FLOATS:
        register = place - AFTER
        return {32: "HI", 33: "LO"}.get(register, f"${register}")
    if place >= FLOATS_AFTER:
        return f"$f{place - FLOATS_AFTER}"
    return f"word {place} of the record"
