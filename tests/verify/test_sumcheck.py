"""The helpers of the sumcheck verifier against their definitions."""

from __future__ import annotations

import random

import pytest

from tests.reference import toy_prover as reference
from zkm.field import MODULUS, Fr
from zkm.verify.arithmetic import PLAIN
from zkm.verify.sumcheck import (
    eq,
    eq_table,
    interpolate,
    linear_combination,
    powers,
    prefix_products,
    sumcheck,
    sumcheck_with_eq,
)
from zkm.verify.transcript import Transcript


def elements(count: int, seed: int = 0) -> list[Fr]:
    rng = random.Random(seed)
    return [Fr(rng.randrange(MODULUS)) for _ in range(count)]


@pytest.mark.parametrize("length", [1, 2, 3, 5, 8, 13, 16])
def test_eq_table(length: int) -> None:
    point = elements(4)
    assert eq_table(PLAIN, point, length) == reference.eq_vector(point)[:length]


def test_small_helpers() -> None:
    a, b, *point = elements(5)
    assert eq(a, b) == a * b + (1 - a) * (1 - b)
    values = elements(8, 1)
    assert interpolate(values, point) == reference.mle(values, point)
    assert linear_combination(a, values) == sum(v * a**i for i, v in enumerate(values)) % MODULUS
    assert powers(PLAIN, a, 4) == [1, a, a * a, a * a * a]
    assert powers(PLAIN, a, 1) == [1]
    assert prefix_products(PLAIN, [a, b]) == [1, a, a * b]


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
@pytest.mark.parametrize("with_eq", [False, True])
def test_rounds_reduce_the_sum(degree: int, with_eq: bool) -> None:
    """A product of `degree` random multilinear polynomials over 4 variables."""
    vectors = [list(map(int, elements(16, i))) for i in range(degree)]
    rho = elements(4, 99)

    def row(cells: list[int]) -> int:
        value = 1
        for cell in cells:
            value = value * cell % MODULUS
        return value

    weights = reference.eq_vector(rho) if with_eq else [1] * 16
    claim = Fr(sum(w * row(cells) for w, *cells in zip(weights, *vectors, strict=True)))
    rounds, point, folded = reference.sumcheck_rounds(
        Transcript(PLAIN), "r", vectors, row, degree, rho if with_eq else None
    )
    for error in (0, 1):
        transcript: Transcript[Fr] = Transcript(PLAIN)
        if with_eq:
            last, at = sumcheck_with_eq(transcript, "r", claim + error, rho, rounds)
        else:
            last, at = sumcheck(transcript, "r", claim + error, rounds)
        assert at == point
        assert (last == row([v[0] for v in folded])) == (error == 0)
