"""Given a register a, this table proves r3 = a.

Values are words where they are born; a copy needs no check.
"""

from __future__ import annotations

from zkm.tables.head import InstructionBuilder
from zkm.tables.table import Table

__all__ = ["build"]


def build() -> Table:
    """Row operation move."""
    table = InstructionBuilder("MOVE", "r1 r3 a c0 gap_a gap_c")
    table.read_a(table["a"])
    table.write(table["a"])
    return table.finish(__doc__ or "")
