"""Given words a and b and a target, this table proves a branch to the target if a = b (fe) or a != b
(fn); traps on equality are branches without a delay slot.

Conditions, delay slot and soundness: see zkm.tables.branch.
"""

from __future__ import annotations

from zkm.tables.branch import finish_branch
from zkm.tables.head import InstructionBuilder
from zkm.tables.table import Table

__all__ = ["build"]


def build() -> Table:
    """Row operations beq and bne."""
    table = InstructionBuilder("BEQ", "r1 r2 imm a b t sigma lo gap_a gap_b")
    table.read_a(table["a"])
    table.read_b(table["b"])
    return finish_branch(table, __doc__ or "", table["b"])
