"""Field elements are integers below r with the field's operators."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkm.field import MODULUS, Fr

INTEGERS = st.integers(-(2**300), 2**300)


@given(INTEGERS, INTEGERS)
def test_operators(a: int, b: int) -> None:
    x, y = Fr(a), Fr(b)
    expected = [a + b, a - b, a * b, a + b, a - b, a * b, b - a, -a, b * a, b + a]
    results = [x + y, x - y, x * y, x + b, x - b, x * b, b - x, -x, b * x, b + x]
    assert results == [value % MODULUS for value in expected]
    assert all(type(result) is Fr and 0 <= result < MODULUS for result in results)


@given(INTEGERS)
def test_inverse(a: int) -> None:
    x = Fr(a)
    if x == 0:
        with pytest.raises(ZeroDivisionError):
            x.inverse()
    else:
        assert x * x.inverse() == 1 and x**-2 * x * x == 1
    assert x**3 == x * x * x and x**0 == 1


def test_modulus_is_the_order_of_bn254() -> None:
    u = 4965661367192848881
    assert 36 * u**4 + 36 * u**3 + 18 * u**2 + 6 * u + 1 == MODULUS
    assert pow(3, MODULUS - 1, MODULUS) == 1
    with pytest.raises(TypeError):
        pow(Fr(2), 2, 7)


def test_no_float_comes_out() -> None:
    for quotient in (lambda: Fr(3) / Fr(2), lambda: Fr(3) / 2, lambda: 3 / Fr(2)):
        with pytest.raises(TypeError, match="inverse"):
            quotient()
