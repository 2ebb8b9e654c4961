"""Hash-based signatures: Winternitz one-time keys with a fixed digit sum, in a Merkle tree.

A message's digest is written in digits; chain i of the one-time key is walked d_i steps by the signer, and
the rest of the way by the verifier. Instead of a checksum the digits must have a fixed sum (as in
SPHINCS+C): the signer draws randomizers until they have. No digest of that sum can be reached from
another by walking forward only. Parameters, costs and the security argument: docs/examples.md.
"""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass
from hashlib import blake2s

from zkm.examples.ledger.hashing import tweaked

__all__ = ["QUICK", "SCHEMES", "SHORT", "Scheme", "SigningKey", "verify"]

HALF = 16
"""Bytes of a hash inside a signature: second preimages are what matters there, not collisions."""


@dataclass(frozen=True)
class Scheme:
    """Parameters of a scheme.

    Attributes:
        number: its number, part of the account's id.
        digit_bits: bits of a digit.
        digit_sum: what the digits of a digest must sum to.
        height: of the tree; the key gives 2^height signatures.
    """

    number: int
    digit_bits: int
    digit_sum: int
    height: int = 10

    @property
    def chains(self) -> int:
        """Digits of a digest, which has 128 bits."""
        return 8 * HALF // self.digit_bits

    @property
    def last_step(self) -> int:
        """The length of a chain in steps."""
        return (1 << self.digit_bits) - 1

    @property
    def signature_bytes(self) -> int:
        """Randomizer, chain values, authentication path."""
        return HALF * (1 + self.chains + self.height)

    def digits(self, digest: bytes) -> list[int] | None:
        """The digits of a digest, None if their sum is another one."""
        number, bits = int.from_bytes(digest, "little"), self.digit_bits
        lowest = ((1 << 8 * HALF) - 1) // self.last_step  # the lowest bit of every digit
        if sum((number >> j & lowest).bit_count() << j for j in range(bits)) != self.digit_sum:
            return None
        return [number >> (bits * i) & self.last_step for i in range(self.chains)]


QUICK = Scheme(1, 2, 128)
"""64 hashes of chains in the guest, 1,200 bytes."""
SHORT = Scheme(2, 4, 325)
"""155 hashes of chains in the guest, 688 bytes."""
SCHEMES = {scheme.number: scheme for scheme in (QUICK, SHORT)}


def _walk(seed: bytes, index: int, chain: int, value: bytes, steps: range) -> bytes:
    place = chain << 8
    for step in steps:
        salt = struct.pack("<II", index, place | step)
        value = blake2s(seed + value, digest_size=HALF, salt=salt, person=b"zkmchain").digest()
    return value


def _digest(public_key: bytes, index: int, randomizer: bytes, message: bytes) -> bytes:
    return tweaked(HALF, b"zkm_sign", index, 0, randomizer + public_key + message)


def _leaf(seed: bytes, index: int, ends: list[bytes]) -> bytes:
    return tweaked(HALF, b"zkm_leaf", index, 0, seed + b"".join(ends))


def _node(seed: bytes, level: int, position: int, left: bytes, right: bytes) -> bytes:
    return tweaked(HALF, b"zkm_node", level, position, seed + left + right)


class SigningKey:
    """A secret key and its tree. A second message signed with the same index gives the one-time key away."""

    def __init__(self, scheme: Scheme = QUICK, secret: bytes | None = None) -> None:
        """Makes all one-time keys, which takes up to a second.

        Args:
            scheme: the parameters.
            secret: 32 bytes; None draws them.
        """
        self.scheme = scheme
        self._secret = secrets.token_bytes(32) if secret is None else secret
        self._seed = self._derive(b"zkm_seed", 0, 0)
        whole = range(scheme.last_step)
        leaves = []
        for index in range(1 << scheme.height):
            starts = [self._start(index, chain) for chain in range(scheme.chains)]
            ends = [_walk(self._seed, index, chain, value, whole) for chain, value in enumerate(starts)]
            leaves.append(_leaf(self._seed, index, ends))
        self._levels = [leaves]
        for level in range(scheme.height):
            below = self._levels[-1]
            pairs = range(len(below) // 2)
            self._levels.append([_node(self._seed, level, i, below[2 * i], below[2 * i + 1]) for i in pairs])

    @property
    def public_key(self) -> bytes:
        """The tree's root and the public seed, 32 bytes."""
        return self._levels[-1][0] + self._seed

    def sign(self, index: int, message: bytes) -> bytes:
        """The signature with one-time key `index`: the same one for the same message.

        Raises:
            ValueError: there is no such one-time key.
        """
        scheme = self.scheme
        if not 0 <= index < 1 << scheme.height:
            raise ValueError(f"the key has one-time keys 0 to {(1 << scheme.height) - 1}, and not {index}")
        for attempt in range(1 << 32):
            randomizer = self._derive(b"zkm_rand", index, attempt, message)
            digits = scheme.digits(_digest(self.public_key, index, randomizer, message))
            if digits is not None:
                break
        values = [
            _walk(self._seed, index, chain, self._start(index, chain), range(digit))
            for chain, digit in enumerate(digits or ())
        ]
        path = [self._levels[level][index >> level ^ 1] for level in range(scheme.height)]
        return b"".join([randomizer, *values, *path])

    def _start(self, index: int, chain: int) -> bytes:
        return self._derive(b"zkmstart", index, chain)

    def _derive(self, purpose: bytes, first: int, second: int, message: bytes = b"") -> bytes:
        salt = struct.pack("<II", first, second)
        scheme = struct.pack("<I", self.scheme.number)
        return blake2s(
            scheme + message, key=self._secret, digest_size=HALF, salt=salt, person=purpose
        ).digest()


def verify(scheme: Scheme, public_key: bytes, index: int, message: bytes, signature: bytes) -> bool:
    """True if the signature is one of the message with one-time key `index`: what the guest checks."""
    if len(signature) != scheme.signature_bytes or not 0 <= index < 1 << scheme.height:
        return False
    root, seed = public_key[:HALF], public_key[HALF:]
    parts = [signature[i : i + HALF] for i in range(0, len(signature), HALF)]
    values, path = parts[1 : 1 + scheme.chains], parts[1 + scheme.chains :]
    digits = scheme.digits(_digest(public_key, index, parts[0], message))
    if digits is None:
        return False
    ends = [
        _walk(seed, index, chain, value, range(digit, scheme.last_step))
        for chain, (value, digit) in enumerate(zip(values, digits, strict=True))
    ]
    node = _leaf(seed, index, ends)
    for level, sibling in enumerate(path):
        pair = (sibling, node) if index >> level & 1 else (node, sibling)
        node = _node(seed, level, index >> (level + 1), *pair)
    return node == root
