"""Given a target a, from a register (fr) or the operand imm (fi), this table proves a jump to a after
the delay slot (d) or at once; with lk it writes the return address to r3: pc + 8, or with sy the
address X of the next instruction, so that a system call works even in a delay slot.

# Soundness

- The target needs no check: a misaligned or wild one has no program row.
- lk, sy and d are 0 where m = 0 (a live link there would be a free write), and sy only comes with lk.
  With fi there is no access A, without lk no access C: their registers, gaps and c0 are pinned to 0.
- The next (pc, δ) is (pc + 4, a − pc − 8) with a delay slot, (a, 0) without.
"""

from __future__ import annotations

import numpy as np

from zkm.tables.head import InstructionBuilder, Operations
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operations jump_reg and jump_imm."""
    table = InstructionBuilder("JUMP", "r1 r3 a c0 gap_a gap_c")
    m, pc, delta = table.m, table.pc, table.delta
    a, fr, fi, lk, sy, d = table.get("a fr fi lk sy d")
    table.require("sy only with lk", sy * (1 - lk))
    table.zero_if(fi, "fi", "r1", "gap_a")
    table.zero_unless(lk, "lk", "r3", "gap_c", "c0")
    table.read_a(a, live=fr)
    table.write(pc + 8 * m + sy * (delta - 4), live=lk)
    following = (d * (pc + 4) + (1 - d) * a, d * (a - pc - 8))
    return table.finish(__doc__ or "", _complete, imm=fi * a, following=following)


def _complete(cells: Cells, rows: Operations) -> None:
    cells["a"] = np.where(cells["fi"] == 1, rows.imm, rows["a"])
