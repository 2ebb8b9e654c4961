"""The group part of the verifier (protocol, section 7, step 6), as the contract computes it.

Two equations say that the commitments open as the field part assumes:
`e(L1, [1]_2) = e(C_W1, [τ]_2)` and `e(L2, [1]_2) = e(C_W3, [τ]_2)`. The contract merges them,
weighted with ω and ω², into the pairing product of the Groth16 proof; :func:`merged_terms` gives
their part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from zkm._native import g1_msm, pairing_check
from zkm.curve import G1_GENERATOR, G2_GENERATOR
from zkm.errors import MalformedProof, ProofError
from zkm.field import MODULUS, Fr
from zkm.verify.proof import PublicInputs

__all__ = [
    "GroupError",
    "GroupMessages",
    "linear_forms",
    "merged_terms",
    "verify_group_part",
]


class GroupError(ProofError):
    """The commitments do not open to the values that the field part used."""

    step = "group"


@dataclass(frozen=True)
class GroupMessages:
    """The points of an opening, 64 bytes each, in the order of the proof's bytes.

    Attributes:
        slots: C_0 … C_{m−1}.
        h, q, g, s, d, w1, w2, w3: the messages of section 7.
    """

    slots: tuple[bytes, ...]
    h: bytes
    q: bytes
    g: bytes
    s: bytes
    d: bytes
    w1: bytes
    w2: bytes
    w3: bytes

    def flat(self) -> list[bytes]:
        """All points."""
        return [*self.slots, *(getattr(self, f.name) for f in fields(self)[1:])]


def linear_forms(side: int, public: PublicInputs[Fr], points: GroupMessages) -> tuple[bytes, bytes]:
    """L1 and L2.

    Args:
        side: b.
        public: γ, α, z, β, ζ, g(z), y are read.
        points: the messages.

    Raises:
        MalformedProof: a point that is not on the curve.
    """
    gamma, alpha, z, beta, zeta = public.gamma, public.alpha, public.z, public.beta, public.zeta
    powers = [pow(gamma, s, MODULUS) for s in range(len(points.slots))]
    first = _combine(
        [*points.slots, points.q, G1_GENERATOR, points.w1],
        [*powers, alpha - pow(z, side, MODULUS), -public.g_z, z],
    )
    not_alpha, not_inverse = zeta - alpha, z * zeta - 1
    complements = [not_alpha, not_alpha, 1, not_inverse * not_alpha]
    weights = [pow(beta, i, MODULUS) * complement for i, complement in enumerate(complements)]
    second = _combine(
        [points.g, points.s, points.h, points.d, G1_GENERATOR, points.w2, points.w3],
        [*weights, -public.y, -(zeta - z) * not_inverse * not_alpha, zeta],
    )
    return first, second


def merged_terms(
    side: int, public: PublicInputs[Fr], points: GroupMessages, weight: int
) -> tuple[bytes, bytes]:
    """(ωL1 + ω²L2, −ωC_W1 − ω²C_W3): what is paired with [1]_2 and with [τ]_2.

    # Soundness: the weight must come from a hash of every message, C_W3 and y included, and of
    whatever else shares the pairing product (`challenges.omega`).

    Raises:
        MalformedProof: a point that is not on the curve.
    """
    square = weight * weight
    left = _combine(list(linear_forms(side, public, points)), [weight, square])
    return left, _combine([points.w1, points.w3], [-weight, -square])


def verify_group_part(side: int, public: PublicInputs[Fr], points: GroupMessages, tau_g2: bytes) -> None:
    """Check both equations, each by itself.

    Raises:
        GroupError: one does not hold.
        MalformedProof: a point that is not on the curve.
    """
    for form, quotient, name in zip(
        linear_forms(side, public, points), (points.w1, points.w3), ("L1", "L2"), strict=True
    ):
        negated = _combine([quotient], [-1])
        if not pairing_check([(form, G2_GENERATOR), (negated, tau_g2)]):
            raise GroupError(f"the equation of {name} does not hold")


def _combine(points: Sequence[bytes], scalars: Sequence[int]) -> bytes:
    try:
        return g1_msm(list(points), [int(scalar) % MODULUS for scalar in scalars])
    except ValueError as error:
        raise MalformedProof(f"a commitment is no point of G1: {error}") from error
