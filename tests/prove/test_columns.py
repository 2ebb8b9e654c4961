"""What the native kernels refuse: malformed tables, sizes that do not fit, calls out of order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.prove.argue import make_slots
from tests.prove.systems import Recipe, random_system
from tests.reference import toy_prover
from zkm import _native
from zkm.field import MODULUS
from zkm.prove.columns import native_columns
from zkm.prove.stacking import column_addresses

COLUMN, CONSTANT, ADD, MULTIPLY = 0, 1, 2, 4


def columns(
    nodes: list[tuple[int, int, int]],
    constraints: list[int] | None = None,
    interactions: list[Any] | None = None,
    shape: tuple[int, int, int] = (2, 2, 2),
    cells: tuple[int, int] = (2, 4),
) -> _native.Columns:
    """One table: shape = (columns, committed, height), zero cells of the given shape."""
    compiled = (
        np.array(nodes, dtype=np.int64).reshape(-1, 3),
        np.array(constraints or [], dtype=np.int64),
        interactions or [],
        shape[0],
    )
    return _native.Columns([(compiled, shape[1])], [(shape[2], np.zeros(cells, dtype=np.int64))])


X, Y = (COLUMN, 0, 0), (COLUMN, 1, 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: columns([X, (ADD, 0, 1)]), "later node"),
        (lambda: columns([X, (ADD, 0, 7)]), "later node"),
        (lambda: columns([(COLUMN, 2, 0)]), "column 2 of 2"),
        (lambda: columns([(COLUMN, -1, 0)]), "index -1"),
        (lambda: columns([X, (MULTIPLY, -1, 0)]), "index -1"),
        (lambda: columns([(5, 0, 0)]), "operation 5"),
        (lambda: columns([(CONSTANT, 2**62, 0), (ADD, 0, 0)]), "exceeds 64 bits"),
        (lambda: columns([X], [1]), "constraint 0 is node 1"),
        (lambda: columns([X], [-1]), "index -1"),
        (lambda: columns([X, (MULTIPLY, 0, 0), (MULTIPLY, 1, 1)], [2]), "degree 4"),
        (lambda: columns([(CONSTANT, 1, 0)], [0]), "not zero in the row of zeros"),
        (lambda: columns([X], [], [(1, 1, 1, [(0, 0)])]), "multiplicity of interaction 0 is node 1"),
        (lambda: columns([X], [], [(1, 1, 0, [(3, 0)])]), "entry 0 of interaction 0 is node 3"),
        (lambda: columns([X], [], [(1, 1, 0, [(0, 64)])]), "2^64"),
        (lambda: columns([X], [], [(1, 1, 0, [(0, -1)])]), "2^-1"),
        (lambda: columns([X], [], [(1, 0, 0, [])]), "sign 0"),
        (lambda: columns([X, (CONSTANT, 2, 0)], [], [(1, 1, 1, [])]), "not zero in the row of zeros"),
        (lambda: columns([X], cells=(3, 4)), "3 columns of cells, 2 in the table"),
        (lambda: columns([X], cells=(2, 5)), "5 rows in a table of height 2"),
        (lambda: columns([X], shape=(2, 3, 2)), "3 committed columns of 2"),
        (lambda: columns([X], shape=(2, 2, 64)), "height 64"),
    ],
)
def test_malformed_tables(make: Callable[[], object], message: str) -> None:
    columns([X, Y, (ADD, 0, 1)], [2], [(1, -1, 0, [(2, 63)])])
    with pytest.raises(ValueError, match=message.replace("^", r"\^")):
        make()


def test_sizes_that_do_not_fit() -> None:
    system, data = random_system(4, 2, [Recipe(4, 9, 3)], seed=1)
    store = native_columns(system, data)
    for row_bits, interaction_bits in ((3, 1), (2, 2), (4, 0), (4, 1), (31, 1), (4, 18)):
        with pytest.raises(ValueError, match=r"tree|height|interactions"):
            _native.Gkr(store, row_bits, interaction_bits, 1, 2)
    for rows, interactions in ((3, 2), (4, 1), (31, 2), (4, 17)):
        with pytest.raises(ValueError, match="coordinates"):
            _native.Zerocheck(store, [1] * rows, [1] * interactions, (0, 1), 3, (1, 2))
    with pytest.raises(ValueError, match="not in"):
        _native.Gkr(store, 4, 2, MODULUS, 2)
    with pytest.raises(ValueError, match="coordinates"):
        store.evaluate([1, 2, 3])


def test_addresses_that_do_not_fit() -> None:
    system, data = random_system(2, 2, [Recipe(2, 3, 1)], seed=1)
    shape = toy_prover.place(system, [2])
    slots, store = make_slots(system, shape, data), native_columns(system, data)
    addresses = column_addresses(system, shape)

    def stacking(addresses: list[int], point: int = 2, bits: int = 8) -> _native.Stacking:
        return _native.Stacking(store, slots, addresses, [1] * point, 3, bits, 2)

    stacking(addresses)
    for wrong in (
        [*addresses, 64],
        addresses[1:],
        [addresses[0] + 2, *addresses[1:]],
        [1 << 10, *addresses[1:]],
    ):
        with pytest.raises(ValueError, match="address"):
            stacking(wrong)
    for point, bits in ((1, 8), (2, 1), (2, 41)):
        with pytest.raises(ValueError, match=r"height|slots"):
            stacking(addresses, point, bits)
    with pytest.raises(ValueError, match="output column 9"):
        _native.Stacking(store, slots, addresses, [1, 1], 3, 8, 2, (9, 4))


def test_calls_out_of_order() -> None:
    system, data = random_system(2, 2, [Recipe(2, 3, 2)], seed=1)
    store = native_columns(system, data)
    gkr = _native.Gkr(store, 2, 2, 5, 6)
    for early in (gkr.round, gkr.values, lambda: gkr.bind(1), lambda: gkr.descend(1, 2)):
        with pytest.raises(ValueError, match="no layer is open"):
            early()
    gkr.layer(3)
    with pytest.raises(ValueError, match="open already"):
        gkr.layer(3)
    with pytest.raises(ValueError, match="all variables are bound"):
        gkr.round()
    gkr.descend(1, 2)
    gkr.layer(3)
    with pytest.raises(ValueError, match="variables of the layer are left"):
        gkr.values()
    gkr.round()
    with pytest.raises(ValueError, match="not been given its challenge"):
        gkr.round()
    gkr.bind(1)
    with pytest.raises(ValueError, match="no round waits"):
        gkr.bind(1)
    gkr.round()
    gkr.bind(4)
    gkr.descend(1, 2)
    with pytest.raises(ValueError, match="no layer is left"):
        gkr.layer(3)

    zerocheck = _native.Zerocheck(store, [1, 2], [3, 4], (0, 1), 3, (1, 2))
    shape = toy_prover.place(system, [2])
    slots = make_slots(system, shape, data)
    addresses = column_addresses(system, shape)
    stacking = _native.Stacking(store, slots, addresses, [1, 2], 3, 8, 2)
    for kernel, rounds in ((zerocheck, 2), (stacking, 10)):
        for _ in range(rounds):
            with pytest.raises(ValueError, match="variables are left"):
                kernel.values()
            with pytest.raises(ValueError, match="waits"):
                kernel.bind(1)
            kernel.round()
            with pytest.raises(ValueError, match="challenge"):
                kernel.round()
            kernel.bind(1)
        with pytest.raises(ValueError, match="all variables are bound"):
            kernel.round()
        assert kernel.values()
