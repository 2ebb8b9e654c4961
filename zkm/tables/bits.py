"""Given a word a, this table proves r3 = 2^(a & 31) (fp), 2^(32 − (a & 31)) (fq) or the number of
leading zeros of a (fz).

# Soundness

- fp: POW holds (n, q), so n is in [0, 32) and q = 2^n; (a − n) / 32 is a word, so n = a mod 32.
- fq: the same with 31 − n for n, so n = 31 − (a mod 32); the result is 2q.
- fz: POW holds (31 − n, q); a − q and 2q − 1 − a are words, so q <= a < 2q, which fixes n. For a = 0 no
  such q exists: then, and only then (z a = 0), z = 1 and n = 32.

Results are words, but for fq with a & 31 = 0: 2^32, in a temporary of the micro-code.
"""

from __future__ import annotations

import numpy as np

from zkm.tables import bus
from zkm.tables.head import InstructionBuilder, Operations
from zkm.tables.limbs import LOW
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operations pow, copow and clz."""
    table = InstructionBuilder("BITS", "r1 r3 a n q x0 y0 z c0 gap_a gap_c")
    m = table.m
    a, n, q, x0, y0, z, fp, fq, fz = table.get("a n q x0 y0 z fp fq fz")
    table.boolean("z")
    table.zero_unless(fz, "fz", "z")
    table.require("z only if a = 0", z * a)
    table.require("n = 32 if z", z * (n - 32))
    table.zero_if(z, "z", "q", "x0")
    table.zero_unless(fz - z, "fz and not z", "y0")

    table.send("power", bus.POW, ((fp + fq) * n + fz * (31 - n), q), m - z)
    # (a − n) / 32, (a − 31 + n) / 32 or a − q, times 32.
    remainder = fp * (a - n) + fq * (a - 31 + n) + 32 * (fz * (a - q))
    bus.range_check(table, "x", remainder, x0, m - z, scale=5)
    bus.range_check(table, "y", 2 * q - m - a, y0, fz - z)

    table.read_a(a)
    table.write((fp + 2 * fq) * q + fz * n)
    return table.finish(__doc__ or "", _complete)


def _complete(cells: Cells, _rows: Operations) -> None:
    a, fp, fq, fz = cells["a"], cells["fp"], cells["fq"], cells["fz"]
    length = np.frexp(a.astype(np.float64))[1].astype(np.int64)  # bits of a; exact below 2^53
    low = a & 31
    n = fp * low + fq * (31 - low) + fz * (32 - length)
    z = fz * (a == 0)
    live = 1 - z
    q = live << (fp + fq) * n + fz * live * (31 - n)
    cells["n"], cells["z"], cells["q"] = n, z, q
    cells["x0"] = ((fp + fq) * (a >> 5) + fz * live * (a - q)) & LOW
    cells["y0"] = (fz * live * (2 * q - 1 - a)) & LOW
