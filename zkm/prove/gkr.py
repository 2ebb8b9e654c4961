"""LogUp-GKR, the prover's side (protocol, section 4): the sum over all buses, layer by layer."""

from __future__ import annotations

from zkm import _native
from zkm.field import Fr
from zkm.params import ParameterSet
from zkm.prove.sumcheck import elements, prove_rounds
from zkm.verify.gkr import LeafClaim
from zkm.verify.proof import GkrLayer
from zkm.verify.transcript import Transcript

__all__ = ["prove_gkr"]


def prove_gkr(
    transcript: Transcript[Fr],
    params: ParameterSet,
    columns: _native.Columns,
    fingerprint: tuple[Fr, Fr],
) -> tuple[list[Fr], list[GkrLayer[Fr]], LeafClaim[Fr]]:
    """Prove that the fractions of all interactions add up to the root.

    Args:
        columns: every table's cells; a trace whose buses do not balance gives a root that the
            verifier rejects.
        fingerprint: (φ, θ).

    Returns:
        the root (p, q), the layers' messages, and the claim on the leaves with δ.

    Raises:
        ValueError: the tables do not fit the parameter set.
    """
    kernel = _native.Gkr(columns, params.table_bits, params.interaction_bits, *fingerprint)
    root = elements(kernel.root())
    numerator, denominator = root
    (weight,) = transcript.exchange("root", root, 1)
    layers: list[GkrLayer[Fr]] = []
    rho: list[Fr] = []
    for _ in range(params.gkr_layers):
        kernel.layer(weight)
        rounds, point = prove_rounds(transcript, "gkr round", kernel, len(rho))
        values = elements(kernel.values())
        *child, weight = transcript.exchange("gkr values", values, 3)
        numerator, denominator = elements(kernel.descend(*child))
        layers.append(GkrLayer(rounds, values[:4], values[4:]))
        rho = child + point
    bits = params.table_bits
    return root, layers, LeafClaim(numerator, denominator, rho[:bits], rho[bits:], weight)
