"""The opening's prover against the plain one, its two verifiers, and changed messages."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.reference import opening as reference
from zkm import _native
from zkm.commit.kzg import commit_slots
from zkm.commit.srs import Srs, development_srs
from zkm.errors import MalformedProof, SetupError
from zkm.field import MODULUS, Fr
from zkm.prove.opening import Opening, prove_opening
from zkm.verify import challenges
from zkm.verify.arithmetic import PLAIN
from zkm.verify.group import GroupError, verify_group_part
from zkm.verify.opening import opening_value

HALF = 3
SIDE = 1 << HALF
N = 2 * HALF


@pytest.fixture(scope="module")
def srs(tmp_path_factory: pytest.TempPathFactory) -> Srs:
    return development_srs(tmp_path_factory.mktemp("srs") / "toy.srs", 5 * SIDE * SIDE)


def make_slots(used: int, seed: int = 1) -> _native.Slots:
    """Three slots of columns (the first one preprocessed) and the mask."""
    rng = np.random.default_rng(seed)
    slots = _native.Slots(used, SIDE, 4, 1, bytes([seed]) * 32)
    for slot in range(3):
        slots.add_column(slot, 0, rng.integers(-(2**33), 2**33, used - slot))
    return slots


def opened(slots: _native.Slots, srs: Srs, seed: int = 1) -> tuple[Opening, list[bytes], list[int]]:
    rng = random.Random(seed)
    sigma, fp, gamma, d1, salt, *point = (rng.randrange(MODULUS) for _ in range(5 + N))
    commitments = commit_slots(slots, srs)
    opening = prove_opening(slots, commitments, srs, (sigma, fp), (gamma, d1, point), salt)
    return opening, commitments, point


def combined(slots: _native.Slots, gamma: int) -> list[int]:
    length = slots.length
    total = [0] * length
    for s in range(len(slots)):
        total = reference.add(total, slots.cells(s, length).to_list(), pow(gamma, s, MODULUS))
    return total


@pytest.mark.parametrize("used", [4, SIDE, 32, SIDE * SIDE])
def test_every_message_is_the_reference_s(srs: Srs, used: int) -> None:
    slots = make_slots(used)
    opening, _, point = opened(slots, srs)
    public = opening.public
    f = combined(slots, public.gamma)
    expected = reference.opening(f, point, [public.alpha, public.eta, public.z, public.beta, public.zeta])

    def commit(polynomial: list[int]) -> bytes:
        return _native.g1_msm([srs.point(i) for i in range(len(polynomial))], polynomial)

    points = opening.points
    actual = [points.h, points.q, points.g, points.s, points.d, points.w1, points.w2, points.w3]
    e = expected
    assert actual == [commit(p) for p in (e.h, e.q, e.g, e.s, e.d, e.w1, e.w2, e.w3)]
    assert opening.evaluations.flat() == expected.evaluations
    assert (public.g_z, public.y) == (expected.evaluations[0], expected.y)
    # The field part gives the same y, from the claim alone; cells beyond n do not count in it.
    eq = reference.eq(point)
    value = sum(x * w for x, w in zip(f, eq, strict=False)) % MODULUS
    assert value == expected.value
    y = opening_value(PLAIN, public, [Fr(x) for x in point], Fr(value), opening.evaluations)
    assert y == public.y
    assert opening_value(PLAIN, public, [Fr(x) for x in point], Fr(value + 1), opening.evaluations) != y


def test_group_part_accepts_and_names_what_it_rejects(srs: Srs) -> None:
    opening, _, _ = opened(make_slots(32), srs)
    public, points = opening.public, opening.points
    verify_group_part(SIDE, public, points, srs.tau_g2)
    other = srs.point(7)
    for name in ("q", "g", "s", "h", "d", "w1", "w2", "w3"):
        with pytest.raises(GroupError, match=r"L1|L2"):
            verify_group_part(SIDE, public, replace(points, **{name: other}), srs.tau_g2)
    for index in range(4):
        changed = [*points.slots]
        changed[index] = other
        with pytest.raises(GroupError, match="L1"):
            verify_group_part(SIDE, public, replace(points, slots=tuple(changed)), srs.tau_g2)
    for name in ("gamma", "alpha", "z", "beta", "zeta", "g_z", "y"):
        changed_public = replace(public, **{name: getattr(public, name) + 1})
        with pytest.raises(GroupError):
            verify_group_part(SIDE, changed_public, points, srs.tau_g2)
    with pytest.raises(MalformedProof, match="place 4"):
        verify_group_part(SIDE, public, replace(points, q=b"\x01" * 64), srs.tau_g2)


def test_slots_may_be_left_out_or_added_only_as_zero(srs: Srs) -> None:
    opening, _, _ = opened(make_slots(16), srs)
    points = replace(opening.points, slots=(*opening.points.slots, bytes(64)))
    verify_group_part(SIDE, opening.public, points, srs.tau_g2)
    with pytest.raises(GroupError):
        verify_group_part(SIDE, opening.public, replace(points, slots=opening.points.slots[:-1]), srs.tau_g2)


def test_cells_beyond_the_square_change_no_claim(srs: Srs) -> None:
    """A vector longer than n opens, and what lies beyond n is ignored (section 7, last paragraph)."""
    rng = np.random.default_rng(3)
    slots = _native.Slots(4 * SIDE * SIDE, SIDE, 3, 1, bytes(32))
    for slot in range(2):
        slots.add_column(slot, 0, rng.integers(-9, 9, 4 * SIDE * SIDE))
    opening, _, point = opened(slots, srs)
    public = opening.public
    verify_group_part(SIDE, public, opening.points, srs.tau_g2)
    f = combined(slots, public.gamma)
    inside = sum(x * w for x, w in zip(f, reference.eq(point), strict=False)) % MODULUS
    place = [Fr(x) for x in point]
    assert opening_value(PLAIN, public, place, Fr(inside), opening.evaluations) == public.y


def test_challenges_chain(srs: Srs) -> None:
    opening, _, _ = opened(make_slots(16), srs)
    public, points = opening.public, opening.points
    assert public.alpha == challenges.alpha(public.sigma, public.gamma, public.d1, points.h)
    assert public.eta == challenges.eta(public.alpha, points.q, points.g)
    assert public.z == challenges.z(public.eta, points.s, points.d)
    assert public.beta == challenges.beta(public.z, public.d2, points.w1)
    assert public.zeta == challenges.zeta(public.beta, points.w2)


def test_a_short_reference_string_is_refused(tmp_path: object) -> None:
    short = development_srs(f"{tmp_path}/short.srs", 20)
    with pytest.raises(SetupError, match="20 points"):
        commit_slots(make_slots(32), short)
    with pytest.raises(SetupError, match="20 points"):
        _native.Opening(make_slots(32), short, 1, range(1, N + 1))


def test_witness_commitments_are_blinded(srs: Srs) -> None:
    """The same columns with other randomness: equal only in the preprocessed slot."""
    first, second = make_slots(16, seed=1), _native.Slots(16, SIDE, 4, 1, bytes([2]) * 32)
    rng = np.random.default_rng(1)
    for slot in range(3):
        second.add_column(slot, 0, rng.integers(-(2**33), 2**33, 16 - slot))
    a, b = commit_slots(first, srs), commit_slots(second, srs)
    assert [x == y for x, y in zip(a, b, strict=True)] == [True, False, False, False]
