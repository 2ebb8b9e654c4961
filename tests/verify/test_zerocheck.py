"""What the zerocheck computes at its last point, against whole columns."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.reference.toy_prover import eq_vector, extended, fraction, mle, place
from tests.reference.toy_system import statement_system
from zkm.field import MODULUS, Fr
from zkm.tables.data import TableData
from zkm.verify.arithmetic import PLAIN
from zkm.verify.shape import Heights
from zkm.verify.zerocheck import column_values, row_value

SYSTEM = statement_system()
K = SYSTEM.params.table_bits


def random_tables(rng: random.Random, heights: list[int]) -> list[TableData]:
    """Random cells in all rows, structured columns as they must be."""
    tables = []
    for table, k in zip(SYSTEM.tables, heights, strict=True):
        cells = [[rng.randrange(1 << 20) for _ in range(1 << k)] for _ in table.committed]
        cells += [structured.values(k).tolist() for structured in table.structured]
        tables.append(TableData(k, np.array(cells, dtype=np.int64)))
    return tables


@pytest.mark.parametrize("heights", [[0, 0, 4, 0], [1, 2, 4, 3], [0, 6, 4, 6], [6, 5, 4, 1]])
def test_values_are_those_of_the_extended_columns(heights: list[int]) -> None:
    rng = random.Random(sum(heights))
    data = random_tables(rng, heights)
    point = [Fr(rng.randrange(MODULUS)) for _ in range(K)]
    checked = Heights(PLAIN, SYSTEM, place(SYSTEM, heights).bits(SYSTEM))
    columns = [
        Fr(mle([int(x) for x in d.data[q]], point[: d.height]))
        for table, d in zip(SYSTEM.tables, data, strict=True)
        for q in range(len(table.committed))
    ]
    pads, values = column_values(PLAIN, SYSTEM, checked, point, columns)
    for t, d in enumerate(data):
        indicator = [int(x < 1 << d.height) for x in range(1 << K)]
        assert pads[t] == mle(indicator, point)
        assert values[t] == [mle(column, point) for column in extended(d, K)]


def test_row_value_is_the_bracket() -> None:
    """At a boolean point every expression is that of the row."""
    rng = random.Random(3)
    heights = [1, 2, 4, 3]
    data = random_tables(rng, heights)
    phi, theta, delta = (Fr(rng.randrange(MODULUS)) for _ in range(3))
    weights = [Fr(x) for x in eq_vector([rng.randrange(MODULUS) for _ in range(4)])]
    for row in (0, 1, 3, 7, 9, 63):
        pads = [Fr(row < 1 << k) for k in heights]
        values = [[Fr(int(c[row]) if row < 1 << d.height else 0) for c in d.data] for d in data]
        expected = 0
        for t, compiled in enumerate(SYSTEM.compiled):
            nodes = compiled.evaluate(values[t])
            for j, i in enumerate(compiled.interactions, SYSTEM.interaction_offset[t]):
                n, d = fraction(nodes, i, pads[t], phi, theta)
                expected += weights[j] * (n + delta * (d - pads[t]))
            for c, node in enumerate(compiled.constraints.tolist(), SYSTEM.constraint_offset[t]):
                expected += pow(delta, 2 + c, MODULUS) * nodes[node]
        found = row_value(PLAIN, SYSTEM, (phi, theta), delta, weights, pads, values)
        assert found == expected % MODULUS
