"""Wires against field elements: one expression, two arithmetics."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.r1cs import Reference
from zkm.errors import ProofError
from zkm.field import MODULUS, Fr
from zkm.verify.arithmetic import PLAIN
from zkm.verify.poseidon2 import permute
from zkm.wrap.r1cs import Recorder
from zkm.wrap.wires import Wire, Wires

INPUTS = 3


def value_of(witness: list[int], wire: Wire) -> int:
    return sum(c * witness[w] for w, c in wire.terms.items()) % MODULUS


def random_expression(rng: random.Random, leaves: list[Any], constant: Any) -> Any:
    """A value made from the leaves by 12 random operations, the same ones for the same seed."""
    values = [*leaves, constant(0), constant(1), constant(rng.randrange(MODULUS))]
    for _ in range(12):
        a, b = rng.choice(values), rng.choice(values)
        n = rng.choice([0, 1, -1, 2, rng.randrange(-(2**70), 2**70)])
        operation = rng.randrange(8)
        values.append(
            [
                lambda a=a, b=b: a + b,
                lambda a=a, b=b: a - b,
                lambda a=a, b=b: a * b,
                lambda a=a, n=n: a + n,
                lambda a=a, n=n: n - a,
                lambda a=a, n=n: n * a,
                lambda a=a: -a,
                lambda a=a, n=n: a * n + (n + a) - n,
            ][operation]()
        )
    return values[-1]


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32), st.lists(st.integers(0, MODULUS - 1), min_size=3, max_size=3))
def test_same_values_as_field_elements(seed: int, inputs: list[int]) -> None:
    recorder = Recorder(1, INPUTS - 1)
    wires = Wires(recorder)
    leaves = [wires.public(0), wires.private(0), wires.private(1)]
    result = random_expression(random.Random(seed), leaves, wires.constant)
    expected = random_expression(random.Random(seed), [Fr(x) for x in inputs], PLAIN.constant)
    shared = wires.share(result)
    reference = Reference(recorder.finish())
    witness = reference.solve(inputs[:1], inputs[1:])
    assert value_of(witness, result) == value_of(witness, shared) == expected
    assert reference.violated(witness) == []


@pytest.mark.parametrize(("width", "constraints"), [(3, 240), (4, 264), (8, 363), (16, 555)])
def test_permutation(width: int, constraints: int) -> None:
    recorder = Recorder(0, width)
    wires = Wires(recorder)
    state = [wires.private(i) + i for i in range(width)]
    once = wires.permute(state)
    assert recorder.finish().n_constraints == constraints
    twice = wires.permute(once)
    reference = Reference(recorder.finish())
    assert len(reference.solves) == 2 * constraints
    inputs = [random.Random(width).randrange(MODULUS) for _ in range(width)]
    witness = reference.solve([], inputs)
    assert reference.violated(witness) == []
    expected = permute([(x + i) % MODULUS for i, x in enumerate(inputs)])
    assert [value_of(witness, x) for x in once] == expected
    assert [value_of(witness, x) for x in twice] == permute(expected)


def test_permutation_with_known_lanes() -> None:
    """Known lanes are folded: nothing at all is left of a known state; and a lane that becomes known
    behind the first linear layer takes the general way."""
    recorder = Recorder(0, 1)
    wires = Wires(recorder)
    known = wires.permute([wires.constant(i) for i in range(4)])
    assert [x.constant for x in known] == permute(range(4))
    assert recorder.finish().n_constraints == 0
    x = wires.private(0)
    # 2x + y + z with y = -2x makes lane 0 of width 3 known.
    mixed = wires.permute([x, x * -2, wires.constant(7)])
    reference = Reference(recorder.finish())
    assert len(reference.solves) == 240 - 3
    witness = reference.solve([], [5])
    assert [value_of(witness, x) for x in mixed] == permute([5, MODULUS - 10, 7])
    assert reference.violated(witness) == []


def test_inverse_and_checks() -> None:
    recorder = Recorder(0, 2)
    wires = Wires(recorder)
    x, y = wires.private(0), wires.private(1)
    inverse = wires.inverse(x + 1, ProofError, "x + 1")
    wires.assert_product(x, y, wires.constant(6), ProofError, "xy = 6")
    wires.assert_equal(x + 1, y, ProofError, "y = x + 1")
    system = recorder.finish()
    reference = Reference(system)
    assert system.labels == {0: "proof: x + 1", 1: "proof: xy = 6", 2: "proof: y = x + 1"}
    assert system.solves.tolist() == [3, -1, -1]
    witness = reference.solve([], [2, 3])
    assert reference.violated(witness) == [] and value_of(witness, inverse * 3) == 1
    assert reference.violated(reference.solve([], [3, 2])) == [2]
    assert reference.violated(reference.solve([], [MODULUS - 1, 0])) == [0, 1]


def test_checks_of_constants_are_made_at_once() -> None:
    recorder = Recorder(0, 0)
    wires = Wires(recorder)
    two, three = wires.constant(2), wires.constant(3)
    wires.assert_product(two, three, wires.constant(6), ProofError, "6")
    wires.assert_equal(two, wires.constant(2 + MODULUS), ProofError, "2")
    assert wires.inverse(two, ProofError, "2").constant == pow(2, -1, MODULUS)
    with pytest.raises(ProofError, match="six"):
        wires.assert_product(two, three, wires.constant(5), ProofError, "six")
    with pytest.raises(ProofError, match="zero"):
        wires.inverse(wires.constant(0), ProofError, "zero")
    assert recorder.finish().n_constraints == 0


def test_share_costs_one_constraint_where_it_pays() -> None:
    recorder = Recorder(0, 2)
    wires = Wires(recorder)
    x, y = wires.private(0), wires.private(1)
    assert wires.share(x) is x
    shared = wires.share(x + y + 5)
    assert len(shared.terms) == 1 and recorder.finish().n_constraints == 1
