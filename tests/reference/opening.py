"""Mercury in plain integers, by the definitions of protocol, section 7: slow, short, no FFT.

A commitment is the polynomial itself; whoever compares evaluates it in the group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkm.field import MODULUS

Poly = list[int]


def inverse(x: int) -> int:
    return pow(x, -1, MODULUS)


def add(a: Sequence[int], b: Sequence[int], factor: int = 1) -> Poly:
    length = max(len(a), len(b))
    a, b = [*a, *[0] * (length - len(a))], [*b, *[0] * (length - len(b))]
    return [(x + factor * y) % MODULUS for x, y in zip(a, b, strict=True)]


def multiply(a: Sequence[int], b: Sequence[int]) -> Poly:
    product = [0] * max(len(a) + len(b) - 1, 0)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] = (product[i + j] + x * y) % MODULUS
    return product


def divide(f: Sequence[int], divisor: Sequence[int]) -> tuple[Poly, Poly]:
    """School division: (quotient, remainder)."""
    remainder, quotient = list(f), [0] * max(len(f) - len(divisor) + 1, 0)
    lead = inverse(divisor[-1])
    for i in reversed(range(len(quotient))):
        quotient[i] = remainder[i + len(divisor) - 1] * lead % MODULUS
        for j, d in enumerate(divisor):
            remainder[i + j] = (remainder[i + j] - quotient[i] * d) % MODULUS
    return quotient, remainder[: len(divisor) - 1]


def evaluate(f: Sequence[int], x: int) -> int:
    return sum(c * pow(x, i, MODULUS) for i, c in enumerate(f)) % MODULUS


def interpolate(points: Sequence[tuple[int, int]]) -> Poly:
    total: Poly = []
    for i, (x, y) in enumerate(points):
        basis = [y]
        for j, (other, _) in enumerate(points):
            if j != i:
                basis = multiply(basis, [-other * inverse(x - other), inverse(x - other)])
        total = add(total, basis)
    return total


def eq(point: Sequence[int]) -> Poly:
    """eq(point, ·): also the coefficients of E(X)."""
    table = [1]
    for x in point:
        table = [y * (1 - x) % MODULUS for y in table] + [y * x % MODULUS for y in table]
    return table


@dataclass
class Transcript:
    """All polynomials and values of one opening."""

    h: Poly
    q: Poly
    g: Poly
    s: Poly
    d: Poly
    evaluations: list[int]
    w1: Poly
    w2: Poly
    w3: Poly
    y: int
    value: int  # V = F̃(u)
    h_alpha: int


def opening(f: Sequence[int], point: Sequence[int], challenges: Sequence[int]) -> Transcript:
    """Open F at u with the challenges α, η, z, β, ζ."""
    alpha, eta, z, beta, zeta = challenges
    half = len(point) // 2
    b = 1 << half
    low, high = eq(point[:half]), eq(point[half:])
    rows = [list(f[i : i + b]) for i in range(0, len(f), b)]
    h = [sum(x * e for x, e in zip(row, low, strict=False)) % MODULUS for row in rows]
    value = sum(x * e for x, e in zip(h, high, strict=False)) % MODULUS
    q, g = divide(f, [-alpha % MODULUS, *[0] * (b - 1), 1])
    g = [*g, *[0] * (b - len(g))]
    s = add(symmetric(g, low), symmetric(h, high), eta)
    d = g[::-1]
    zi = inverse(z)
    evaluations = [evaluate(p, x) for p in (g, h, s) for x in (z, zi)]
    g_z = evaluations[0]
    numerator = add(add(f, q, alpha - pow(z, b, MODULUS)), [g_z], -1)
    w1, rest = divide(numerator, [-z, 1])
    assert rest == [0]
    h_alpha = evaluate(h, alpha)
    not_z, not_zi, not_alpha = [-z, 1], [-1, z], [-alpha, 1]
    items = [
        (g, [(x, evaluate(g, x)) for x in (z, zi)], not_alpha),
        (s, [(x, evaluate(s, x)) for x in (z, zi)], not_alpha),
        (h, [(x, evaluate(h, x)) for x in (z, zi, alpha)], [1]),
        (d, [(z, pow(z, b - 1, MODULUS) * evaluate(g, zi) % MODULUS)], multiply(not_zi, not_alpha)),
    ]
    vanishing = multiply(multiply(not_z, not_zi), not_alpha)
    total: Poly = []
    at_zeta: Poly = []
    y = 0
    for i, (p, points, complement) in enumerate(items):
        remainder = interpolate(points)
        weight = pow(beta, i, MODULUS)
        total = add(total, multiply(complement, add(p, remainder, -1)), weight)
        at_zeta = add(at_zeta, p, weight * evaluate(complement, zeta))
        y = (y + weight * evaluate(complement, zeta) * evaluate(remainder, zeta)) % MODULUS
    w2, rest = divide(total, vanishing)
    assert not any(rest)
    combined = add(add(at_zeta, [y], -1), w2, -evaluate(vanishing, zeta))
    w3, rest = divide(combined, [-zeta, 1])
    assert rest == [0]
    return Transcript(h, q, g, s, d, evaluations, w1, w2, w3, y, value, h_alpha)


def symmetric(f: Sequence[int], e: Sequence[int]) -> Poly:
    """S with f(X)E(1/X) + f(1/X)E(X) = constant + X S(X) + S(1/X)/X."""
    result = [0] * (max(len(f), len(e)) - 1)
    for i, x in enumerate(f):
        for j, y in enumerate(e):
            if i != j:
                result[abs(i - j) - 1] = (result[abs(i - j) - 1] + x * y) % MODULUS
    return result
