"""Given a register a and an offset, this table proves r3 = the byte (lb, lbu) or half word (lh, lhu)
at a + offset, sign-extended (lb, lh) or zero-extended.

# Soundness

The word around the address is x0 … x3, looked up as bytes, so that the split of the word is unique.
The offset is forced (see zkm.tables.offset); half words have h1 = h3 = 0, so an odd address has no
proof. sg is bit 7 of the selected byte by the lookup sel & 128 = 128 sg, and 0 for lbu, lhu.
"""

from __future__ import annotations

import numpy as np

from zkm.tables import bus
from zkm.tables.head import WORD, InstructionBuilder, Operations
from zkm.tables.limbs import check_bytes, fill_bytes, word_of_bytes
from zkm.tables.offset import fill_offset, word_offset
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operations lb, lbu, lh and lhu."""
    columns = "r1 r3 imm a x0 x1 x2 x3 h1 h2 h3 sg c0 gap_a gap_m gap_c"
    table = InstructionBuilder("LB", columns)
    m = table.m
    x = table.get("x0 x1 x2 x3")
    sg, lb, lbu, lh, lhu = table.get("sg lb lbu lh lhu")
    h, address = word_offset(table)
    table.boolean("sg")
    table.zero_unless(lb + lh, "sign-extended", "sg")
    table.require("half words are aligned", (lh + lhu) * (h[1] + h[3]))
    selected = (h[0] * x[0] + h[1] * x[1]) + (h[2] * x[2] + h[3] * x[3])
    after = h[0] * x[1] + h[2] * x[3]
    check_bytes(table, "bytes", x, m)
    table.send("sign", bus.AND, (selected, 128 * m, 128 * sg), lb + lh)

    word = word_of_bytes(x)
    sign_bits = sg * (lb * (WORD - (1 << 8)) + lh * (WORD - (1 << 16)))
    table.read_a(table["a"])
    table.memory(address, word, word, 1)
    table.write((lb + lbu) * selected + (lh + lhu) * (256 * selected + after) + sign_bits)
    return table.finish(__doc__ or "", _complete, imm=table["imm"])


def _complete(cells: Cells, rows: Operations) -> None:
    word = rows["v"]
    fill_bytes(cells, "x", word)
    offset = fill_offset(cells, rows)
    top_bit = word >> 31 - 8 * offset & np.int64(1)
    cells["sg"] = (cells["lb"] + cells["lh"]) * top_bit
