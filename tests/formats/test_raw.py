"""Points in the files' form."""

import pytest

from zkm import _native
from zkm.curve import BASE_FIELD, G1_GENERATOR, G2_GENERATOR, negate
from zkm.errors import SetupError
from zkm.formats.raw import evm_point, raw_point


def test_both_forms_of_the_generators():
    """1 in Montgomery form is 2^256 mod q."""
    assert raw_point(G1_GENERATOR)[:32] == ((1 << 256) % BASE_FIELD).to_bytes(32, "little")
    assert raw_point(G1_GENERATOR) == _native.g1_multiples(_native.FrVec([1]))
    assert raw_point(G2_GENERATOR) == _native.g2_multiples(_native.FrVec([1]))
    for point in (G1_GENERATOR, G2_GENERATOR, bytes(64), bytes(128)):
        assert evm_point(raw_point(point)) == point


def test_multiples_are_multiples():
    scalars = [0, 1, 2, 12345, 2**200 + 7]
    raw = _native.g1_multiples(_native.FrVec(scalars))
    points = [evm_point(raw[i : i + 64]) for i in range(0, len(raw), 64)]
    assert points == [_native.g1_msm([G1_GENERATOR], [scalar]) for scalar in scalars]
    raw = _native.g2_multiples(_native.FrVec(scalars))
    for scalar, i in zip(scalars, range(0, len(raw), 128), strict=True):
        opposite = negate(_native.g1_msm([G1_GENERATOR], [scalar]))
        pairs = [(G1_GENERATOR, evm_point(raw[i : i + 128])), (opposite, G2_GENERATOR)]
        assert _native.pairing_check(pairs)


def test_coordinates_are_canonical():
    for at in (0, 32):
        raw = bytearray(raw_point(G1_GENERATOR))
        raw[at : at + 32] = BASE_FIELD.to_bytes(32, "little")
        with pytest.raises(SetupError, match="modulus"):
            evm_point(bytes(raw))


def test_negation():
    assert negate(negate(G1_GENERATOR)) == G1_GENERATOR
    assert negate(bytes(64)) == bytes(64)
    assert _native.g1_msm([G1_GENERATOR, negate(G1_GENERATOR)], [1, 1]) == bytes(64)
    alias = G1_GENERATOR[:32] + (2 + BASE_FIELD).to_bytes(32, "big")
    for point in (alias, G1_GENERATOR[:63], b""):
        with pytest.raises(ValueError, match="G1"):
            negate(point)
