"""Vectors of field elements: conversions, and each kernel against plain Python integers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkm import _native
from zkm._native import FrVec

# The order of BN254 (EIP-196), written out: the known answer of this test.
R = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001

elements = st.integers(0, R - 1)


@given(st.lists(elements))
def test_round_trips(values: list[int]) -> None:
    vector = FrVec(values)
    assert vector.to_list() == list(vector) == values
    assert len(vector) == len(values)
    limbs = vector.to_limbs()
    assert limbs.shape == (len(values), 4)
    assert [sum(int(x) << 64 * i for i, x in enumerate(row)) for row in limbs] == values
    assert FrVec.from_limbs(limbs) == vector


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_signed_cells(values: list[int]) -> None:
    vector = FrVec.from_int64(np.array(values, dtype=np.int64))
    assert vector.to_list() == [value % R for value in values]


def test_indexing() -> None:
    vector = FrVec([3, 5, 7])
    assert [vector[0], vector[2], vector[-1], vector[-3]] == [3, 7, 7, 3]
    for index in (3, -4):
        with pytest.raises(IndexError):
            vector[index]


@pytest.mark.parametrize("value", [R, -1, 2**256])
def test_only_canonical_integers(value: int) -> None:
    with pytest.raises(ValueError, match=r"\[0, r\)"):
        FrVec([0, value])


def test_only_canonical_limbs() -> None:
    order = np.array([[R >> 64 * i & 2**64 - 1 for i in range(4)]], dtype=np.uint64)
    with pytest.raises(ValueError, match="below r"):
        FrVec.from_limbs(order)


def test_wrong_arrays() -> None:
    with pytest.raises(TypeError):
        FrVec.from_int64(np.zeros(4, dtype=np.int32))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        FrVec.from_int64(np.zeros(8, dtype=np.int64)[::2])
    with pytest.raises(TypeError):
        FrVec.from_limbs(np.zeros((2, 3), dtype=np.uint64))
    with pytest.raises(TypeError):
        FrVec(["1"])  # type: ignore[list-item]


@given(st.lists(st.integers(1, R - 1)))
def test_batch_inverse(values: list[int]) -> None:
    assert _native.batch_inverse(FrVec(values)).to_list() == [pow(x, -1, R) for x in values]


def test_batch_inverse_of_zero() -> None:
    with pytest.raises(ValueError, match="element 1 is zero"):
        _native.batch_inverse(FrVec([1, 0, 2, 0]))


@given(st.lists(elements, max_size=6))
def test_eq_table(point: list[int]) -> None:
    table = [1]
    for x in point:
        table = [value * (1 - x) % R for value in table] + [value * x % R for value in table]
    assert _native.eq_table(point).to_list() == table
