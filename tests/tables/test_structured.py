"""Structured columns: the closed form is the multilinear extension of the values."""

from __future__ import annotations

import random
from math import prod

import pytest

from zkm.field import MODULUS
from zkm.tables.registry import machine_tables
from zkm.tables.structured import and_of_halves, bits_value, power_of_two, row_index

SMALL = [
    (row_index("x"), 5),
    (bits_value("x", 2, 3), 5),
    (and_of_halves("x", 3), 6),
    (power_of_two("x", 4), 4),
]


def extension(values: list[int], point: list[int]) -> int:
    """Σ_x values[x] eq(x, point)."""
    weights = [
        prod(r if x >> i & 1 else 1 - r for i, r in enumerate(point)) % MODULUS for x in range(len(values))
    ]
    return sum(map(int.__mul__, values, weights)) % MODULUS


@pytest.mark.parametrize(("structured", "height"), SMALL)
def test_extension(structured, height: int) -> None:
    rng = random.Random(height)
    point = [rng.randrange(MODULUS) for _ in range(height)]
    masked = point + [0] * 3
    assert structured.evaluate(masked) % MODULUS == extension(structured.values(height).tolist(), point)


@pytest.mark.parametrize("table", [t for t in machine_tables() if t.structured], ids=lambda t: t.name)
def test_extension_on_rows(table) -> None:
    """On a corner of the cube the extension is the value of that row."""
    height = 9 if table.fixed_height is None else table.fixed_height
    for structured in table.structured:
        values = structured.values(height).tolist()
        for row in (0, 1, (1 << height) - 1, 0x5A5A % (1 << height)):
            corner = [row >> i & 1 for i in range(20)]
            assert structured.evaluate(corner) == values[row]


def test_lookup_tables_hold_what_they_say() -> None:
    tables = {table.name: table for table in machine_tables()}

    def columns(name: str) -> list[list[int]]:
        table = tables[name]
        return [s.values(table.fixed_height).tolist() for s in table.structured]

    assert columns("RANGE16") == [list(range(1 << 16))]
    assert columns("POW") == [list(range(32)), [1 << n for n in range(32)]]
    x, y, both = columns("BYTES")
    assert set(zip(x, y, both, strict=True)) == {(a, b, a & b) for a in range(256) for b in range(256)}
