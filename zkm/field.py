"""Fr, the scalar field of BN254: every value of the proof system is an element of it."""

from __future__ import annotations

from typing import Any, Final, Protocol

from typing_extensions import Self

__all__ = ["MODULUS", "Fr", "Ring"]

MODULUS: Final = 21888242871839275222246405745257275088548364400416034343698204186575808495617


class Ring(Protocol):
    """Elements with + - * among themselves and with int: all that generic code relies on."""

    def __add__(self, other: Self | int, /) -> Self: ...
    def __radd__(self, other: int, /) -> Self: ...
    def __sub__(self, other: Self | int, /) -> Self: ...
    def __rsub__(self, other: int, /) -> Self: ...
    def __mul__(self, other: Self | int, /) -> Self: ...
    def __rmul__(self, other: int, /) -> Self: ...
    def __neg__(self) -> Self: ...


class Fr(int):
    """An element of Fr: its canonical integer in [0, r), with the field's + - *."""

    __slots__ = ()

    def __new__(cls, value: int = 0) -> Self:
        """The element of any integer."""
        return super().__new__(cls, value % MODULUS)

    @classmethod
    def canonical(cls, value: int) -> Fr:
        """The element of an integer that is known to lie in [0, r)."""
        return int.__new__(cls, value)

    def __add__(self, other: int, /) -> Fr:
        return int.__new__(Fr, int.__add__(self, other) % MODULUS)

    __radd__ = __add__

    def __sub__(self, other: int, /) -> Fr:
        return int.__new__(Fr, int.__sub__(self, other) % MODULUS)

    def __rsub__(self, other: int, /) -> Fr:
        return int.__new__(Fr, int.__rsub__(self, other) % MODULUS)

    def __mul__(self, other: int, /) -> Fr:
        return int.__new__(Fr, int.__mul__(self, other) % MODULUS)

    __rmul__ = __mul__

    def __neg__(self) -> Fr:
        return int.__new__(Fr, -int(self) % MODULUS)

    def __pow__(self, exponent: int, modulus: Any = None, /) -> Fr:  # type: ignore[override]
        """self^exponent; negative exponents invert (ZeroDivisionError for 0)."""
        if modulus not in (None, MODULUS):
            raise TypeError("the modulus of a field element is r")
        if exponent < 0 and int(self) == 0:
            raise ZeroDivisionError("zero has no inverse")
        return int.__new__(Fr, pow(int(self), exponent, MODULUS))

    def __truediv__(self, other: int, /) -> Any:
        """Refused: int's quotient would be a float. Multiply by an inverse."""
        raise TypeError("field elements are divided by multiplying with an inverse")

    __rtruediv__ = __truediv__

    def inverse(self) -> Fr:
        """1/self; ZeroDivisionError for 0."""
        return self**-1

    def __repr__(self) -> str:
        return f"Fr({int(self)})"
