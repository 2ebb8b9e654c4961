"""Random programs on the native machine against QEMU, and through the tables."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from tests.fuzz.campaign import Outcome
from tests.fuzz.instructions import differing, disagreements
from tests.fuzz.programs import Draft, batch_of, drafts
from tests.fuzz.shrink import listing, shrink
from tests.machine.batch import BLOCKS, RECORD_WORDS, RECORDS, TRAPPED, Batch
from tests.tables.cases import changed_values
from zkm.errors import ZkmError
from zkm.machine import Trace, trace
from zkm.params import SMALL
from zkm.tables.check import find_violations
from zkm.tables.exact import CellChange, find_changed_violations
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system

BATCH = 400
SHOWN = 3
"""Differing programs of a batch that are made small and described."""
SYSTEM = machine_system(SMALL)


@dataclass(frozen=True)
class Task:
    """`count` programs, of which the first `traced` are also put through the tables."""

    count: int
    traced: int
    seed: int


def tasks(count: int, seed: int) -> list[Task]:
    """At least `count` programs, one in forty of them with a trace."""
    return [Task(BATCH, BATCH // 40, seed + number) for number in range(-(-count // BATCH))]


def compare(task: Task) -> Outcome:
    """Runs the programs on both machines and compares every register and memory word at the end."""
    written = drafts(task.count, task.seed)
    outcome = Outcome(task.count)
    try:
        ours, theirs = _run(written)
        different = differing(ours, theirs)
        outcome.kinds["ended by a trap"] = int((theirs[:, TRAPPED] != 0).sum())
        outcome.kinds["completed"] = task.count - outcome.kinds["ended by a trap"]
    except ZkmError:
        different = np.array([number for number, draft in enumerate(written) if fails(draft)])
    for number in different[:SHOWN]:
        outcome.findings.append(_report(task, int(number), written[number]))
    if len(different) > SHOWN:
        outcome.findings.append(f"{task}: {len(different)} programs differ")
    if task.traced and not len(different):
        outcome.add(check_tables(written[: task.traced], task.seed))
    return outcome


def _run(written: list[Draft]) -> tuple[np.ndarray, np.ndarray]:
    batch = batch_of(written)
    return batch.run_native(), batch.run_unicorn()


def fails(draft: Draft) -> bool:
    """The two machines differ on it, or ours refuses what it runs."""
    try:
        ours, theirs = _run([draft])
    except ZkmError:
        return True
    return len(differing(ours, theirs)) > 0


def _report(task: Task, number: int, draft: Draft) -> str:
    head = f"program {number} of {task}"
    if not fails(draft):
        return f"{head}: differs only behind the programs before it"
    small = shrink(draft, fails)
    lines = [head, listing(small, BLOCKS)]
    try:
        ours, theirs = _run([small])
    except ZkmError as error:
        return "\n".join([*lines, f"    ours: {error}"])
    return "\n".join([*lines, *disagreements(ours[0], theirs[0])])


def _records_in(run: Trace, batch: Batch) -> np.ndarray:
    """The batch's records as the trace leaves them in memory."""
    records = batch.memory()[1]
    place = run.memory["word"].astype(np.int64) - RECORDS // 4
    inside = (place >= 0) & (place < len(records))
    records[place[inside]] = run.memory["vf"][inside]
    return records.reshape(-1, RECORD_WORDS)[: len(batch.records)]


def check_tables(written: list[Draft], seed: int, changes: int = 40) -> Outcome:
    """The trace of the programs satisfies every table, and each of `changes` random changes is caught."""
    outcome = Outcome()
    batch = batch_of(written)
    run = trace(batch.program())
    if not np.array_equal(_records_in(run, batch), batch.run_native()):
        outcome.findings.append(f"programs of seed {seed}: the trace ends with other values than the run")
    data = fill(SYSTEM, run)
    for violation in find_violations(SYSTEM, data)[:5]:
        outcome.findings.append(f"trace of {len(written)} programs, seed {seed}: {violation}")
    outcome.kinds["programs put through the tables"] = len(written)
    rng = random.Random(f"changes {seed}")
    filled = [
        index for index, table in enumerate(SYSTEM.tables) if table.columns and data[index].data.shape[1]
    ]
    for _ in range(changes):
        index = rng.choice(filled)
        table, values = SYSTEM.tables[index], data[index]
        column = rng.choice(table.columns)
        cells = values.column(table, column)
        row = rng.randrange(len(cells))
        new = rng.choice(sorted(changed_values(int(cells[row]), rng)))
        change = CellChange(table.name, row, column, new)
        if find_changed_violations(SYSTEM, data, [change]):
            outcome.kinds["changed cells caught"] += 1
        else:
            outcome.findings.append(f"programs of seed {seed}: {change} is not noticed")
    return outcome
