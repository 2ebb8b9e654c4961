"""Encoding proofs for the contract, and calls of it."""

from __future__ import annotations

from typing import Final

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from zkm.contract.layout import OnChainProof, Scalars
from zkm.field import Fr
from zkm.verify.group import GroupMessages
from zkm.verify.proof import PublicInputs
from zkm.verify.statement import Statement

__all__ = ["VERIFY_ARGUMENTS", "encode_proof", "verify_calldata"]

VERIFY_ARGUMENTS: Final = ("bytes32", "uint32", "bytes", "bytes")
"""Types of the arguments of `verify` (and of `settle`)."""


def encode_proof(
    height: int, points: GroupMessages, public: PublicInputs[Fr], d3: int, groth16: bytes
) -> bytes:
    """The `proof` argument from the parts of a finished proof.

    Args:
        height: k, the height of PROGRAM.
        points: slots' commitments and the opening's messages.
        public: the twelve shared values; six of them travel, the contract computes the others.
        d3: their digest.
        groth16: A ‖ B ‖ C.
    """
    scalars = Scalars(public.gamma, public.d1, public.d2, public.g_z, public.y, d3)
    return OnChainProof(height, points, scalars, groth16).encode()


def verify_calldata(statement: Statement, proof: bytes, function: str = "verify") -> bytes:
    """Calldata of `function(programVKey, exitCode, output, proof)`."""
    selector = keccak(f"{function}({','.join(VERIFY_ARGUMENTS)})".encode())[:4]
    values = [statement.program_vkey, statement.exit_code, statement.output, proof]
    return selector + encode(VERIFY_ARGUMENTS, values)
