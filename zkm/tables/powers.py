"""This table holds (n, 2^n) for 0 <= n < 32.

# Soundness

Both are functions of the row's number, and the height is a constant, 5. The multiplicity is free, as
in RANGE16.
"""

from __future__ import annotations

from zkm.tables import bus
from zkm.tables.structured import power_of_two, row_index
from zkm.tables.table import Builder, Lookup, Table

__all__ = ["build"]


def build() -> Table:
    """The table of powers of two."""
    table = Builder("POW", "count", structured=(row_index("n"), power_of_two("power", 5)))
    table.receive("power", bus.POW, (table["n"], table["power"]), table["count"])
    lookup = Lookup(bus.POW, "count", lambda entries: entries[0])
    return table.build(__doc__ or "", fixed_height=5, lookups=(lookup,))
