"""The zerocheck of all constraints and the leaves, the prover's side (protocol, section 5)."""

from __future__ import annotations

from zkm import _native
from zkm.field import Fr
from zkm.prove.sumcheck import elements, prove_rounds
from zkm.verify.gkr import LeafClaim
from zkm.verify.transcript import Transcript

__all__ = ["prove_zerocheck"]


def prove_zerocheck(
    transcript: Transcript[Fr],
    columns: _native.Columns,
    fingerprint: tuple[Fr, Fr],
    leaf: LeafClaim[Fr],
) -> tuple[list[list[Fr]], list[Fr], list[Fr], Fr]:
    """Reduce the claim on the leaves, and that every constraint is 0, to column values.

    Args:
        fingerprint: (φ, θ).
        leaf: as :func:`zkm.prove.gkr.prove_gkr` returns it.

    Returns:
        the rounds' messages, the value of every committed column at r*_{<k}, the point r*, and μ.
    """
    claims = (leaf.numerator, leaf.denominator)
    kernel = _native.Zerocheck(columns, leaf.row, leaf.interaction, claims, leaf.delta, fingerprint)
    rounds, point = prove_rounds(transcript, "zerocheck round", kernel, len(leaf.row))
    values = elements(kernel.values())
    (mu,) = transcript.exchange("column values", values, 1)
    return rounds, values, point, mu
