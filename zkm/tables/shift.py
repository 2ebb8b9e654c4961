"""Given a word a and an operand imm, 2^s for a left shift and 2^(32−s) for a right one, this table
proves r3 = low word of a * imm (fs), high word (fr), or their sum (fo), which is the rotation.

# Soundness

a * imm < 2^64 and L + 2^32 H = a * imm with words L and H (each limb is looked up), so the split is
unique. The operand comes from the program.
"""

from __future__ import annotations

import numpy as np

from zkm.tables.head import WORD, InstructionBuilder, Operations
from zkm.tables.limbs import fill_product, product_limbs
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operations shl, shr and rot."""
    table = InstructionBuilder("SHIFT", "r1 r3 a imm l0 l1 h0 h1 c0 gap_a gap_c")
    a, imm, fs, fr, fo = table.get("a imm fs fr fo")
    low, high = product_limbs(table, table.m)
    table.require("product", a * imm - low - WORD * high)
    table.read_a(a)
    table.write((fs + fo) * low + (fr + fo) * high)
    return table.finish(__doc__ or "", _complete, imm=imm)


def _complete(cells: Cells, rows: Operations) -> None:
    # int64 wraps modulo 2^64, and the product is below that.
    fill_product(cells, (rows["a"] * rows.imm).view(np.uint64))
