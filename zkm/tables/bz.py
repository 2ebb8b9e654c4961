"""Given a word a and a target, this table proves a branch to the target if a = 0 (fe) or a != 0 (fn).

Conditions, delay slot and soundness: see zkm.tables.branch. A word is never negative, so a != 0 is
the range check of a − 1.
"""

from __future__ import annotations

from zkm.tables.branch import finish_branch
from zkm.tables.head import InstructionBuilder
from zkm.tables.table import Table

__all__ = ["build"]


def build() -> Table:
    """Row operations bz_eq and bz_ne."""
    table = InstructionBuilder("BZ", "r1 imm a t lo gap_a")
    table.read_a(table["a"])
    return finish_branch(table, __doc__ or "", None)
