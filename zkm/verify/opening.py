"""The field identities of the opening (protocol, section 7, steps 3 to 5).

One claim F̃(u) = V on F = Σ γ^s f_s is opened with Mercury (eprint 2025/385); the group part of
that is the contract's. Here: the identity between g, h and S, the degree bound of g through D,
and the value y of the batched opening (BDFG20, eprint 2020/081).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from zkm.errors import ProofError
from zkm.field import MODULUS, Ring
from zkm.verify.arithmetic import Arithmetic
from zkm.verify.proof import Evaluations, PublicInputs
from zkm.verify.stacking import SlotClaim
from zkm.verify.sumcheck import linear_combination
from zkm.verify.transcript import EVALUATIONS_TAG, hash_elements

__all__ = ["OpeningError", "evaluations_digest", "opening_value", "verify_opening"]

E = TypeVar("E", bound=Ring)


class OpeningError(ProofError):
    """A public input that is not what the proof gives."""

    step = "opening"


def verify_opening(
    arithmetic: Arithmetic[E],
    public: PublicInputs[E],
    salt: E,
    claim: SlotClaim[E],
    evaluations: Evaluations[E],
) -> None:
    """Check γ, d1, d2, g(z) and y of the public inputs.

    Raises:
        OpeningError: naming the value; also for z = 0, z = 1/z and z = α.
    """
    equal = arithmetic.assert_equal
    equal(claim.gamma, public.gamma, OpeningError, "γ")
    equal(claim.binding, public.d1, OpeningError, "d1")
    equal(evaluations_digest(arithmetic, salt, evaluations), public.d2, OpeningError, "d2")
    equal(evaluations.g_z, public.g_z, OpeningError, "g(z)")
    value = linear_combination(claim.gamma, claim.values)
    y = opening_value(arithmetic, public, claim.point, value, evaluations)
    equal(y, public.y, OpeningError, "y")


def evaluations_digest(arithmetic: Arithmetic[E], salt: E, evaluations: Evaluations[E]) -> E:
    """d2 = Poseidon2(own tag, salt, the six evaluations)."""
    return hash_elements(arithmetic, EVALUATIONS_TAG, [salt, *evaluations.flat()])


def opening_value(
    arithmetic: Arithmetic[E],
    public: PublicInputs[E],
    point: Sequence[E],
    value: E,
    evaluations: Evaluations[E],
) -> E:
    """y = Σ β^i Z_i(ζ) r_i(ζ) over g, S, h, D, with h(α) and D(z) from their identities.

    Args:
        public: α, η, z, β, ζ are read.
        point: u, N coordinates.
        value: V.

    Raises:
        OpeningError: z = 0, z = 1/z, z = α or 1/z = α.
    """
    e = evaluations
    alpha, eta, z, beta, zeta = public.alpha, public.eta, public.z, public.beta, public.zeta
    z_inverse = arithmetic.inverse(z, OpeningError, "z")
    half = len(point) // 2
    powers, inverse_powers = _squares(z, half + 1), _squares(z_inverse, half)
    low, high = point[:half], point[half:]
    # 2 (h(α) + ηV) = g(z)E_lo(1/z) + g(1/z)E_lo(z) + η[…h, E_hi…] − z S(z) − S(1/z)/z
    inner = e.g_z * _eq_polynomial(low, inverse_powers) + e.g_inverse * _eq_polynomial(low, powers)
    outer = e.h_z * _eq_polynomial(high, inverse_powers)
    outer = outer + e.h_inverse * _eq_polynomial(high, powers)
    doubled = inner + eta * outer - z * e.s_z - z_inverse * e.s_inverse
    h_alpha = doubled * pow(2, -1, MODULUS) - eta * value
    # D(z) = z^(b−1) g(1/z), b = 2^half
    d_z = powers[half] * z_inverse * e.g_inverse

    # Interpolation through z, 1/z and, for h, α (divided differences at ζ).
    steps = [zeta - z, zeta - z_inverse, zeta - alpha]
    gap = arithmetic.inverse(z - z_inverse, OpeningError, "z − 1/z")
    to_z = arithmetic.inverse(alpha - z, OpeningError, "α − z")
    to_inverse = arithmetic.inverse(alpha - z_inverse, OpeningError, "α − 1/z")
    g_line = e.g_z + (e.g_z - e.g_inverse) * gap * steps[0]
    s_line = e.s_z + (e.s_z - e.s_inverse) * gap * steps[0]
    h_slope = (e.h_z - e.h_inverse) * gap
    h_curve = ((h_alpha - e.h_z) * to_z - h_slope) * to_inverse
    h_parabola = e.h_z + steps[0] * (h_slope + h_curve * steps[1])
    # Z_g = Z_S = X − α, Z_h = 1, Z_D = (zX − 1)(X − α)
    terms = [g_line, s_line, h_parabola, d_z]
    terms[0] = terms[0] * steps[2]
    terms[1] = terms[1] * steps[2]
    terms[3] = terms[3] * (z * zeta - 1) * steps[2]
    return linear_combination(beta, terms)


def _squares(x: E, count: int) -> list[E]:
    """x, x^2, x^4, …, x^(2^(count−1))."""
    result = [x]
    while len(result) < count:
        result.append(result[-1] * result[-1])
    return result[:count]


def _eq_polynomial(point: Sequence[E], powers: Sequence[E]) -> E:
    """E(X) = Π_i (1 − u_i + u_i X^{2^i}), given X^{2^i}."""
    product = 1 + point[0] * (powers[0] - 1)
    for u, power in zip(point[1:], powers[1:], strict=False):
        product = product * (1 + u * (power - 1))
    return product
