"""Given an immediate operand, this table proves r3 = imm.

The operand comes from the program, so it is a word.
"""

from __future__ import annotations

from zkm.tables.head import InstructionBuilder
from zkm.tables.table import Table

__all__ = ["build"]


def build() -> Table:
    """Row operation li."""
    table = InstructionBuilder("LI", "r3 imm c0 gap_c")
    imm = table["imm"]
    table.write(imm)
    return table.finish(__doc__ or "", imm=imm)
