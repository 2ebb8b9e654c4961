"""The opening's field identities against polynomials written out."""

from __future__ import annotations

import random
from dataclasses import fields, replace

import pytest

from tests.reference.toy_prover import eq_vector, open_claim
from zkm.field import MODULUS, Fr
from zkm.verify.arithmetic import PLAIN
from zkm.verify.opening import opening_value
from zkm.verify.proof import Evaluations, PublicInputs


def claim(seed: int, half: int) -> tuple[PublicInputs[Fr], list[Fr], Fr, Evaluations[Fr], Fr]:
    """A random slot of 4^half cells and a little more (blinding), opened at random challenges."""
    rng = random.Random(seed)
    draw = lambda: Fr(rng.randrange(MODULUS))  # noqa: E731
    cells = [int(draw()) for _ in range(1 << 2 * half)]
    u = [draw() for _ in range(2 * half)]
    value = Fr(sum(a * b for a, b in zip(cells, eq_vector(u), strict=True)))
    names = [f.name for f in fields(PublicInputs)]
    public = PublicInputs(**{name: draw() for name in names})
    evaluations, y = open_claim(cells, u, public.alpha, public.eta, public.z, public.beta, public.zeta)
    return public, u, value, evaluations, y


@pytest.mark.parametrize("half", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_value(half: int, seed: int) -> None:
    public, u, value, evaluations, y = claim(seed, half)
    assert opening_value(PLAIN, public, u, value, evaluations) == y


def test_every_operand_counts() -> None:
    public, u, value, evaluations, y = claim(7, 2)
    assert opening_value(PLAIN, public, u, value + 1, evaluations) != y
    for f in fields(Evaluations):
        changed = replace(evaluations, **{f.name: getattr(evaluations, f.name) + 1})
        assert opening_value(PLAIN, public, u, value, changed) != y
    for name in ("alpha", "eta", "z", "beta", "zeta"):
        other = replace(public, **{name: getattr(public, name) + 1})
        assert opening_value(PLAIN, other, u, value, evaluations) != y
    for i in range(len(u)):
        moved = [*u[:i], u[i] + 1, *u[i + 1 :]]
        assert opening_value(PLAIN, public, moved, value, evaluations) != y
