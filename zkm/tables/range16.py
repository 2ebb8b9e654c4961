"""This table holds the integers of [0, 2^16): what another table sends to r16 is one of them.

# Soundness

x is the row's number and the height a constant: a higher table would accept larger values. n is
free: it is the table side of a lookup, and n copies of a tuple that is not sent unbalance the bus.
"""

from __future__ import annotations

from zkm.tables import bus
from zkm.tables.structured import row_index
from zkm.tables.table import Builder, Lookup, Table

__all__ = ["build"]


def build() -> Table:
    """The 16-bit range table."""
    table = Builder("RANGE16", "n", structured=(row_index("x"),))
    table.receive("x", bus.RANGE16, (table["x"],), table["n"])
    lookup = Lookup(bus.RANGE16, "n", lambda entries: entries[0])
    return table.build(__doc__ or "", fixed_height=16, lookups=(lookup,))
