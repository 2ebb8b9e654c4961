"""BN254's curve: points as bytes in the form of EIP-196 and EIP-197, 64 in G1 and 128 in G2.

Coordinates are big-endian words; in G2 the imaginary part stands before the real part. Infinity is zeros.
"""

from __future__ import annotations

from typing import Final

__all__ = ["BASE_FIELD", "G1_GENERATOR", "G2_GENERATOR", "negate"]

BASE_FIELD: Final = 21888242871839275222246405745257275088696311157297823662689037894645226208583
"""q, the modulus of the coordinates."""

G1_GENERATOR: Final = (1).to_bytes(32, "big") + (2).to_bytes(32, "big")
G2_GENERATOR: Final = bytes.fromhex(
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"
)
"""EIP-197's P2, in its order of words."""


def negate(point: bytes) -> bytes:
    """−P for a point of G1. Whether it is on the curve is not looked at (−P is if and only if P is).

    Raises:
        ValueError: not 64 bytes, or y is not canonical.
    """
    y = int.from_bytes(point[32:], "big")
    if len(point) != 64 or y >= BASE_FIELD:
        raise ValueError("not a point of G1: a coordinate is not below the field's modulus")
    return point[:32] + (-y % BASE_FIELD).to_bytes(32, "big")
