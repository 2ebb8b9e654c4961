"""The statement: what the contract hashes and what the circuit binds to (protocol, section 3).

Everything here is computed from typed values, by the contract in Solidity and by prover and verifier
in this module. All hashes are keccak256 of `abi.encode` with a head of fixed size, so that
no two statements share a preimage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from zkm.field import MODULUS

__all__ = ["Statement", "output_fingerprint", "output_words", "program_vkey", "sigma"]


@dataclass(frozen=True)
class Statement:
    """What a proof says: this program, on some private input, wrote `output` and ended with
    `exit_code`.

    Attributes:
        version: 32 bytes that bind circuit, tables, kernel and SRS.
        program_vkey: the program key, 32 bytes.
        exit_code: 0 … 2^32 − 1.
        output: the bytes of standard output.
    """

    version: bytes
    program_vkey: bytes
    exit_code: int
    output: bytes


def program_vkey(version: bytes, height: int, program_slot: bytes, boot_slot: bytes) -> bytes:
    """`keccak256(abi.encode(version, k, C_0, C_1))` (protocol, section 2).

    Args:
        version: 32 bytes.
        height: k, the binary logarithm of PROGRAM's rows.
        program_slot: C_0 as 64 bytes x‖y.
        boot_slot: C_1 as 64 bytes x‖y.
    """
    points = [point[i : i + 32] for point in (program_slot, boot_slot) for i in (0, 32)]
    return keccak(encode(["bytes32", "uint256"] + ["bytes32"] * 4, [version, height, *points]))


def sigma(statement: Statement, witness_slots: Sequence[bytes]) -> int:
    """σ, the challenge that binds the statement and the committed witness slots C_2 … C_{m−1}.

    The encoding is a head of four words (version, key, exit code, hash of the output) followed by the
    points, 64 bytes each; the head is of fixed size and the points' number follows from the
    length, so the encoding is injective.
    """
    head = encode(
        ["bytes32", "bytes32", "uint32", "bytes32"],
        [statement.version, statement.program_vkey, statement.exit_code, keccak(statement.output)],
    )
    return int.from_bytes(keccak(head + b"".join(witness_slots)), "big") % MODULUS


def output_words(exit_code: int, output: bytes) -> list[int]:
    """The public words of a run: exit code, byte length, then the output as big-endian words, the
    last one padded with zero bytes (protocol, section 3, "Output binding").
    """
    padded = output + bytes(-len(output) % 4)
    words = [int.from_bytes(padded[i : i + 4], "big") for i in range(0, len(padded), 4)]
    return [exit_code, len(output), *words]


def output_fingerprint(height: int, challenge: int, exit_code: int, output: bytes) -> int:
    """`fp = k + σ Σ_x p_x σ^x` over the public words p (protocol, section 3).

    Args:
        height: k, the height of PROGRAM.
        challenge: σ.
    """
    value = 0
    for word in reversed(output_words(exit_code, output)):
        value = (value * challenge + word) % MODULUS
    return (height + challenge * value) % MODULUS
