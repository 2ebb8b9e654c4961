"""This table holds all pairs of bytes (x, y) and their conjunction x & y.

# Soundness

Row x + 256 y: both bytes and their conjunction are functions of the row's number, and the height is
a constant, 16. The two multiplicities are free, as in RANGE16.
"""

from __future__ import annotations

from collections.abc import Sequence

from zkm.tables import bus
from zkm.tables.structured import and_of_halves, bits_value
from zkm.tables.table import Builder, Integers, Lookup, Table

__all__ = ["build"]


def build() -> Table:
    """The table of pairs of bytes."""
    structured = (bits_value("x", 0, 8), bits_value("y", 8, 8), and_of_halves("x_and_y", 8))
    table = Builder("BYTES", "n_and n_pair", structured=structured)
    x, y, x_and_y = table.get("x y x_and_y")
    table.receive("and", bus.AND, (x, y, x_and_y), table["n_and"])
    table.receive("pair", bus.PAIR, (x, y), table["n_pair"])
    lookups = (Lookup(bus.AND, "n_and", _row), Lookup(bus.PAIR, "n_pair", _row))
    return table.build(__doc__ or "", fixed_height=16, lookups=lookups)


def _row(entries: Sequence[Integers]) -> Integers:
    return entries[0] + 256 * entries[1]
