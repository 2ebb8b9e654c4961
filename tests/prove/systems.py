"""Random systems whose tables have any height, with traces that satisfy their constraints.

Their buses do not balance.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from zkm.params import ParameterSet
from zkm.tables.bus import Bus
from zkm.tables.data import TableData
from zkm.tables.expression import Entry, Expression
from zkm.tables.structured import bits_value, row_index
from zkm.tables.system import System
from zkm.tables.table import Builder, Table

BUSES = (Bus(1, "one", ("a",)), Bus(2, "two", ("a", "b")), Bus(7, "three", ("a", "b", "c")))

SMALL, WORDS, WIDE = 2, 2**32, 2**62
"""Bounds of cells: products of WORDS need 128-bit integers, those of WIDE field elements."""


@dataclass(frozen=True)
class Recipe:
    """One table: rows in a table of 2^height, interactions, and the size of its cells."""

    height: int
    rows: int
    interactions: int
    bound: int = SMALL
    structured: bool = False


def random_system(
    row_bits: int, interaction_bits: int, recipes: list[Recipe], seed: int
) -> tuple[System, list[TableData]]:
    """Tables with random expressions of degree up to 3 that are zero in the row of zeros."""
    rng = random.Random(seed)
    slot_bits = 8 if row_bits < 6 else 12
    params = ParameterSet("random", row_bits, interaction_bits, slot_bits, 2)
    tables = [_table(f"T{i}", recipe, rng) for i, recipe in enumerate(recipes)]
    data = []
    for table, recipe in zip(tables, recipes, strict=True):
        cells = [
            [rng.randrange(-recipe.bound + 1, recipe.bound) for _ in range(recipe.rows)]
            for _ in table.committed
        ]
        cells[1] = [cell % 2 for cell in cells[1]]
        cells[2] = cells[0]
        array = np.array(cells, dtype=np.int64).reshape(len(cells), recipe.rows)
        full = TableData.of(table, array)
        if not table.structured:
            full = TableData(recipe.height, full.data)
        data.append(full)
    return System(params, tables), data


def _table(name: str, recipe: Recipe, rng: random.Random) -> Table:
    structured = (row_index("index"), bits_value("low", 0, 1)) if recipe.structured else ()
    columns = ["a", "bit", "copy", *"cde"[: rng.randrange(4)]]
    table = Builder(name, " ".join(columns), structured=structured)
    names = [*columns, *(s.name for s in structured)]

    def expression(degree: int) -> Expression:
        """A product of up to `degree` sums; its first factor is zero in the row of zeros."""
        product = table[rng.choice(names)]
        for _ in range(rng.randrange(degree)):
            factor = rng.randrange(-3, 4) + rng.choice((1, 2, 2**31)) * table[rng.choice(names)]
            product = product * (factor - table[rng.choice(names)] * rng.randrange(2))
        return product

    table.require("copy", table["a"] - table["copy"])
    for index in range(rng.randrange(4)):
        # Zero in every row, but not between the rows.
        boolean = rng.randrange(-3, 4) * table["bit"] * (table["bit"] - 1)
        linear = 1 + 2 * table[rng.choice(names)]
        copied = expression(2) * (table["copy"] - table["a"])
        table.require(f"constraint {index}", boolean * linear - 5 * copied)
    for index in range(recipe.interactions):
        bus = rng.choice(BUSES)
        # Division by a power of two is exact for hardly any of these cells.
        entries = [Entry(expression(3), rng.choice((0, 0, 1, 5))) for _ in range(bus.arity)]
        rng.choice((table.send, table.receive))(f"interaction {index}", bus, entries, expression(3))
    return table.build("random", fixed_height=recipe.height if recipe.structured else None)
