"""Every instruction of the list, executed and traced natively, satisfies the tables.

The programs are those that tests/machine compares with QEMU, with fewer cases.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.machine.cases import make_batch
from tests.machine.test_instructions import TESTED
from zkm.isa.instruction import Instruction
from zkm.machine import trace
from zkm.params import SMALL
from zkm.program import Program
from zkm.tables.check import find_violations
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system

CASES = 20


def with_segments(program: Program) -> Program:
    """The program with the word ranges that its rows cover."""
    words = program.rows.address[program.rows.is_image_word()] // 4
    gaps = np.flatnonzero(np.diff(words) != 1)
    ranges = np.stack([words[np.append(0, gaps + 1)], words[np.append(gaps, -1)] + 1], axis=1)
    return dataclasses.replace(program, segments=ranges)


@pytest.mark.parametrize("entry", TESTED, ids=lambda entry: entry.name)
def test_instruction_satisfies_the_tables(entry: Instruction) -> None:
    system = machine_system(SMALL)
    run = trace(with_segments(make_batch(entry, CASES).program()), b"")
    assert not find_violations(system, fill(system, run), limit=3)
