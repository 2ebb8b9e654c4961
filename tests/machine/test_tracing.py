"""The native trace, field by field, and the invariants of the memory argument."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.isa.floats import uses_float
from tests.machine.cases import make_batch
from tests.machine.invariants import check_trace
from tests.machine.reference import assert_equal_to_reference
from zkm import machine
from zkm.errors import ParameterError
from zkm.isa.instructions import INSTRUCTIONS
from zkm.isa.rowops import ROW_OPS
from zkm.program import load

GUESTS = Path(__file__).parents[2] / "examples" / "guests"


@pytest.fixture(scope="module")
def sha256():
    return load(GUESTS / "sha256" / "sha256.elf")


def test_guest_with_long_gaps(sha256):
    stdin = bytes(range(250)) * 4
    trace = machine.trace(sha256, stdin)
    assert len(trace.refresh)
    assert_equal_to_reference(trace, stdin)
    assert check_trace(trace) > 2 * trace.row_count


@pytest.mark.parametrize("argument", ["0", "1", "93", "-1", ""])
def test_guest_with_argument(argument):
    trace = machine.trace(load(GUESTS / "fibonacci" / "fibonacci.elf", [argument]))
    assert_equal_to_reference(trace)
    check_trace(trace)


def test_every_instruction():
    """A few cases of each instruction; every row operation that user code can reach occurs."""
    seen = set()
    for entry in INSTRUCTIONS:
        if entry.privileged:
            continue
        program = make_batch(entry, 6 if uses_float(entry) else 12, seed=1).program()
        trace = machine.trace(program)
        assert_equal_to_reference(trace)
        check_trace(trace)
        seen |= set(program.rows.code[trace.counts > 0].tolist())
    names = {operation.name for operation in ROW_OPS if operation.code not in seen}
    assert names == {"in", "out"}


def test_trace_and_run_agree(sha256):
    stdin = b"x" * 100
    trace, result = machine.trace(sha256, stdin), machine.run(sha256, stdin)
    assert (trace.exit_code, trace.output) == (result.exit_code, result.output)
    assert (trace.row_count, trace.instruction_count) == (result.rows, result.instructions)
    assert {table: len(rows) for table, rows in trace.records.items()} == result.table_rows
    np.testing.assert_array_equal(trace.counts.sum(), result.rows)


def test_row_limits(sha256):
    rows = machine.run(sha256, b"abc").rows
    assert machine.trace(sha256, b"abc", max_rows=rows).row_count == rows
    with pytest.raises(ParameterError, match=f"more than {rows - 1:,} rows"):
        machine.trace(sha256, b"abc", max_rows=rows - 1)
    with pytest.raises(ParameterError, match="rows of table LOGIC"):
        machine.trace(sha256, b"abc", max_table_rows=1000)
