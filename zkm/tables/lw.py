"""Given a register a and an offset, this table proves r3 = the word at a + offset.

# Soundness

The address needs no check: one that is no multiple of 4, or not in [0, 2^32), was never
initialised, so the memory bus cannot balance. In particular a load cannot reach a register: their
addresses begin at 2^40. There is no wrap-around, in the runner neither.
"""

from __future__ import annotations

from zkm.tables.head import InstructionBuilder, Operations
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operation lw."""
    table = InstructionBuilder("LW", "r1 r3 imm a v c0 gap_a gap_m gap_c")
    table.read_a(table["a"])
    table.memory(table.effective_address(), table["v"], table["v"], 1)
    table.write(table["v"])
    return table.finish(__doc__ or "", _complete, imm=table["imm"])


def _complete(cells: Cells, rows: Operations) -> None:
    cells["v"] = rows.record["v"]
