"""LogUp-GKR alone: random fractions whose sum is 0, and some whose sum is not."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.reference.toy_prover import add_four, gkr, mle
from zkm.field import MODULUS, Fr
from zkm.verify.arithmetic import PLAIN
from zkm.verify.gkr import GkrError, RootError, node_value, verify_gkr
from zkm.verify.transcript import Transcript

ROWS = 3


def leaves(seed: int, variables: int) -> tuple[list[int], list[int]]:
    """Random fractions that cancel in pairs, shuffled."""
    rng = random.Random(seed)
    pairs = []
    for _ in range(1 << variables - 1):
        n, d = rng.randrange(MODULUS), rng.randrange(1, MODULUS)
        pairs += [(n, d), (-n % MODULUS, d)]
    rng.shuffle(pairs)
    return [n for n, _ in pairs], [d for _, d in pairs]


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_claims_on_the_leaves(layers: int) -> None:
    numerators, denominators = leaves(layers, 2 * layers)
    root, messages, rho, delta = gkr(Transcript(PLAIN), (numerators, denominators), layers)
    claim = verify_gkr(PLAIN, Transcript(PLAIN), ROWS, root, messages)
    assert claim.row + claim.interaction == rho and claim.row == rho[:ROWS]
    assert claim.numerator == mle(numerators, rho)
    assert claim.denominator == mle(denominators, rho)
    assert claim.delta == delta


def test_sum_that_is_not_zero() -> None:
    numerators, denominators = leaves(9, 4)
    numerators[3] += 1
    root, messages, _, _ = gkr(Transcript(PLAIN), (numerators, denominators), 2)
    with pytest.raises(RootError):
        verify_gkr(PLAIN, Transcript(PLAIN), ROWS, root, messages)
    # Claiming 0 instead does not help: the first layer shows the sum.
    with pytest.raises(GkrError, match="layer 0"):
        verify_gkr(PLAIN, Transcript(PLAIN), ROWS, [Fr(0), root[1]], messages)


def test_denominator_zero() -> None:
    """One leaf x/0 makes the whole sum 0/0 or x/0: both are refused at the root."""
    numerators, denominators = leaves(4, 4)
    denominators[5] = 0
    root, messages, _, _ = gkr(Transcript(PLAIN), (numerators, denominators), 2)
    assert root[1] == 0
    with pytest.raises(RootError):
        verify_gkr(PLAIN, Transcript(PLAIN), ROWS, root, messages)
    with pytest.raises(RootError, match="denominator"):
        verify_gkr(PLAIN, Transcript(PLAIN), ROWS, [Fr(0), Fr(0)], messages)


def test_every_layer_is_compared() -> None:
    root, messages, _, _ = gkr(Transcript(PLAIN), leaves(5, 6), 3)
    for index, layer in enumerate(messages):
        for name in ("numerators", "denominators"):
            values = list(getattr(layer, name))
            values[2] = values[2] + 1
            changed = [*messages[:index], replace(layer, **{name: values}), *messages[index + 1 :]]
            with pytest.raises(GkrError, match=f"layer {index}"):
                verify_gkr(PLAIN, Transcript(PLAIN), ROWS, root, changed)


def test_node_value() -> None:
    rng = random.Random(1)
    p, q = ([Fr(rng.randrange(MODULUS)) for _ in range(4)] for _ in range(2))
    weight = Fr(rng.randrange(MODULUS))
    numerator, denominator = add_four(p, q)
    assert node_value(p, q, weight) == numerator + weight * denominator
