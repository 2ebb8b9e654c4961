"""The machine's tables: sizes as designed, no gap between row operations and tables, documentation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.isa.vectors import VECTORS
from tests.tables.recorder import make_program
from zkm.isa.decode import KERNEL_BASE
from zkm.isa.encoding import Fields
from zkm.isa.instructions import INSTRUCTIONS
from zkm.isa.rowops import EXTRA_FLAGS, INSTRUCTION_TABLES, ROW_OPS, operations_of
from zkm.isa.rows import MAX_ROWS_PER_INSTRUCTION
from zkm.params import LARGE, SMALL, TINY
from zkm.program.image import MAX_RANGES
from zkm.tables.boot import MAX_SEGMENTS, preprocessed
from zkm.tables.bus import BUSES
from zkm.tables.describe import markdown
from zkm.tables.registry import machine_system, machine_tables
from zkm.tables.table import MAX_DEGREE

SIZES = {
    "LI": (9, 6),
    "MOVE": (11, 9),
    "ADDI": (15, 11),
    "ADD": (18, 14),
    "LOGIC": (28, 16),
    "SHIFT": (18, 13),
    "MUL": (31, 18),
    "BITS": (18, 14),
    "LW": (13, 12),
    "SW": (13, 12),
    "LB": (24, 15),
    "UNAL": (29, 16),
    "BZ": (13, 8),
    "BEQ": (17, 11),
    "JUMP": (14, 9),
    "IO": (16, 16),
    "PROGRAM": (6, 2),
    "BOOT": (13, 7),
    "WORDS": (9, 7),
    "REFRESH": (6, 4),
    "OUTPUT": (2, 1),
    "RANGE16": (1, 1),
    "BYTES": (2, 2),
    "POW": (1, 1),
}
"""Committed columns and interactions (tables, sections 3 and 5)."""


def test_sizes() -> None:
    sizes = {t.name: (len(t.committed), len(t.interactions)) for t in machine_tables()}
    assert list(sizes.items()) == list(SIZES.items())
    assert sum(len(t.columns) for t in machine_tables()) == 315
    assert sum(len(t.preprocessed) for t in machine_tables()) == 12
    assert machine_system(SMALL).interaction_count == 225


@pytest.mark.parametrize("params", [TINY, SMALL, LARGE])
def test_heights(params) -> None:
    system = machine_system(params)
    fixed = {t.name: h for t, h in zip(system.tables, system.fixed_heights, strict=True) if h is not None}
    assert fixed == {"BOOT": 7, "RANGE16": 16, "BYTES": 16, "POW": 5}
    assert system.max_heights[system.index("PROGRAM")] == min(params.table_bits, params.slot_bits - 2)


def test_the_boot_table_has_a_row_for_every_range_of_the_loader() -> None:
    assert MAX_SEGMENTS == MAX_RANGES
    ranges = np.array([[16 * i, 16 * i + 3] for i in range(MAX_SEGMENTS + 1)])
    program = make_program([{"op": "halt", "address": 0}], segments=ranges[:-1])
    columns = dict(zip(machine_tables()[17].preprocessed, preprocessed(program), strict=True))
    assert columns["ls"].sum() == columns["lr"].sum() == MAX_SEGMENTS + 1
    assert columns["s"][-1] == 1 << 30 and columns["e"].tolist() == [0, *ranges[:-1, 1].tolist(), 0]
    with pytest.raises(ValueError, match="127 segments"):
        preprocessed(make_program([{"op": "halt", "address": 0}], segments=ranges))


def test_degrees_and_the_zero_row() -> None:
    for table, compiled in zip(machine_tables(), machine_system(SMALL).compiled, strict=True):
        for constraint in table.constraints:
            assert 1 <= constraint.expression.degree <= MAX_DEGREE
        for interaction in table.interactions:
            assert interaction.multiplicity.degree in range(1, MAX_DEGREE + 1)
            assert all(entry.degree <= MAX_DEGREE for entry in interaction.tuple)
        values = compiled.evaluate([0] * compiled.n_columns)
        assert not any(values[node] for node in compiled.constraints)
        for _, _, multiplicity, entries in compiled.interactions:
            assert values[multiplicity] == 0 and not any(values[node] for node, _ in entries)


def test_every_column_matters() -> None:
    for table, compiled in zip(machine_tables(), machine_system(SMALL).compiled, strict=True):
        used = set(compiled.nodes[compiled.nodes[:, 0] == 0][:, 1].tolist())
        assert used == set(range(compiled.n_columns)), table.name


def test_no_gap_between_instructions_row_operations_and_tables() -> None:
    tables = {table.name: table for table in machine_tables()}
    for name in INSTRUCTION_TABLES:
        selectors = {operation.selector for operation in operations_of(name)}
        flags = selectors | set(EXTRA_FLAGS[name])
        columns = set(tables[name].columns)
        assert flags <= columns
        # Every flag is boolean, and no flag of the table is missing from the list.
        booleans = {c.name.split()[0] for c in tables[name].constraints if c.name.endswith("is boolean")}
        assert flags <= booleans
        zero_unless_m = {c.name.split()[0] for c in tables[name].constraints if c.name.endswith("unless m")}
        assert set(EXTRA_FLAGS[name]) <= zero_unless_m
    assert {operation.table for operation in ROW_OPS} == set(INSTRUCTION_TABLES)
    assert [operation.code for operation in ROW_OPS] == list(range(1, len(ROW_OPS) + 1))
    # Every instruction's rows are operations of a table, and no operation is without an instruction.
    used = set()
    for entry in INSTRUCTIONS:
        word = entry.encode(**dict.fromkeys(entry.pattern.fields, 2))
        fields = Fields(np.array([word]), np.array([KERNEL_BASE]), np.zeros(1, np.bool_), VECTORS)
        rows = entry.micro(fields)
        assert 1 <= len(rows) <= MAX_ROWS_PER_INSTRUCTION
        used |= {row.operation for row in rows}
        # Only a row with the flag u can be followed by another one.
        assert all("u" in tables[row.operation.table].columns for row in rows[:-1]), entry.name
    assert used == set(ROW_OPS)


def test_every_bus_has_senders_and_receivers() -> None:
    for bus in BUSES:
        signs = {i.sign for table in machine_tables() for i in table.interactions if i.bus == bus}
        assert signs == {1, -1}, bus.name


def test_every_table_says_what_it_proves() -> None:
    for table in machine_tables():
        assert table.statement.startswith(("Given ", "This table holds ")), table.name


def test_the_documentation_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "tables.md"
    assert page.read_text(encoding="utf-8") == markdown(machine_tables())
