"""Words as limbs and bytes, in expressions and in columns."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zkm.tables import bus
from zkm.tables.expression import Expression
from zkm.tables.table import Builder, Cells

__all__ = ["LOW", "check_bytes", "fill_bytes", "fill_product", "product_limbs", "word_of_bytes"]

LOW: Final = (1 << 16) - 1


def word_of_bytes(most_significant_first: list[Expression]) -> Expression:
    """The word with these four bytes."""
    b0, b1, b2, b3 = most_significant_first
    return (b0 * (1 << 24) + b1 * (1 << 16)) + (b2 * (1 << 8) + b3)


def check_bytes(table: Builder, name: str, values: list[Expression], live: Expression) -> None:
    """Where `live` is 1, the four values are bytes."""
    table.send(f"{name} 0, 1", bus.PAIR, values[:2], live)
    table.send(f"{name} 2, 3", bus.PAIR, values[2:], live)


def fill_bytes(cells: Cells, prefix: str, words: NDArray[np.int64]) -> None:
    """Columns prefix0 (most significant) to prefix3 from words."""
    for j in range(4):
        cells[f"{prefix}{j}"] = words >> 24 - 8 * j & 0xFF


def product_limbs(table: Builder, live: Expression) -> tuple[Expression, Expression]:
    """(L, H): two words made of columns l0, l1, h0, h1, each limb looked up where `live` is 1."""
    l0, l1, h0, h1 = table.get("l0 l1 h0 h1")
    for name in ("l0", "l1", "h0", "h1"):
        table.send(name, bus.RANGE16, (table[name],), live)
    return l0 + (1 << 16) * l1, h0 + (1 << 16) * h1


def fill_product(cells: Cells, value: NDArray[np.uint64]) -> None:
    """Columns l0, l1, h0, h1 from 64-bit values."""
    for position, name in enumerate(("l0", "l1", "h0", "h1")):
        cells[name] = value >> np.uint64(16 * position) & np.uint64(LOW)
