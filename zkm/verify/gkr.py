"""LogUp-GKR: all buses balance, reduced to one claim on the leaves (protocol, section 4).

Leaves are fractions N_j(x) / D_j(x), index (row x: low bits, interaction j: high bits). A node of
the 4-ary tree adds the fractions of its four children, which differ in the two lowest index bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from zkm.errors import ProofError
from zkm.field import Ring
from zkm.verify.arithmetic import Arithmetic
from zkm.verify.proof import GkrLayer
from zkm.verify.sumcheck import interpolate, sumcheck_with_eq
from zkm.verify.transcript import Transcript

__all__ = ["GkrError", "LeafClaim", "RootError", "node_value", "verify_gkr"]

E = TypeVar("E", bound=Ring)


class RootError(ProofError):
    """The sum over all buses is not 0, or its denominator is."""

    step = "root"


class GkrError(ProofError):
    """A layer's values do not match its sumcheck."""

    step = "gkr"


@dataclass(frozen=True)
class LeafClaim(Generic[E]):
    """Ñ(r_row, r_int) = numerator and D̃(r_row, r_int) = denominator.

    Attributes:
        row: K coordinates; interaction: ν coordinates.
        delta: δ, drawn together with the last two coordinates.
    """

    numerator: E
    denominator: E
    row: list[E]
    interaction: list[E]
    delta: E


def node_value(numerators: Sequence[E], denominators: Sequence[E], weight: E) -> E:
    """G = Σ_c P_c Π_{c'≠c} Q_{c'} + λ Π_c Q_c of four children."""
    p, q = numerators, denominators
    low, high = q[0] * q[1], q[2] * q[3]
    sum_low = p[0] * q[1] + p[1] * q[0]
    sum_high = p[2] * q[3] + p[3] * q[2]
    return high * (sum_low + weight * low) + sum_high * low


def verify_gkr(
    arithmetic: Arithmetic[E],
    transcript: Transcript[E],
    table_bits: int,
    root: Sequence[E],
    layers: Sequence[GkrLayer[E]],
) -> LeafClaim[E]:
    """Check the root and every layer.

    Args:
        table_bits: K, the coordinates that belong to rows.
        root: (p, q), the sum of all fractions.
        layers: from the root down; layer l has 2 l rounds.

    Raises:
        RootError: p is not 0, or q is.
        GkrError: naming the layer.
    """
    numerator, denominator = root
    arithmetic.assert_equal(numerator, arithmetic.constant(0), RootError, "the buses do not balance")
    arithmetic.inverse(denominator, RootError, "the root's denominator")
    (weight,) = transcript.exchange("root", root, 1)
    rho: list[E] = []
    for index, layer in enumerate(layers):
        claim = numerator + weight * denominator
        claim, point = sumcheck_with_eq(transcript, "gkr round", claim, rho, layer.rounds)
        value = node_value(layer.numerators, layer.denominators, weight)
        arithmetic.assert_equal(claim, value, GkrError, f"layer {index}")
        values = [*layer.numerators, *layer.denominators]
        *child, weight = transcript.exchange("gkr values", values, 3)
        numerator = interpolate(layer.numerators, child)
        denominator = interpolate(layer.denominators, child)
        rho = child + point
    return LeafClaim(numerator, denominator, rho[:table_bits], rho[table_bits:], weight)
