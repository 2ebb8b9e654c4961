"""The weight of the slots against its definition, cell by cell."""

from __future__ import annotations

import random

import pytest

from tests.reference.toy_prover import mle, stacking_weights
from zkm.field import MODULUS, Fr
from zkm.params import ParameterSet
from zkm.tables.system import System
from zkm.tables.table import Builder
from zkm.verify.arithmetic import PLAIN
from zkm.verify.shape import Heights, Layout, Shape, address_bits
from zkm.verify.stacking import stacking_weight

PARAMS = ParameterSet("stack", 4, 2, 8, 2)


def system() -> System:
    """Blocks of 1, 2, 4 and 8 columns, preprocessed columns that are no power of two, an output."""
    return System(
        PARAMS,
        [
            Builder("PROGRAM", "n", preprocessed="a b c d e f").build("x"),
            Builder("FIXED", "v w", preprocessed="p q r").build("x", fixed_height=3),
            Builder("WIDE", " ".join(f"c{i}" for i in range(15))).build("x"),
            Builder("OUTPUT", "p used extra").build("x"),
        ],
    )


@pytest.mark.parametrize("seed", range(12))
def test_weight_is_the_sum_of_its_cells(seed: int) -> None:
    rng = random.Random(seed)
    made = system()
    layout = Layout(made)
    # Every height from 0 to the largest comes up; addresses may overlap, as a prover's may.
    heights = [
        rng.randint(0, limit) if fixed is None else fixed
        for fixed, limit in zip(made.fixed_heights, made.max_heights, strict=True)
    ]
    if seed < 2:
        heights = [
            (0, limit)[seed] if fixed is None else fixed
            for fixed, limit in zip(made.fixed_heights, made.max_heights, strict=True)
        ]
    witness = []
    for i in layout.free_blocks:
        size = heights[made.blocks[i].table] + made.blocks[i].size_bits
        witness.append(rng.randrange(1 << layout.index_bits - size) << size)
    shape = Shape.of(made, heights, witness)
    row = [Fr(rng.randrange(MODULUS)) for _ in range(PARAMS.table_bits)]
    point = [Fr(rng.randrange(MODULUS)) for _ in range(layout.index_bits)]
    mu, sigma = Fr(rng.randrange(MODULUS)), Fr(rng.randrange(MODULUS))
    bits = shape.bits(made)
    checked = Heights(PLAIN, made, bits)
    addresses = address_bits(PLAIN, made, checked, bits)
    weight = stacking_weight(PLAIN, made, checked, addresses, sigma, row, mu, point)
    assert weight == mle(stacking_weights(made, shape, row, mu, sigma), point)
