"""The contract's verifier in Python: the same checks in the same order (contracts/Verifier.sol).

`zkm verify` runs this. Every error names what the contract reverts with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkm._native import g1_msm, pairing_check
from zkm.contract.description import Description
from zkm.contract.layout import SELECTOR, OnChainProof
from zkm.curve import G2_GENERATOR
from zkm.errors import MalformedProof, ProofError
from zkm.field import MODULUS, Fr
from zkm.verify import challenges
from zkm.verify.group import GroupMessages, merged_terms
from zkm.verify.proof import PublicInputs
from zkm.verify.statement import Statement, output_fingerprint, program_vkey, sigma
from zkm.wrap.circuit import public_inputs_sum

__all__ = [
    "PairingError",
    "ProgramMismatch",
    "groth16_inputs",
    "shared_values",
    "verify_on_chain_batch",
    "verify_on_chain_proof",
]

EXIT_CODES = 1 << 32


class ProgramMismatch(ProofError):
    """The proof is for another program or version (the contract: `WrongProgram`, `WrongVersion`)."""

    step = "program"


class PairingError(ProofError):
    """The pairing product is not one (the contract: `InvalidProof`)."""

    step = "pairing"


def shared_values(statement: Statement, proof: OnChainProof) -> PublicInputs[Fr]:
    """The twelve values P from the statement and the proof (protocol, sections 3, 7 and 8)."""
    points, scalars = proof.points, proof.scalars
    statement_hash = sigma(statement, points.slots[2:])
    fp = output_fingerprint(proof.height, statement_hash, statement.exit_code, statement.output)
    alpha = challenges.alpha(statement_hash, scalars.gamma, scalars.d1, points.h)
    eta = challenges.eta(alpha, points.q, points.g)
    z = challenges.z(eta, points.s, points.d)
    beta = challenges.beta(z, scalars.d2, points.w1)
    zeta = challenges.zeta(beta, points.w2)
    return PublicInputs(
        sigma=Fr(statement_hash),
        fp=Fr(fp),
        gamma=Fr(scalars.gamma),
        d1=Fr(scalars.d1),
        alpha=alpha,
        eta=eta,
        z=z,
        d2=Fr(scalars.d2),
        beta=beta,
        zeta=zeta,
        g_z=Fr(scalars.g_z),
        y=Fr(scalars.y),
    )


def groth16_inputs(public: PublicInputs[Fr], d3: int) -> list[int]:
    """The three public inputs of the Groth16 proof: d3, ξ and Σ ξ^i P_i (protocol, section 8)."""
    xi = challenges.xi(d3, public.flat())
    return [d3, int(xi), int(public_inputs_sum(public, xi)) % MODULUS]


@dataclass(frozen=True)
class _Opened:
    """What the pairing check needs of one proof."""

    points: GroupMessages
    public: PublicInputs[Fr]
    groth16: bytes
    inputs: list[int]
    omega: int


def verify_on_chain_proof(description: Description, statement: Statement, proof: bytes) -> None:
    """Check a proof exactly as the contract does.

    Args:
        description: the verifier.
        statement: what is claimed; its version must be the verifier's.
        proof: the contract's `proof` argument.

    Raises:
        MalformedProof: wrong length, height, a scalar not below r, or a point that a precompile refuses
            (`WrongLength`, `WrongHeight`, `NotCanonical`, `PrecompileFailed`).
        ProgramMismatch: another program, version or height (`WrongVersion`, `WrongProgram`).
        PairingError: the proof is not valid (`InvalidProof`).
    """
    verify_on_chain_batch(description, [(statement, proof)])


def verify_on_chain_batch(description: Description, claims: Sequence[tuple[Statement, bytes]]) -> None:
    """Check several proofs in one product of pairings, as the contract's `verifyBatch` does.

    Args:
        description: the verifier.
        claims: statements with their proofs.

    Raises:
        MalformedProof, ProgramMismatch, PairingError: as :func:`verify_on_chain_proof`, for any of them.
        MalformedProof: there are none (`EmptyBatch`).
    """
    if not claims:
        raise MalformedProof("a batch without claims")
    opened = [_open(description, statement, proof) for statement, proof in claims]
    weight = challenges.batch_weight([proof.omega for proof in opened])
    try:
        valid = pairing_check(_pairs(description, opened, int(weight)))
    except ValueError as error:
        raise MalformedProof(f"a precompile would fail: {error}") from error
    if not valid:
        raise PairingError("the pairing product is not one")


def _open(description: Description, statement: Statement, proof: bytes) -> _Opened:
    """Everything but the pairings."""
    if not 0 <= statement.exit_code < EXIT_CODES:
        raise MalformedProof("the exit code is no integer of 32 bits")
    decoded = OnChainProof.decode(proof, description.params.slots)
    if decoded.selector != description.version[:SELECTOR] or statement.version != description.version:
        raise ProgramMismatch("the proof is of another version than the keys")
    if decoded.height > description.max_height:
        raise MalformedProof(f"height {decoded.height} exceeds {description.max_height}")
    points, d3 = decoded.points, decoded.scalars.d3
    if program_vkey(statement.version, decoded.height, *points.slots[:2]) != statement.program_vkey:
        raise ProgramMismatch("the proof is for another program")
    public = shared_values(statement, decoded)
    messages = [points.w3, *_split(decoded.groth16)]
    omega = challenges.omega(public.zeta, public.g_z, public.y, d3, messages)
    return _Opened(points, public, decoded.groth16, groth16_inputs(public, d3), int(omega))


def _pairs(description: Description, proofs: Sequence[_Opened], weight: int) -> list[tuple[bytes, bytes]]:
    """The pairs whose product must be one: the three equations of proof i have the weights Ω^(3i),
    Ω^(3i+1) and Ω^(3i+2).

    Raises:
        ValueError: a point that is not on the curve.
    """
    key = description.key
    firsts = [pow(weight, 3 * i, MODULUS) for i in range(len(proofs))]
    scalars = [0] * len(key.ic)
    lefts, rights, ends, pairs = [], [], [], []
    for first, proof in zip(firsts, proofs, strict=True):
        left, right = merged_terms(description.params.opening_side, proof.public, proof.points, weight)
        lefts.append(left)
        rights.append(right)
        inputs = zip(scalars, [1, *proof.inputs], strict=True)
        scalars = [(scalar + first * x) % MODULUS for scalar, x in inputs]
        a, b, c = _split(proof.groth16)
        ends.append(c)
        pairs.append((g1_msm([a], [-first % MODULUS]), b))
    return [
        (g1_msm([key.alpha], [scalars[0]]), key.beta),
        (g1_msm([*lefts, *key.ic], [*firsts, *scalars]), G2_GENERATOR),
        (g1_msm(ends, firsts), key.delta),
        (g1_msm(rights, firsts), description.tau_g2),
        *pairs,
    ]


def _split(groth16: bytes) -> tuple[bytes, bytes, bytes]:
    """A, B and C."""
    return groth16[:64], groth16[64:192], groth16[192:]
