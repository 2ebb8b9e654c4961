"""Given registers a and b, both words, this table proves r3 = a + b mod 2^32 (fa), r3 = a − b mod
2^32 (fs) or r3 = (a < b), unsigned (fl).

# Soundness

As in ADDI: k is boolean and e, which is a + b − 2^32 k or a − b + 2^32 k, is a word; exactly one k
does that, the carry or the borrow.
"""

from __future__ import annotations

from zkm.tables.bus import range_check
from zkm.tables.head import WORD, InstructionBuilder, Operations
from zkm.tables.limbs import LOW
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operations add, sub and ltu."""
    table = InstructionBuilder("ADD", "r1 r2 r3 a b k lo c0 gap_a gap_b gap_c")
    a, b, k, fa, fs, fl = table.get("a b k fa fs fl")
    table.boolean("k")
    total = a + b - WORD * k
    difference = a - b + WORD * k
    table.read_a(a)
    table.read_b(b)
    table.write(fa * total + fs * difference + fl * k)
    range_check(table, "e", fa * total + (fs + fl) * difference, table["lo"], table.m)
    return table.finish(__doc__ or "", _complete)


def _complete(cells: Cells, _rows: Operations) -> None:
    a, b, fa = cells["a"], cells["b"], cells["fa"]
    cells["k"] = fa * (a + b >> 32) + (1 - fa) * (a < b)
    # The low limb of a sum or difference does not depend on the carry.
    cells["lo"] = a + (2 * fa - 1) * b & LOW
