"""A small system with every kind of table, for tests of the argument that need no machine.

STEP squares a number modulo 16 again and again; START (preprocessed, fixed height) begins the
chain and ends it; NIBBLE is a lookup table with structured columns; COUNT (structured, free height)
receives one token per row.
"""

from __future__ import annotations

import numpy as np

from zkm.params import ParameterSet
from zkm.tables.bus import Bus
from zkm.tables.data import TableData
from zkm.tables.expression import over_power_of_two
from zkm.tables.structured import bits_value, row_index
from zkm.tables.system import System
from zkm.tables.table import Builder, Table

CHAIN = Bus(1, "chain", ("time", "x"))
NIBBLE = Bus(2, "nibble", ("x",))
TOKEN = Bus(3, "token", ("index", "x"))

TOY = ParameterSet("toy", 6, 4, 10, 2)


def _start() -> Table:
    table = Builder("START", "end result", preprocessed="x on")
    x, on, end, result = table.get("x on end result")
    table.send("start", CHAIN, (0, x), on)
    table.receive("end", CHAIN, (end, result), on)
    return table.build("Given x, this table starts one chain and ends it.", fixed_height=1)


def _step() -> Table:
    table = Builder("STEP", "time x y m")
    time, x, y, m = table.get("time x y m")
    table.boolean("m")
    table.require("y is 0 unless m", (1 - m) * y)
    table.receive("before", CHAIN, (time, x), m)
    table.send("after", CHAIN, (time + m, y), m)
    table.send("y", NIBBLE, (y,), m)
    table.send("quotient", NIBBLE, (over_power_of_two(x * x - y, 4),), m * m)
    table.send("token", TOKEN, (time, y * m), m)
    return table.build("Given (time, x), this table proves y = x^2 mod 16.")


def _nibble() -> Table:
    table = Builder("NIBBLE", "n", structured=(bits_value("x", 0, 4),))
    table.receive("nibble", NIBBLE, (table["x"],), table["n"])
    return table.build("This table holds 0 … 15.", fixed_height=4)


def _count() -> Table:
    table = Builder("COUNT", "p used", structured=(row_index("index"),))
    p, used, index = table.get("p used index")
    table.boolean("used")
    table.require("p is 0 unless used", (1 - used) * p)
    table.receive("token", TOKEN, (index, p), used)
    return table.build("This table receives one token per index.")


def toy_system() -> System:
    """START, STEP, NIBBLE, COUNT."""
    return System(TOY, (_start(), _step(), _nibble(), _count()))


def toy_data(system: System, steps: int, x: int = 3) -> list[TableData]:
    """An honest trace with the given number of STEP rows (at most 2^6)."""
    first = x
    counts = np.zeros((1, 16), dtype=np.int64)
    rows = []
    for time in range(steps):
        quotient, y = divmod(x * x, 16)
        counts[0, quotient] += 1
        counts[0, y] += 1
        rows.append((time, x, y, 1))
        x = y
    committed = [
        np.array([[first], [1], [steps], [x]], dtype=np.int64),
        np.array(rows, dtype=np.int64).reshape(-1, 4).T,
        counts,
        np.array([[row[2] for row in rows], [1] * steps], dtype=np.int64).reshape(2, steps),
    ]
    pairs = zip(system.tables, committed, strict=True)
    return [TableData.of(table, columns) for table, columns in pairs]
