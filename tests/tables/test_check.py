"""The debug modes on the toy system: fast and exact agree, and both find what is broken."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.tables.toy import toy_data, toy_system
from zkm.field import MODULUS
from zkm.tables.check import PRIMES, find_violations
from zkm.tables.exact import CellChange, find_changed_violations, find_exact_violations

SYSTEM = toy_system()


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4, 7, 8, 64])
def test_honest_tables_have_no_violations(steps: int) -> None:
    data = toy_data(SYSTEM, steps)
    assert find_violations(SYSTEM, data) == []
    assert find_exact_violations(SYSTEM, data) == []


def test_every_changed_cell_is_found_by_both_modes() -> None:
    rng = random.Random(1)
    for table, index in ((table, SYSTEM.index(table.name)) for table in SYSTEM.tables):
        for column, name in enumerate(table.columns, len(table.preprocessed)):
            for row in range(toy_data(SYSTEM, 4)[index].data.shape[1]):
                data = toy_data(SYSTEM, 4)
                new = int(data[index].data[column, row]) + rng.choice((1, -1, 16, 1 << 40))
                changed = find_changed_violations(SYSTEM, data, [CellChange(table.name, row, name, new)])
                data[index].data[column, row] = new
                assert find_violations(SYSTEM, data), (table.name, name, row)
                assert sorted(changed) == sorted(find_exact_violations(SYSTEM, data)) != []


def test_exact_mode_takes_field_elements() -> None:
    """y = x^2 / 17 makes the quotient equal to y: a full element, in no table."""
    data = toy_data(SYSTEM, 4)
    x, honest = (int(data[1].data[column, 2]) for column in (1, 2))

    def found(y: int) -> list[str]:
        changes = [CellChange("STEP", 2, "y", y), CellChange("STEP", 3, "x", y)]
        return find_changed_violations(SYSTEM, data, changes)

    for y in (x * x * pow(17, -1, MODULUS), MODULUS - 1):
        assert any("nibble" in text for text in found(y))
    assert found(honest + MODULUS) == []  # the same element


def test_padding_rows_can_be_changed() -> None:
    data = toy_data(SYSTEM, 3)
    harmless = [CellChange("STEP", 3, "x", 5), CellChange("STEP", 3, "time", 77)]
    assert find_changed_violations(SYSTEM, data, harmless) == []
    live = [*harmless, CellChange("STEP", 3, "m", 1)]
    assert any("chain" in text for text in find_changed_violations(SYSTEM, data, live))
    with pytest.raises(IndexError, match="no row 4"):
        find_changed_violations(SYSTEM, data, [CellChange("STEP", 4, "m", 1)])


def test_findings_are_limited() -> None:
    data = toy_data(SYSTEM, 64)
    data[1].data[3] = 5
    assert len(find_violations(SYSTEM, data, limit=7)) == 7


def test_shapes_are_checked_before_anything_is_computed() -> None:
    data = toy_data(SYSTEM, 3)
    data[1] = type(data[1])(1, data[1].data)
    (found,) = find_violations(SYSTEM, data)
    assert str(found) == "STEP: shape 4 x 3 at height 1"


def test_primes() -> None:
    for prime in PRIMES:
        assert prime < 1 << 31 and all(pow(a, prime - 1, prime) == 1 for a in (2, 3, 5, 7))
    assert np.prod([1, *PRIMES], dtype=object) > 1 << 61
