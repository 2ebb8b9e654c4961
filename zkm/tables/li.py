"""Given an immediate operand, this table proves r3 = imm.

The operand comes from the program, so it is a word.
"""

from __future__ import annotations

from zkm.tables.head import InstructionBuilder, Operations
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operation li."""
    table = InstructionBuilder("LI", "r3 imm c0 gap_c")
    imm = table["imm"]
    table.write(imm)
    return table.finish(__doc__ or "", _complete, imm=imm)


def _complete(cells: Cells, rows: Operations) -> None:
    """Every column is shared."""
