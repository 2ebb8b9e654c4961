"""Given a register a and an operand imm, both words, this table proves r3 = a + imm mod 2^32 (fa) or
r3 = (a < imm), unsigned (fl).

# Soundness

k is boolean and e, the sum a + imm − 2^32 k or the difference a − imm + 2^32 k, is a word. For words
a and imm exactly one k in {0, 1} does that: the carry, or the borrow, which is (a < imm).
"""

from __future__ import annotations

from zkm.tables.bus import range_check
from zkm.tables.head import WORD, InstructionBuilder, Operations
from zkm.tables.limbs import LOW
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operations addi and sltui."""
    table = InstructionBuilder("ADDI", "r1 r3 a imm k lo c0 gap_a gap_c")
    a, imm, k, fa, fl = table.get("a imm k fa fl")
    table.boolean("k")
    total = a + imm - WORD * k
    difference = a - imm + WORD * k
    table.read_a(a)
    table.write(fa * total + fl * k)
    range_check(table, "e", fa * total + fl * difference, table["lo"], table.m)
    return table.finish(__doc__ or "", _complete, imm=imm)


def _complete(cells: Cells, _rows: Operations) -> None:
    a, imm, fa = cells["a"], cells["imm"], cells["fa"]
    cells["k"] = fa * (a + imm >> 32) + cells["fl"] * (a < imm)
    # The low limb of a sum or difference does not depend on the carry.
    cells["lo"] = a + (2 * fa - 1) * imm & LOW
