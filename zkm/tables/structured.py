"""Structured columns: functions of the row index whose multilinear extension is cheap.

Row x has the bits x_0, x_1, … (lowest first); a point r replaces the bits by field elements.
Source: protocol, section 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkm.tables.table import Structured

__all__ = ["and_of_halves", "bits_value", "power_of_two", "row_index"]


def row_index(name: str) -> Structured:
    """The row's number: Σ 2^i r_i."""

    def values(height: int) -> NDArray[np.int64]:
        return np.arange(1 << height, dtype=np.int64)

    def evaluate(point: Sequence[Any]) -> Any:
        return _weighted(point)

    return Structured(name, values, evaluate)


def bits_value(name: str, first: int, count: int) -> Structured:
    """The number that bits first … first + count − 1 of the row index form."""

    def values(height: int) -> NDArray[np.int64]:
        rows = np.arange(1 << height, dtype=np.int64)
        return rows >> first & (1 << count) - 1

    def evaluate(point: Sequence[Any]) -> Any:
        return _weighted(point[first : first + count])

    return Structured(name, values, evaluate)


def and_of_halves(name: str, count: int) -> Structured:
    """x & y, x the bits 0 … count − 1 of the row index and y the next `count` bits: the extension
    is Σ 2^i r_i r_(count + i).
    """

    def values(height: int) -> NDArray[np.int64]:
        rows = np.arange(1 << height, dtype=np.int64)
        return rows & rows >> count & (1 << count) - 1

    def evaluate(point: Sequence[Any]) -> Any:
        products = [point[i] * point[count + i] for i in range(count)]
        return _weighted(products)

    return Structured(name, values, evaluate)


def power_of_two(name: str, count: int) -> Structured:
    """2^x, x the bits 0 … count − 1 of the row index (count <= 5 here: it fits 64 bits). The
    extension is Π (1 + (2^(2^i) − 1) r_i).
    """

    def values(height: int) -> NDArray[np.int64]:
        rows = np.arange(1 << height, dtype=np.int64)
        return np.int64(1) << (rows & (1 << count) - 1)

    def evaluate(point: Sequence[Any]) -> Any:
        product: Any = 1
        for i in range(count):
            product = product * (1 + ((1 << (1 << i)) - 1) * point[i])
        return product

    return Structured(name, values, evaluate)


def _weighted(values: Sequence[Any]) -> Any:
    total: Any = 0
    for i, value in enumerate(values):
        total = total + (1 << i) * value
    return total
