"""The buses on which tables exchange tuples, and the two idioms built on them.

Over all tables of a proof every bus balances: each tuple is sent as often as it is received
(LogUp, protocol sections 1 and 4). Tables, section 1, lists what the tuples mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zkm.tables.expression import Expression, over_power_of_two

if TYPE_CHECKING:
    from zkm.tables.table import Builder

__all__ = [
    "AND",
    "BUSES",
    "IMAGE",
    "LINK",
    "MEM",
    "OUTPUT",
    "PAIR",
    "POW",
    "PROG",
    "RANGE16",
    "STATE",
    "Bus",
    "access",
    "range_check",
]


@dataclass(frozen=True)
class Bus:
    """A named channel for tuples of one length.

    The id is part of every fingerprint (φ + id + Σ θ^(i+1) entry_i), so tuples of different
    buses never cancel; ids start at 1.
    """

    id: int
    name: str
    fields: tuple[str, ...]

    @property
    def arity(self) -> int:
        """Entries of a tuple."""
        return len(self.fields)


STATE: Final = Bus(1, "state", ("ts", "pc", "delta"))
MEM: Final = Bus(2, "mem", ("address", "value", "ts"))
PROG: Final = Bus(3, "prog", ("address", "key", "imm"))
IMAGE: Final = Bus(4, "image", ("address", "word"))
LINK: Final = Bus(5, "link", ("word index",))
RANGE16: Final = Bus(6, "r16", ("x",))
AND: Final = Bus(7, "and", ("x", "y", "x and y"))
PAIR: Final = Bus(8, "pair", ("x", "y"))
POW: Final = Bus(9, "pow", ("n", "2^n"))
OUTPUT: Final = Bus(10, "output", ("index", "word"))
BUSES: Final = (STATE, MEM, PROG, IMAGE, LINK, RANGE16, AND, PAIR, POW, OUTPUT)


def access(
    table: Builder,
    name: str,
    address: Expression,
    old: Expression,
    new: Expression,
    *,
    gap: Expression,
    time: Expression,
    live: Expression,
) -> None:
    """One memory access at `time`: `address` held `old` and holds `new` from now on.

    Receives mem(address, old, time - live - gap) and sends mem(address, new, time), each `live`
    times, and looks `gap` up in [0, 2^16). A read passes the same expression as old and new. The
    time of the access before is never a column: it is `time - 1 - gap`, so it lies 1 to 2^16
    before this one. `live` must be 0 or 1 in every row, and `time` a multiple of it.
    """
    table.receive(f"{name} old", MEM, (address, old, time - live - gap), live)
    table.send(f"{name} new", MEM, (address, new, time), live)
    table.send(f"{name} gap", RANGE16, (gap,), live)


def range_check(
    table: Builder,
    name: str,
    value: Expression,
    low: Expression,
    live: Expression,
    *,
    scale: int = 0,
) -> None:
    """Where `live` is 1: 0 <= value / 2^scale < 2^32, an integer, with low limb `low`.

    Both `low` and (value / 2^scale - low) / 2^16 are looked up in [0, 2^16), so the quotient is
    low + 2^16 high with both limbs in range, and no other field element passes.
    """
    table.send(f"{name} low", RANGE16, (low,), live)
    high = over_power_of_two(value - (1 << scale) * low, 16 + scale)
    table.send(f"{name} high", RANGE16, (high,), live)
