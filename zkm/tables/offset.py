"""The byte offset of an access inside its word, as one-hot columns h1, h2, h3.

h0 = m − h1 − h2 − h3, and the word's address is the byte address less the offset.

# Soundness

h1, h2, h3, their sum and hence h0 are boolean, and all are 0 where m = 0. The word's address must
exist, so it is a multiple of 4: exactly one offset in 0 … 3 does that. It is forced, not chosen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkm.tables.expression import Expression
from zkm.tables.head import IMMEDIATE_BIAS, InstructionBuilder, Operations
from zkm.tables.table import Cells

__all__ = ["fill_offset", "word_offset"]


def word_offset(table: InstructionBuilder) -> tuple[list[Expression], Expression]:
    """([h0, h1, h2, h3], address of the word)."""
    h1, h2, h3 = table.get("h1 h2 h3")
    some = h1 + h2 + h3
    table.boolean("h1", "h2", "h3")
    table.require("one offset", some * (some - 1))
    table.require("offset is 0 unless m", some * (1 - table.m))
    address = table.effective_address() - h1 - 2 * h2 - 3 * h3
    return [table.m - some, h1, h2, h3], address


def fill_offset(cells: Cells, rows: Operations) -> NDArray[np.int64]:
    """Fill h1, h2, h3; returns the offsets."""
    offset = rows["a"] + rows.imm - IMMEDIATE_BIAS & 3
    for k in (1, 2, 3):
        cells[f"h{k}"] = offset == k
    return offset
