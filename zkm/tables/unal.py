"""Given a register a, an offset and a register y named by r2, this table proves that y (lwl, lwr) or
the word x around a + offset (sb, sh, swl, swr) becomes the re-arrangement c of the bytes of x and y
that the MIPS instruction of that name defines (big-endian); the other one keeps its value.

# Soundness

x and y are looked up as bytes (x0, y0 most significant), so both splits are unique. The offset is
forced (see zkm.tables.offset); for sh h1 = h3 = 0. c is determined by operation, offset and bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from zkm.tables.head import InstructionBuilder, Operations
from zkm.tables.limbs import check_bytes, fill_bytes, word_of_bytes
from zkm.tables.offset import fill_offset, word_offset
from zkm.tables.table import Cells, Table

__all__ = ["build"]

Rearrange = Callable[[list[Any], list[Any], int], list[Any]]

REARRANGEMENTS: Final[dict[str, Rearrange]] = {
    "lwl": lambda x, y, k: x[k:] + y[4 - k :],
    "lwr": lambda x, y, k: y[: 3 - k] + x[: k + 1],
    "sb": lambda x, y, k: x[:k] + y[3:] + x[k + 1 :],
    "sh": lambda x, y, k: x[:k] + y[2:] + x[k + 2 :] if k % 2 == 0 else x,
    "swl": lambda x, y, k: x[:k] + y[: 4 - k],
    "swr": lambda x, y, k: y[3 - k :] + x[k + 1 :],
}
"""Per operation, the four bytes of c from the bytes of memory (x), of the register (y) and the
offset k."""


def build() -> Table:
    """Row operations lwl, lwr, sb, sh, swl and swr."""
    columns = "r1 r2 imm a x0 x1 x2 x3 y0 y1 y2 y3 h1 h2 h3 c gap_a gap_m gap_t"
    table = InstructionBuilder("UNAL", columns)
    m = table.m
    x, y = table.get("x0 x1 x2 x3"), table.get("y0 y1 y2 y3")
    c, loads = table["c"], table["lwl"] + table["lwr"]
    h, address = word_offset(table)
    table.require("half words are aligned", table["sh"] * (h[1] + h[3]))
    result = -c
    for operation, rearrange in REARRANGEMENTS.items():
        words = [word_of_bytes(rearrange(x, y, k)) for k in range(4)]
        chosen = (h[0] * words[0] + h[1] * words[1]) + (h[2] * words[2] + h[3] * words[3])
        result = result + table[operation] * chosen
    table.require("c", result)
    check_bytes(table, "x", x, m)
    check_bytes(table, "y", y, m)

    in_memory, in_register = word_of_bytes(x), word_of_bytes(y)
    table.read_a(table["a"])
    table.memory(address, in_memory, in_memory + (m - loads) * (c - in_memory), 1)
    table.register("T", "r2", in_register, in_register + loads * (c - in_register), "gap_t", 2)
    return table.finish(__doc__ or "", _complete, imm=table["imm"])


def _complete(cells: Cells, rows: Operations) -> None:
    fill_bytes(cells, "x", rows["v"])
    fill_bytes(cells, "y", rows["c"])
    offset = fill_offset(cells, rows)
    x, y = ([cells[f"{prefix}{j}"] for j in range(4)] for prefix in "xy")
    for operation, rearrange in REARRANGEMENTS.items():
        for k in range(4):
            where = np.flatnonzero((cells[operation] == 1) & (offset == k))
            b0, b1, b2, b3 = (byte[where] for byte in rearrange(x, y, k))
            cells["c"][where] = b0 << 24 | b1 << 16 | b2 << 8 | b3
