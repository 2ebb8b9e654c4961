"""One round of a sumcheck, seen by the verifier, and the multilinear helpers around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from zkm.field import MODULUS, Ring
from zkm.verify.arithmetic import Arithmetic
from zkm.verify.transcript import Transcript

__all__ = [
    "eq",
    "eq_table",
    "interpolate",
    "linear_combination",
    "powers",
    "prefix_products",
    "sumcheck",
    "sumcheck_with_eq",
]

E = TypeVar("E", bound=Ring)

HALF: Final = (MODULUS + 1) // 2


def evaluate(coefficients: Sequence[E], x: E) -> E:
    """Horner's rule, lowest coefficient first."""
    value = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        value = value * x + coefficient
    return value


def sumcheck_with_eq(
    transcript: Transcript[E], label: str, claim: E, rho: Sequence[E], rounds: Sequence[Sequence[E]]
) -> tuple[E, list[E]]:
    """The rounds of `claim = Σ_x eq(ρ, x) G(x)` with the eq factor taken out.

    Round i has the coefficients a_1 … of t_i; a_0 = c_i − ρ_i (a_1 + …), which says
    (1 − ρ_i) t_i(0) + ρ_i t_i(1) = c_i (protocol, section 4).

    Returns:
        the last claim, which must be G(x*), and the point x*.
    """
    point = []
    for coordinate, coefficients in zip(rho, rounds, strict=True):
        constant = claim - coordinate * _sum(coefficients)
        (x,) = transcript.exchange(label, coefficients, 1)
        claim = evaluate([constant, *coefficients], x)
        point.append(x)
    return claim, point


def sumcheck(
    transcript: Transcript[E], label: str, claim: E, rounds: Sequence[Sequence[E]]
) -> tuple[E, list[E]]:
    """The rounds of `claim = Σ_x G(x)`: a_0 = (c − a_1 − …)/2."""
    point = []
    for coefficients in rounds:
        constant = (claim - _sum(coefficients)) * HALF
        (x,) = transcript.exchange(label, coefficients, 1)
        claim = evaluate([constant, *coefficients], x)
        point.append(x)
    return claim, point


def _sum(terms: Sequence[E]) -> E:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def eq(x: E, y: E) -> E:
    """eq of one coordinate: xy + (1 − x)(1 − y), one product."""
    return 1 - x - y + 2 * (x * y)


def eq_table(arithmetic: Arithmetic[E], point: Sequence[E], length: int) -> list[E]:
    """eq(point, j) for j < length, j's bit 0 belonging to the first coordinate.

    Entries from `length` on are left out at every level, so that unused ones cost nothing.
    """
    table = [arithmetic.constant(1)]
    # From the highest coordinate down: after m steps an entry belongs to the m highest bits.
    for bit in reversed(range(len(point))):
        needed = -(-length >> bit)
        wider = []
        for value in table:
            high = value * point[bit]
            wider += [value - high, high]
        table = wider[:needed]
    return table


def interpolate(values: Sequence[E], point: Sequence[E]) -> E:
    """The multilinear extension of 2^m values at a point of m coordinates."""
    level = list(values)
    for x in point:
        level = [a + x * (b - a) for a, b in zip(level[0::2], level[1::2], strict=True)]
    return level[0]


def powers(arithmetic: Arithmetic[E], x: E, count: int) -> list[E]:
    """1, x, …, x^(count−1)."""
    result = [arithmetic.constant(1)]
    while len(result) < count:
        result.append(x if len(result) == 1 else result[-1] * x)
    return result[:count]


def prefix_products(arithmetic: Arithmetic[E], factors: Sequence[E]) -> list[E]:
    """Products of the first 0, 1, …, n factors."""
    result = [arithmetic.constant(1)]
    for factor in factors:
        result.append(result[-1] * factor)
    return result


def linear_combination(x: E, values: Sequence[E]) -> E:
    """Σ x^i values_i by Horner's rule."""
    return evaluate(values, x)
