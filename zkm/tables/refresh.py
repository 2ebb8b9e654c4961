"""Given a tuple of the memory bus, this table proves nothing but re-sends it with a later time, so
that gaps between accesses need only 16 bits.

# Soundness

Address and value are unchanged and the time grows by 1 + lo + 2^16 hi, 1 to 2^32, with both limbs
looked up: a row is one more edge of the path of an address and cannot close a loop. It is tied to no
clock and needs none: access times alone order the accesses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkm.tables import bus
from zkm.tables.limbs import LOW
from zkm.tables.table import Builder, Cells, Table

if TYPE_CHECKING:
    from zkm.machine.records import Trace

__all__ = ["build"]

COLUMNS = "m address v t lo hi"


def build() -> Table:
    """The table of re-sent memory tuples."""
    table = Builder("REFRESH", COLUMNS)
    m, address, v, t, lo, hi = table.get(COLUMNS)
    table.boolean("m")
    table.receive("before", bus.MEM, (address, v, t), m)
    table.send("after", bus.MEM, (address, v, t + m + lo + (1 << 16) * hi), m)
    table.send("lo", bus.RANGE16, (lo,), m)
    table.send("hi", bus.RANGE16, (hi,), m)
    return table.build(__doc__ or "", fill=_fill)


def _fill(trace: Trace) -> Cells:
    entries = trace.refresh
    cells = Cells(COLUMNS.split(), len(entries))
    cells["m"] = 1
    cells["address"] = entries["address"]
    cells["v"] = entries["value"]
    cells["t"] = entries["t_old"]
    step = entries["t_new"] - entries["t_old"] - 1
    cells["lo"] = step & LOW
    cells["hi"] = step >> 16
    return cells
