"""BLAKE2s with a tweak: what for (personalization) and where (salt), as the guest's blake2s.h has it."""

from __future__ import annotations

import hashlib
import struct

__all__ = ["EMPTY", "account_id", "account_leaf", "queue_hash", "state_root", "tree_node", "tweaked"]

EMPTY = bytes(32)
"""The hash of an empty subtree, the root before the first batch, and the hash of an empty queue."""


def tweaked(size: int, purpose: bytes, first: int, second: int, message: bytes) -> bytes:
    """BLAKE2s of a message, of `size` bytes, with a purpose of 8 bytes and a place of two 32-bit numbers."""
    salt = struct.pack("<II", first, second)
    return hashlib.blake2s(message, digest_size=size, salt=salt, person=purpose).digest()


def account_id(scheme: int, public_key: bytes) -> bytes:
    """What an account is known by: it commits to the signature scheme and to the key."""
    return tweaked(32, b"zkm_acct", scheme, 0, public_key)


def account_leaf(index: int, identity: bytes, balance: int, nonce: int) -> bytes:
    """The tree's leaf of an account that exists."""
    return tweaked(32, b"zkmstate", index, 0, identity + struct.pack("<QI", balance, nonce))


def tree_node(level: int, left: bytes, right: bytes) -> bytes:
    """The parent of two subtrees of 2^level leaves; an empty right half adds nothing."""
    return left if right == EMPTY else tweaked(32, b"zkm_tree", level, 0, left + right)


def state_root(
    domain: bytes, tree: bytes, queue: bytes, salt: bytes, batch: int, deposit_count: int
) -> bytes:
    """The root that the contract keeps after `batch` batches; `salt` (16 bytes) hides the tree."""
    return tweaked(32, b"zkm_root", batch, deposit_count, domain + tree + queue + salt)


def queue_hash(queue: bytes, identity: bytes, index: int, amount: int) -> bytes:
    """The hash of the deposit queue with one more deposit, as PrivateLedger.sol computes it."""
    return hashlib.sha256(queue + identity + struct.pack(">IQ", index, amount)).digest()
