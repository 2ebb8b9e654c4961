"""The contract's challenges (protocol, section 7): keccak256 of a one-byte tag and 32-byte words.

They are computed on chain from calldata and here by prover and verifier. Each one hashes the one
before, so that it depends on everything that was sent until then; a tag tells the places apart.
A point is two words, a number one.
"""

from __future__ import annotations

from collections.abc import Sequence

from eth_utils.crypto import keccak

from zkm.field import Fr

__all__ = ["alpha", "batch_weight", "beta", "eta", "omega", "xi", "z", "zeta"]

WORD = 32


def _challenge(tag: int, *items: int | bytes) -> Fr:
    words = [item if isinstance(item, bytes) else int(item).to_bytes(WORD, "big") for item in items]
    if any(len(word) % WORD for word in words):
        raise ValueError("a challenge hashes words of 32 bytes")
    return Fr(int.from_bytes(keccak(bytes([tag]) + b"".join(words)), "big"))


def alpha(sigma: int, gamma: int, d1: int, c_h: bytes) -> Fr:
    """α, after h and everything that the field part's transcript fixed (γ and d1 are its end)."""
    return _challenge(1, sigma, gamma, d1, c_h)


def eta(alpha: int, c_q: bytes, c_g: bytes) -> Fr:
    """η, after q and g."""
    return _challenge(2, alpha, c_q, c_g)


def z(eta: int, c_s: bytes, c_d: bytes) -> Fr:
    """z, after S and D."""
    return _challenge(3, eta, c_s, c_d)


def beta(z: int, d2: int, c_w1: bytes) -> Fr:
    """β, after the six evaluations (d2 is their digest) and W1."""
    return _challenge(4, z, d2, c_w1)


def zeta(beta: int, c_w2: bytes) -> Fr:
    """ζ, after W2."""
    return _challenge(5, beta, c_w2)


def omega(zeta: int, g_z: int, y: int, d3: int, points: Sequence[bytes]) -> Fr:
    """ω, the weight of the merged pairing check: after everything.

    Args:
        points: C_W3 and the Groth16 proof's A, B, C (128 bytes for B).

    # Soundness: with a weight fixed before C_W3 and y the merged check is forgeable for any
    statement without a witness.
    """
    return _challenge(6, zeta, g_z, y, d3, *points)


def batch_weight(omegas: Sequence[int]) -> Fr:
    """Ω, the weight of a pairing check that several proofs share (protocol, section 7).

    Args:
        omegas: ω of each proof, in order; the weight of a single one is its ω.

    # Soundness: each ω hashes all of its proof and statement, so that Ω comes after everything.
    """
    return Fr(omegas[0]) if len(omegas) == 1 else _challenge(8, *omegas)


def xi(d3: int, public: Sequence[int]) -> Fr:
    """ξ, which compresses the twelve shared values to one public input (protocol, section 8)."""
    return _challenge(7, d3, *public)
