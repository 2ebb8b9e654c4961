"""Given registers a and b and an offset, this table proves that the word at a + offset becomes b.

# Soundness

As in LW the address needs no check. c0, the word before, is whatever the memory bus holds.
"""

from __future__ import annotations

from zkm.tables.head import InstructionBuilder, Operations
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operation sw."""
    table = InstructionBuilder("SW", "r1 r2 imm a b c0 gap_a gap_b gap_m")
    table.read_a(table["a"])
    table.read_b(table["b"])
    table.memory(table.effective_address(), table["c0"], table["b"], 2)
    return table.finish(__doc__ or "", _complete, imm=table["imm"])


def _complete(cells: Cells, rows: Operations) -> None:
    cells["c0"] = rows.record["v"]
