"""Given words a and b (b the operand imm where fi is set; b = 2^32 is possible where it comes from
BITS or is a shift operand), this table proves

- flo, fhi, frot: r3 = low word, high word, or the sum of both words of a * b;
- fhs: r3 = high word of a * b with a signed;
- fdq, fdr: r3 = quotient or remainder of a / b, unsigned; a and 0 where b = 0;
- flt: r3 = (a < b), signed;
- fsel: r3 = a where b = 1, unchanged where b = 0.

# Soundness

- L and H are words (limbs looked up). Products: (a − 2^32 sa) b = L + 2^32 H − 2^64 k, sa and k zero
  but for fhs. Unsigned products are below 2^64, so the split is unique. For fhs the range check of
  a + 2^31 − 2^32 sa makes sa the sign of a; the product lies in [−2^63, 2^63), so k is its sign.
- Division: H (b + z) + L = a with z b = 0 and 0 <= b + z − 1 − L: the remainder is smaller than the
  divisor b + z, so quotient and remainder are unique; the left side is below 2^65, nothing wraps.
  b = 0 forces z = 1 (else −1 − L would be a word), b != 0 forces z = 0.
- flt: L = a + 2^31 − 2^32 sa and H likewise for b are words, so sa and sb are the signs; L − H + 2^32 k
  is a word, so k = (L < H), the signed comparison.
- fsel: the micro-code gives a b that is 0 or 1, the result of a comparison of the same instruction;
  frot: a power of two. The table does not check that.
- Limbs, signs, z, k, d0 are pinned to 0 where they have no meaning.
"""

from __future__ import annotations

import numpy as np

from zkm.tables.bus import range_check
from zkm.tables.head import WORD, InstructionBuilder, Operations
from zkm.tables.limbs import LOW, fill_product, product_limbs
from zkm.tables.table import Cells, Table

__all__ = ["build"]

SIGN = 1 << 31


def build() -> Table:
    """Row operations mul_lo, mul_hi, mul_his, mul_rot, div_q, div_r, lt and select."""
    columns = "r1 r2 r3 a b l0 l1 h0 h1 d0 sa sb z k c0 gap_a gap_b gap_c"
    table = InstructionBuilder("MUL", columns)
    m = table.m
    a, b, sa, sb, z, k, c0 = table.get("a b sa sb z k c0")
    flo, fhi, fhs, frot, fdq, fdr, flt, fsel, fi = table.get("flo fhi fhs frot fdq fdr flt fsel fi")
    product, division = flo + fhi + fhs + frot, fdq + fdr
    checked = division + flt + fhs
    low, high = product_limbs(table, m - fsel)

    table.boolean("sa", "sb", "z", "k")
    table.zero_unless(fhs + flt, "signed", "sa", "k")
    table.zero_unless(flt, "flt", "sb")
    table.zero_unless(division, "division", "z")
    table.zero_unless(checked, "range-checked", "d0")
    table.zero_if(fsel, "fsel", "l0", "l1", "h0", "h1")
    table.zero_if(fi, "fi", "r2", "gap_b")

    signed_a = a - WORD * sa
    table.require("product", product * (signed_a * b - low + WORD * (WORD * k - high)))
    table.require("division", division * (high * (b + z) + low - a))
    table.require("z only if b = 0", z * b)
    table.require("flt: L is a + 2^31 mod 2^32", flt * (signed_a + SIGN - low))
    table.require("flt: H is b + 2^31 mod 2^32", flt * (b + SIGN - WORD * sb - high))
    remainder = division * (b + z - 1 - low)
    comparison = flt * (low - high + WORD * k)
    range_check(table, "d", remainder + comparison + fhs * (signed_a + SIGN), table["d0"], checked)

    table.read_a(a)
    table.read_b(b, live=m - fi)
    table.write(
        (flo + fdr + frot) * low + (fhi + fhs + fdq + frot) * high + flt * k + fsel * (c0 + b * (a - c0))
    )
    return table.finish(__doc__ or "", _complete, imm=fi * b)


def _complete(cells: Cells, rows: Operations) -> None:
    a = rows["a"]
    b = np.where(cells["fi"] == 1, rows.imm, rows["b"])
    cells["b"] = b
    division = cells["fdq"] + cells["fdr"]
    lt, signed = cells["flt"], cells["fhs"]

    cells["sa"] = (signed + lt) * (a >> 31)
    cells["sb"] = lt * (b >> 31)
    cells["z"] = division * (b == 0)
    left, right = a ^ SIGN, b ^ SIGN  # a + 2^31 mod 2^32: signed order as unsigned order
    negative = (a >> 31 == 1) & (b != 0)
    cells["k"] = lt * (left < right) + signed * negative

    divisor = np.where(b == 0, 1, b)
    quotient, remainder = np.divmod(a, divisor)
    # int64 arithmetic wraps modulo 2^64, as L + 2^32 H does.
    wide = (a - (signed * (a >> 31) << 32)) * b
    wide = np.where(division == 1, remainder + (quotient << 32), wide)
    wide = np.where(lt == 1, left + (right << 32), wide)
    fill_product(cells, np.where(cells["fsel"] == 1, 0, wide).view(np.uint64))
    checked = division * (divisor - 1 - remainder) + lt * (left - right) + signed * left
    cells["d0"] = checked & LOW
