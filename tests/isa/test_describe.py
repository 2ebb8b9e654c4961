"""The documentation table."""

from __future__ import annotations

from pathlib import Path

from zkm.isa.describe import markdown_page, markdown_table, micro_operations
from zkm.isa.instructions import BY_NAME, INSTRUCTIONS
from zkm.isa.rowops import ROW_OPS


def test_every_entry_has_a_line() -> None:
    lines = markdown_table().splitlines()
    assert len(lines) == len(INSTRUCTIONS) + 2
    assert len(BY_NAME) == len(INSTRUCTIONS)
    assert all(entry.summary.endswith(".") for entry in INSTRUCTIONS)
    sllv = "| sllv | `000000 rs rt rd 00000 000100` | rd = rt << (rs & 31). | `pow`, `mul_lo` |"
    assert sllv in lines


def test_every_row_operation_is_used() -> None:
    used = {name for entry in INSTRUCTIONS for name in micro_operations(entry)}
    assert used == {operation.name for operation in ROW_OPS}


def test_the_documentation_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "instructions.md"
    assert page.read_text() == markdown_page(), "run: python -m zkm.isa.describe > docs/instructions.md"
