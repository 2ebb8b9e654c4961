"""The prover of the opening (protocol, section 7): messages from the native kernel, challenges from
keccak256 as in the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zkm._native import Opening as OpeningKernel
from zkm._native import Slots
from zkm.commit.srs import Srs
from zkm.field import Fr
from zkm.verify import challenges
from zkm.verify.arithmetic import PLAIN
from zkm.verify.group import GroupMessages
from zkm.verify.opening import evaluations_digest
from zkm.verify.proof import Evaluations, PublicInputs

__all__ = ["Opening", "prove_opening"]


@dataclass(frozen=True)
class Opening:
    """What the opening adds to a proof.

    Attributes:
        public: all twelve values that field part and group part share.
        points: the commitments.
        evaluations: private; the field part's last message.
    """

    public: PublicInputs[Fr]
    points: GroupMessages
    evaluations: Evaluations[Fr]


def prove_opening(
    slots: Slots,
    commitments: Sequence[bytes],
    srs: Srs,
    statement: tuple[int, int],
    claim: tuple[int, int, Sequence[int]],
    salt: int,
    progress: Callable[[float], None] | None = None,
) -> Opening:
    """Open Σ γ^s f_s at u.

    Args:
        slots: the committed vectors f_s.
        commitments: C_s of every slot.
        srs: the reference string they were made with.
        statement: (σ, fp).
        claim: (γ, d1, u): the end of the transcript, and the point of N coordinates.
        salt: the proof's salt; it hides the evaluations in d2.
        progress: called with the share of the work that is done.

    Raises:
        SetupError: the reference string is too short.
        ValueError: a challenge without a proof (z = 0, 1/z, α or 1/α; probability 2^-250).
    """
    sigma, fp = statement
    gamma, d1, point = claim
    report = progress or (lambda share: None)  # noqa: ARG005
    opening = OpeningKernel(slots, srs, gamma, point)
    c_h = opening.fold()
    alpha = challenges.alpha(sigma, gamma, d1, c_h)
    c_q, c_g = opening.divide(alpha)
    report(0.48)
    eta = challenges.eta(alpha, c_q, c_g)
    c_s, c_d = opening.symmetrize(eta)
    z = challenges.z(eta, c_s, c_d)
    evaluations = Evaluations(*map(Fr, opening.evaluate(z)))
    d2 = evaluations_digest(PLAIN, Fr(salt), evaluations)
    c_w1 = opening.open()
    report(0.98)
    beta = challenges.beta(z, d2, c_w1)
    c_w2 = opening.batch(beta)
    zeta = challenges.zeta(beta, c_w2)
    c_w3, g_z, y = opening.finish(zeta)
    report(1.0)
    public = PublicInputs(
        *map(Fr, (sigma, fp, gamma, d1, alpha, eta, z, d2, beta, zeta, g_z, y)),
    )
    points = GroupMessages(tuple(commitments), c_h, c_q, c_g, c_s, c_d, c_w1, c_w2, c_w3)
    return Opening(public, points, evaluations)
