"""Whole traces: tables of any height, guests, the native trace, and changed cells."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.tables.cases import changed_values
from tests.tables.programs import HALT, SYSTEM, access, program_with, run, tables_of
from tests.tables.recorder import Recorder, make_program
from zkm.errors import ConstraintViolation, ParameterError, TraceError
from zkm.isa.rowops import INSTRUCTION_TABLES
from zkm.machine.records import Trace
from zkm.machine.tracing import trace as native_trace
from zkm.params import ParameterSet
from zkm.program import load
from zkm.tables.check import assert_valid, find_violations
from zkm.tables.data import TableData, height_of
from zkm.tables.exact import CellChange, find_changed_violations
from zkm.tables.fill import fill
from zkm.tables.registry import machine_tables
from zkm.tables.stats import stats
from zkm.tables.system import System

GUESTS = Path(__file__).parents[2] / "examples" / "guests"
FREE_HEIGHT = [table.name for table in machine_tables() if table.fixed_height is None]


@cache
def sha256_trace() -> Trace:
    return native_trace(load(GUESTS / "sha256" / "sha256.elf"), b"private" * 20)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 8])
@pytest.mark.parametrize("table", FREE_HEIGHT)
def test_tables_of_any_height(table: str, count: int) -> None:
    trace = program_with(table, count)
    data = fill(SYSTEM, trace)
    assert find_violations(SYSTEM, data) == []
    rows = data[SYSTEM.index(table)].data.shape[1]
    if table == "OUTPUT":
        assert (trace.records["IO"]["row"].size, len(trace.output_words)) == (
            max(count - 1, 1),
            max(count, 2),
        )
    elif table == "REFRESH":
        assert rows == count
    else:
        assert rows == max(count, 1 if table in ("IO", "PROGRAM") else 0)
    assert data[SYSTEM.index(table)].height == height_of(rows)


@pytest.mark.parametrize("guest", ["fibonacci", "sha256"])
def test_native_trace_is_the_recorded_trace(guest: str) -> None:
    program = load(GUESTS / guest / f"{guest}.elf", ["7"] if guest == "fibonacci" else [])
    stdin = b"some private input"
    recorded, native = Recorder(program, stdin).run(), native_trace(program, stdin)
    for table in INSTRUCTION_TABLES:
        np.testing.assert_array_equal(recorded.records[table], native.records[table], err_msg=table)
    for name in ("memory", "registers", "refresh", "counts", "output_words", "exit_code", "row_count"):
        np.testing.assert_array_equal(getattr(recorded, name), getattr(native, name), err_msg=name)
    assert recorded.output == native.output


def test_a_guest_satisfies_everything() -> None:
    assert_valid(SYSTEM, fill(SYSTEM, sha256_trace()))


def test_stats_are_the_sizes_of_the_tables() -> None:
    data = fill(SYSTEM, sha256_trace())
    for size, table, values in zip(stats(sha256_trace()), SYSTEM.tables, data, strict=True):
        rows = values.data.shape[1]
        if table.name == "OUTPUT":  # its structured column fills all 2^k rows
            rows = int(values.column(table, "used").sum())
        assert (size.name, size.rows) == (table.name, rows)
        assert size.cells == size.rows * len(table.committed)
        assert size.interactions == size.rows * len(table.interactions)


@pytest.mark.parametrize("table", SYSTEM.tables, ids=lambda table: table.name)
def test_changed_cells_of_a_guest_are_caught(table, record_property) -> None:
    rng = random.Random(table.name)
    trace = sha256_trace() if table.name != "REFRESH" else program_with("REFRESH", 4)
    data = fill(SYSTEM, trace)
    values = data[SYSTEM.index(table.name)]
    caught = 0
    for column in table.columns:
        cells = values.column(table, column)
        for row in rng.sample(range(len(cells)), min(len(cells), 6)):
            for new in changed_values(int(cells[row]), rng):
                change = CellChange(table.name, row, column, new)
                assert find_changed_violations(SYSTEM, data, [change]), change
                caught += 1
    record_property("caught", caught)
    assert caught
    print(f"{table.name}: {caught} changed cells caught")


def test_findings_name_table_row_and_constraint() -> None:
    data = tables_of(program_with("ADD", 4))
    data["ADD"].column(SYSTEM.table("ADD"), "k")[2] = 5
    (first, *others) = find_violations(SYSTEM, list(data.values()))
    assert str(first) == "ADD, row 2: constraint 'k is boolean' is not 0"
    assert any("bus r16" in other.what and "see 'e high'" in other.what for other in others)
    with pytest.raises(ConstraintViolation, match="ADD, row 2: constraint 'k is boolean'"):
        assert_valid(SYSTEM, list(data.values()))


def test_findings_name_the_unbalanced_tuple() -> None:
    data = tables_of(program_with("WORDS", 2))
    data["WORDS"].column(SYSTEM.table("WORDS"), "vf")[1] = 7
    found = [str(violation) for violation in find_violations(SYSTEM, list(data.values()))]
    assert any("bus mem (address = 4104, value = 7, ts = 5) is sent -1 times" in text for text in found)
    assert len(found) == 2


@pytest.mark.parametrize(("name", "height"), [("BOOT", 6), ("BOOT", 8), ("RANGE16", 15), ("POW", 6)])
def test_constant_heights_are_checked(name: str, height: int) -> None:
    data = tables_of(program_with("LI", 1))
    table = SYSTEM.table(name)
    cells = np.zeros((len(table.all_columns), 1 << height), np.int64)
    width = min(cells.shape[1], data[name].data.shape[1])
    cells[:, :width] = data[name].data[:, :width]
    data[name] = TableData(height, cells)
    (found,) = find_violations(SYSTEM, list(data.values()))
    assert str(found).startswith(f"{name}: ")


def test_structured_columns_are_checked() -> None:
    data = tables_of(program_with("LI", 1))
    data["POW"].data[-1, 3] = 9
    (found,) = find_violations(SYSTEM, list(data.values()))
    assert str(found) == "POW: structured column power"


def test_a_trace_that_does_not_fit_is_refused() -> None:
    small = System(ParameterSet("small tables", 2, 8, 18, 3), [t for t in machine_tables() if t.name == "LI"])
    with pytest.raises(ParameterError, match=r"table LI has 5 rows, more than 2\^2"):
        fill(small, program_with("LI", 5))


def test_a_value_outside_its_lookup_table_is_refused() -> None:
    trace = program_with("LI", 1)
    entry = np.zeros(1, trace.refresh.dtype)
    entry["t_new"] = 1 << 33
    with pytest.raises(TraceError, match="REFRESH, hi: a value is not in the table of bus r16"):
        fill(SYSTEM, Trace(**{**vars(trace), "refresh": entry}))


def test_image_and_fresh_words_are_linked() -> None:
    """Words below, between and above the segments; the highest word of the address space."""
    image = [{"address": 0x1000, "word": 5}, {"address": 0x1004, "word": 6}]
    rows = [access("lw", 6, 4 * i) for i in (0, 1, 0x3FF, 0x400, 0x401, 0x402)]
    rows += [access("sw", 6, 0, base=9), HALT]
    code = [{"address": 0x400000 + 4 * i, **row} for i, row in enumerate(rows)]
    program = make_program(image + code, {9: 0xFFFFFFFC}, entry=0x400000)
    data = tables_of(Recorder(program).run())
    assert find_violations(SYSTEM, list(data.values())) == []
    words = {n: data["WORDS"].column(SYSTEM.table("WORDS"), n).tolist() for n in ("w", "mi", "g0", "g1")}
    assert words == {
        "w": [0, 1, 0x3FF, 0x400, 0x401, 0x402, (1 << 30) - 1],
        "mi": [0, 0, 0, 1, 1, 0, 0],
        "g0": [0, 0, 0x3FD, 0, 0, 0, ((1 << 30) - 1 - 0x100008) & 0xFFFF],
        "g1": [0, 0, 0, 0, 0, 0, ((1 << 30) - 1 - 0x100008) >> 16],
    }


def test_a_program_without_memory() -> None:
    trace = run([HALT], {4: 3})
    assert len(trace.memory) == 0 and trace.exit_code == 3
    assert find_violations(SYSTEM, fill(SYSTEM, trace)) == []
