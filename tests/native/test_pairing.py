"""Points from outside: every malformed one is a ValueError that names its place."""

from __future__ import annotations

import pytest

from zkm import _native
from zkm.field import MODULUS
from zkm.curve import G1_GENERATOR, G2_GENERATOR

BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583


def g1(x: int, y: int) -> bytes:
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")


# EIP-196's own vectors (ecmul of the generator by 2).
TWICE = g1(
    0x030644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD3,
    0x15ED738C0E0A7C92E7845F96B2AE9C0A68A6A449E3538FC7FF3EBF7A5A18A2C4,
)


def test_known_multiples() -> None:
    assert _native.g1_msm([G1_GENERATOR], [2]) == TWICE
    assert _native.g1_msm([G1_GENERATOR, TWICE], [MODULUS - 4, 2]) == bytes(64)
    assert _native.g1_msm([], []) == bytes(64)
    assert _native.g1_msm([bytes(64)] * 40, [5] * 40) == bytes(64)
    assert _native.g1_msm([G1_GENERATOR] * 40, list(range(40))) == _native.g1_msm([G1_GENERATOR], [780])


@pytest.mark.parametrize(
    ("point", "match"),
    [
        (g1(1, 3), "curve"),
        (g1(1, 2)[:-1], "64 bytes"),
        (g1(1, 2) + b"\0", "64 bytes"),
        (g1(1 + BASE_FIELD, 2), "modulus"),
        (g1(1, 2 + BASE_FIELD), "modulus"),
        (g1(0, BASE_FIELD), "modulus"),
        (b"\xff" * 64, "modulus"),
    ],
)
def test_malformed_points_of_g1(point: bytes, match: str) -> None:
    with pytest.raises(ValueError, match=f"place 1: .*{match}"):
        _native.g1_msm([G1_GENERATOR, point], [1, 1])
    with pytest.raises(ValueError, match=f"place 0: .*{match}"):
        _native.pairing_check([(point, G2_GENERATOR)])


def test_malformed_points_of_g2() -> None:
    for point, match in [
        (G2_GENERATOR[:-1], "128 bytes"),
        (G2_GENERATOR[32:64] + G2_GENERATOR[:32] + G2_GENERATOR[64:], "curve"),
        (b"\xff" * 128, "modulus"),
        # On the twist, outside the subgroup: x = (2, 0) has a y, and the order of the point is not r.
        (OUTSIDE, "subgroup"),
    ]:
        with pytest.raises(ValueError, match=f"place 1: .*{match}"):
            _native.pairing_check([(G1_GENERATOR, G2_GENERATOR), (G1_GENERATOR, point)])


def test_scalars() -> None:
    with pytest.raises(ValueError, match=r"\[0, r\)"):
        _native.g1_msm([G1_GENERATOR], [MODULUS])
    with pytest.raises(ValueError, match="1 points and 2 scalars"):
        _native.g1_msm([G1_GENERATOR], [1, 2])


def test_pairing_is_bilinear() -> None:
    for a in (1, 7, MODULUS - 2):
        pair = (_native.g1_msm([G1_GENERATOR], [a]), G2_GENERATOR)
        opposite = (_native.g1_msm([G1_GENERATOR], [MODULUS - a]), G2_GENERATOR)
        assert _native.pairing_check([pair, opposite])
        assert not _native.pairing_check([pair, pair])
    assert _native.pairing_check([(bytes(64), G2_GENERATOR), (G1_GENERATOR, bytes(128))])


def _point_outside() -> bytes:
    """A point of the twist y² = x³ + 3/(9 + i) outside G2, by complex square roots."""
    q = BASE_FIELD

    def multiply(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        return (a[0] * b[0] - a[1] * b[1]) % q, (a[0] * b[1] + a[1] * b[0]) % q

    norm_inverse = pow(82, -1, q)
    constant = (27 * norm_inverse % q, -3 * norm_inverse % q)  # 3 (9 − i) / 82
    for real in range(1, 100):
        x = (real, 0)
        cube = multiply(x, multiply(x, x))
        value = ((cube[0] + constant[0]) % q, (cube[1] + constant[1]) % q)
        norm = (value[0] ** 2 + value[1] ** 2) % q
        root = pow(norm, (q + 1) // 4, q)  # q = 3 mod 4
        if root * root % q != norm:
            continue
        for sign in (1, -1):
            half = (value[0] + sign * root) * pow(2, -1, q) % q
            y0 = pow(half, (q + 1) // 4, q)
            if y0 * y0 % q == half and y0:
                y1 = value[1] * pow(2 * y0, -1, q) % q
                assert multiply((y0, y1), (y0, y1)) == value
                return b"".join(n.to_bytes(32, "big") for n in (0, real, y1, y0))
    raise AssertionError("no point found")


OUTSIDE = _point_outside()
