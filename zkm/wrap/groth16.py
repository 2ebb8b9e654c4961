"""Groth16 over BN254 (eprint 2016/260) in snarkjs's form: verifying keys and the verifier.

The prover and the arithmetic are native (native/src/groth16). Points are bytes in the EVM's form: 64
for G1, 128 for G2.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zkm._native import FrVec, Groth16Key, R1cs, g1_msm, pairing_check
from zkm.curve import G1_GENERATOR, G2_GENERATOR, negate
from zkm.errors import ProofError, SetupError
from zkm.wrap.r1cs import ConstraintSystem

__all__ = ["PROOF_BYTES", "Groth16Error", "VerifyingKey", "native_r1cs", "prove", "verify"]

PROOF_BYTES: Final = 256
"""A (64), B (128), C (64)."""


class Groth16Error(ProofError):
    """A Groth16 proof whose verifying equation does not hold."""

    step = "Groth16"


@dataclass(frozen=True)
class VerifyingKey:
    """α₁, β₂, γ₂, δ₂ and IC.

    Attributes:
        alpha: in G1.
        beta, gamma, delta: in G2.
        ic: IC_0 for the constant one, then a point for each public input.
    """

    alpha: bytes
    beta: bytes
    gamma: bytes
    delta: bytes
    ic: tuple[bytes, ...]

    @staticmethod
    def of(key: Groth16Key) -> VerifyingKey:
        """The verifying part of a key."""
        alpha, beta, gamma, delta, ic = key.verifying_key()
        return VerifyingKey(alpha, beta, gamma, delta, tuple(ic))

    def check(self, public_inputs: int) -> None:
        """Refuse a key that a verifier must not be made from.

        # Soundness: γ₂ = δ₂ (a skipped second phase: snarkjs writes the generator as both until somebody
        contributes) lets anybody move the public inputs' part into C: everything verifies. Contracts of
        real systems were drained that way.

        Args:
            public_inputs: how many the circuit has.

        Raises:
            SetupError: γ₂ is not the generator (the contract merges its pair with another one), δ₂ = γ₂,
                the number of points IC is wrong, a point is infinity, off its curve or outside its group.
        """
        if self.gamma != G2_GENERATOR:
            raise SetupError("the verifying key's γ₂ is not the generator of G2")
        if self.delta == self.gamma:
            raise SetupError("the verifying key's δ₂ equals γ₂: nobody has contributed to its second phase")
        if len(self.ic) != public_inputs + 1:
            raise SetupError(f"the verifying key has {len(self.ic)} points IC, not {public_inputs + 1}")
        points = {"α₁": self.alpha, **{f"IC_{i}": point for i, point in enumerate(self.ic)}}
        pairs = [(point, G2_GENERATOR, name) for name, point in points.items()]
        pairs += [(G1_GENERATOR, point, name) for name, point in (("β₂", self.beta), ("δ₂", self.delta))]
        for g1, g2, name in pairs:
            if not any(g1) or not any(g2):
                raise SetupError(f"the verifying key's {name} is the point at infinity")
            try:
                pairing_check([(g1, g2)])
            except ValueError as error:
                raise SetupError(f"the verifying key's {name}: {error}") from error


def native_r1cs(system: ConstraintSystem) -> R1cs:
    """The native form of a constraint system, which solves and proves.

    Raises:
        ValueError: the system cannot be solved in order.
    """
    a, b, c = ((m.indptr, m.wire, m.coefficient) for m in (system.a, system.b, system.c))
    return R1cs(system.n_public, system.n_private, a, b, c, system.coefficients, system.solves, system.labels)


def prove(key: Groth16Key, r1cs: R1cs, wires: FrVec) -> bytes:
    """A proof (256 bytes) that the wires satisfy every constraint, with fresh randomness.

    Raises:
        SetupError: the key belongs to another circuit.
        ConstraintViolation: a constraint does not hold.
    """
    return key.prove(r1cs, wires, secrets.token_bytes(32))


def verify(key: VerifyingKey, inputs: Sequence[int], proof: bytes) -> None:
    """Check e(−A, B) e(α₁, β₂) e(IC_0 + Σ x_i IC_i, γ₂) e(C, δ₂) = 1.

    Args:
        key: a checked key.
        inputs: the public inputs, in [0, r).
        proof: A ‖ B ‖ C.

    Raises:
        Groth16Error: the proof is not valid, its length is wrong or a point is none of its group.
    """
    if len(proof) != PROOF_BYTES:
        raise Groth16Error(f"a proof of {len(proof)} bytes, not {PROOF_BYTES}")
    if len(inputs) + 1 != len(key.ic):
        raise Groth16Error(f"{len(inputs)} public inputs instead of {len(key.ic) - 1}")
    a, b, c = proof[:64], proof[64:192], proof[192:]
    try:
        total = g1_msm(list(key.ic), [1, *inputs])
        valid = pairing_check([(negate(a), b), (key.alpha, key.beta), (total, key.gamma), (c, key.delta)])
    except ValueError as error:
        raise Groth16Error(str(error)) from error
    if not valid:
        raise Groth16Error("the verifying equation does not hold")
