"""The argument on the machine's own tables: a run of an example guest."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.prove.argue import prove, verify
from zkm.errors import ProofError
from zkm.machine import trace
from zkm.params import SMALL
from zkm.program import load
from zkm.tables.data import TableData
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system
from zkm.tables.system import System

GUEST = Path(__file__).parents[2] / "examples/guests/fibonacci/fibonacci.elf"


@pytest.fixture(scope="module")
def run() -> tuple[System, list[TableData]]:
    system = machine_system(SMALL)
    return system, fill(system, trace(load(GUEST)))


def test_an_honest_run_is_accepted(run: tuple[System, list[TableData]]) -> None:
    verify(run[0], prove(*run))


def test_changed_cells_are_rejected(run: tuple[System, list[TableData]]) -> None:
    """One random witness cell of every table with rows, lookup counts included.

    Preprocessed cells are not the prover's; a changed one is another program's.
    """
    system, data = run
    rng = random.Random(1)
    for table, values in zip(system.tables, data, strict=True):
        rows = values.data.shape[1]
        if rows == 0:
            continue
        column = rng.randrange(len(table.preprocessed), len(table.committed))
        row = rng.randrange(rows)
        values.data[column, row] += 1
        with pytest.raises(ProofError):
            verify(system, prove(system, data))
        values.data[column, row] -= 1
    verify(system, prove(system, data))
