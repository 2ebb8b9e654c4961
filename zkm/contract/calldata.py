"""Encoding proofs for the contract, and calls of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from zkm.contract.layout import SELECTOR, OnChainProof, Scalars
from zkm.field import Fr
from zkm.verify.group import GroupMessages
from zkm.verify.proof import PublicInputs
from zkm.verify.statement import Statement

__all__ = [
    "BATCH_ARGUMENTS",
    "VERIFY_ARGUMENTS",
    "batch_calldata",
    "claim",
    "encode_proof",
    "verify_calldata",
]

VERIFY_ARGUMENTS: Final = ("bytes32", "uint32", "bytes", "bytes")
"""Types of the arguments of `verify` (and of `settle`)."""

BATCH_ARGUMENTS: Final = (f"({','.join(VERIFY_ARGUMENTS)})[]",)
"""Types of the arguments of `verifyBatch` (and of `settleBatch`): an array of claims."""


def encode_proof(
    version: bytes, height: int, points: GroupMessages, public: PublicInputs[Fr], d3: int, groth16: bytes
) -> bytes:
    """The `proof` argument from the parts of a finished proof.

    Args:
        version: the version of the verifier; its first bytes lead the proof.
        height: k, the height of PROGRAM.
        points: slots' commitments and the opening's messages.
        public: the twelve shared values; six of them travel, the contract computes the others.
        d3: their digest.
        groth16: A ‖ B ‖ C.
    """
    scalars = Scalars(public.gamma, public.d1, public.d2, public.g_z, public.y, d3)
    return OnChainProof(version[:SELECTOR], height, points, scalars, groth16).encode()


def claim(statement: Statement, proof: bytes) -> tuple[bytes, int, bytes, bytes]:
    """The arguments of `verify`, or one element of a batch."""
    return statement.program_vkey, statement.exit_code, statement.output, proof


def verify_calldata(statement: Statement, proof: bytes, function: str = "verify") -> bytes:
    """Calldata of `function(programVKey, exitCode, output, proof)`."""
    return _calldata(function, VERIFY_ARGUMENTS, claim(statement, proof))


def batch_calldata(claims: Sequence[tuple[Statement, bytes]], function: str = "verifyBatch") -> bytes:
    """Calldata of `function(claims)`.

    Args:
        claims: statements with their proofs.
    """
    return _calldata(function, BATCH_ARGUMENTS, ([claim(*entry) for entry in claims],))


def _calldata(function: str, types: Sequence[str], values: Sequence[object]) -> bytes:
    return keccak(f"{function}({','.join(types)})".encode())[:4] + encode(types, values)
