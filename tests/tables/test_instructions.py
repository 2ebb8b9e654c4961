"""Every instruction of the list, and random programs, through the tables: all constraints and buses."""

from __future__ import annotations

import pytest

from tests.machine.cases import make_batch
from tests.machine.test_programs import random_batch
from tests.tables.programs import SYSTEM
from zkm.isa.instruction import Instruction
from zkm.isa.instructions import INSTRUCTIONS
from zkm.machine.tracing import trace
from zkm.tables.check import assert_valid
from zkm.tables.fill import fill

UNPRIVILEGED = [entry for entry in INSTRUCTIONS if not entry.privileged]


@pytest.mark.parametrize("entry", UNPRIVILEGED, ids=lambda entry: entry.name)
def test_an_instruction_satisfies_the_tables(entry: Instruction) -> None:
    """What the tables expect of the micro-code (a boolean for select, a power of two for a rotation,
    words) holds in every case; taken and other branches, slots and traps are proven."""
    assert_valid(SYSTEM, fill(SYSTEM, trace(make_batch(entry, 25, seed=2).program())))


@pytest.mark.parametrize("seed", range(3))
def test_random_programs_satisfy_the_tables(seed: int) -> None:
    run = trace(random_batch(150, seed + 50).program())
    assert run.row_count > 20_000
    assert_valid(SYSTEM, fill(SYSTEM, run))
