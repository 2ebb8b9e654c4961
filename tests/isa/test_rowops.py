"""The list of row operations."""

from __future__ import annotations

import pytest

from zkm.isa.rowops import EXTRA_FLAGS, INSTRUCTION_TABLES, ROW_OP, ROW_OPS, operations_of


def test_codes_count_from_one() -> None:
    assert [operation.code for operation in ROW_OPS] == list(range(1, len(ROW_OPS) + 1))
    assert len(ROW_OP) == len(ROW_OPS) < 256


def test_every_table_has_operations_and_flags() -> None:
    assert tuple(EXTRA_FLAGS) == INSTRUCTION_TABLES
    assert [operation.table for operation in ROW_OPS] == sorted(
        (operation.table for operation in ROW_OPS), key=INSTRUCTION_TABLES.index
    )
    for table in INSTRUCTION_TABLES:
        selectors = [operation.selector for operation in operations_of(table)]
        assert selectors
        assert len({*selectors, *EXTRA_FLAGS[table]}) == len(selectors) + len(EXTRA_FLAGS[table])


def test_flags_fit_the_key() -> None:
    """Bits 8 to 11 of a key are the flags, so a table has at most four."""
    assert max(map(len, EXTRA_FLAGS.values())) <= 4
    assert ROW_OP["jump_reg"].flag_bit("d") == 4
    with pytest.raises(ValueError, match="not in tuple"):
        ROW_OP["lw"].flag_bit("u")
    assert ROW_OP["li"].has_more
    assert not ROW_OP["sw"].has_more
