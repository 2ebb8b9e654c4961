"""Every instruction of the list, through its rows, in the tables."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.isa.test_instructions import SINGLE, TRAP_VECTORS
from tests.isa.vectors import CASE_BYTES, CODE, DATA, VECTORS, make_cases
from tests.tables.cases import LOOKUPS
from tests.tables.programs import SYSTEM
from tests.tables.recorder import Recorder
from zkm.isa.decode import decode
from zkm.isa.instruction import Instruction
from zkm.isa.rowops import INSTRUCTION_TABLES
from zkm.machine.records import MEMORY, Trace
from zkm.tables.check import find_violations
from zkm.tables.fill import fill

LOOKUP_NAMES = {
    f"bus {i.bus.name} " for table in SYSTEM.tables for i in table.interactions if i.bus.id in LOOKUPS
}


def trace_of(entry: Instruction, count: int) -> Trace:
    """Every case by itself: registers and memory are set before each, so only rows can be checked, not
    the buses between them; the memory table is left out.
    """
    cases = make_cases(entry, count)
    rows = decode(cases.addresses(), cases.code.reshape(-1), VECTORS)
    registers = np.zeros(128, np.int64)
    program = SimpleNamespace(
        rows=rows, segments=np.zeros((0, 2), np.int64), entry=CODE, registers=registers, name="cases"
    )
    recorder = Recorder(program)
    machine = recorder.machine
    for number in range(count):
        machine.registers = cases.registers[number].tolist()
        machine.memory.update(
            zip(range(DATA, DATA + 4 * cases.data.shape[1], 4), cases.data[number].tolist(), strict=True)
        )
        start = CODE + CASE_BYTES * number
        machine.pc, machine.delta = start, 0
        end, slot = start + 4 * cases.instructions, start + 4 if cases.has_slot else None
        recorder.step()
        while machine.pc not in TRAP_VECTORS and (
            machine.pc >= 1 << 32 or machine.delta or start <= machine.pc < end or machine.pc == slot
        ):
            if machine.pc == start and not machine.delta:
                break
            recorder.step()
    return replace(recorder.trace(), memory=np.zeros(0, MEMORY))


@pytest.mark.parametrize("entry", SINGLE, ids=lambda entry: entry.name)
def test_rows_of_an_instruction_satisfy_their_tables(entry: Instruction) -> None:
    """What a table expects of the micro-code (a boolean for select, a power of two for a rotation, words)
    holds in every case: all constraints are 0 and every lookup finds its value."""
    trace = trace_of(entry, 60)
    assert sum(len(trace.records[table]) for table in INSTRUCTION_TABLES) >= 60
    # Unbalanced buses come after the constraints, so the limit cannot hide one.
    found = [v.what for v in find_violations(SYSTEM, fill(SYSTEM, trace), limit=50)]
    assert not [what for what in found if what.startswith(("constraint", *LOOKUP_NAMES))]
    assert any(what.startswith(("bus state", "bus mem")) for what in found)
