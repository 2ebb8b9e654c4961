"""Blocks with states of our own making, from py-trie: what a node would answer about them."""

import random
from dataclasses import dataclass, field

import rlp
from eth_utils.crypto import keccak
from trie import HexaryTrie

from zkm.examples.bridge.header import FIELDS, NUMBERS

EMPTY_CODE = keccak(b"")
EMPTY_ROOT = keccak(b"\x80")
ADDRESS = bytes(range(1, 21))
SLOT = (7).to_bytes(32, "big")


def header_fields(state_root, number=19_000_000):
    """The fields of a header in order, up to London's base fee."""
    rng = random.Random(number)
    sizes = {"miner": 20, "logsBloom": 256, "nonce": 8, "extraData": 5}
    fields = [
        rng.randrange(1, 1 << 40).to_bytes(8, "big").lstrip(b"\0")
        if name in NUMBERS
        else rng.randbytes(sizes.get(name, 32))
        for name in FIELDS
    ]
    fields[FIELDS.index("stateRoot")] = state_root
    fields[FIELDS.index("number")] = number.to_bytes(8, "big").lstrip(b"\0")
    return [*fields, b"\x07"]


def rpc_block(header):
    """The answer of eth_getBlockByHash for an encoded header."""
    names = [*FIELDS, "baseFeePerGas"]
    values = rlp.decode(header)
    shown = {
        name: (hex(int.from_bytes(value, "big")) if name in NUMBERS else "0x" + value.hex())
        for name, value in zip(names, values, strict=True)
    }
    return {**shown, "hash": "0x" + keccak(header).hex(), "size": "0x220", "uncles": []}


def near(key, nibbles, rng):
    """A key of 32 bytes that has exactly so many first nibbles in common with another."""
    digits = key.hex()
    other = f"{(int(digits[nibbles], 16) + rng.randrange(1, 16)) % 16:x}"
    tail = "".join(rng.choice("0123456789abcdef") for _ in range(63 - nibbles))
    return bytes.fromhex(digits[:nibbles] + other + tail)


@dataclass
class State:
    """A state with one account of interest: keys of the tries are given as they are, values as numbers."""

    storage: dict[bytes, int] = field(default_factory=dict)
    others: dict[bytes, bytes] = field(default_factory=dict)
    exists: bool = True
    address: bytes = ADDRESS
    number: int = 19_000_000

    def __post_init__(self):
        self.storage_trie = HexaryTrie({})
        for key, value in self.storage.items():
            self.storage_trie[key] = rlp.encode(value)
        account = [b"\1", b"\2" * 9, self.storage_trie.root_hash, EMPTY_CODE]
        self.state_trie = HexaryTrie({})
        for key, value in self.others.items():
            self.state_trie[key] = value
        if self.exists:
            self.state_trie[keccak(self.address)] = rlp.encode(account)
        self.header = rlp.encode(header_fields(self.state_trie.root_hash, self.number))

    def rpc_proof(self, slot=SLOT):
        """The answer of eth_getProof."""

        def nodes(trie, key):
            return ["0x" + rlp.encode(node).hex() for node in trie.get_proof(key)]

        return {
            "address": "0x" + self.address.hex(),
            "accountProof": nodes(self.state_trie, keccak(self.address)),
            "storageProof": [
                {
                    "key": "0x" + slot.hex(),
                    "proof": nodes(self.storage_trie, keccak(slot)) if self.exists else [],
                }
            ],
        }

    def value(self, slot=SLOT):
        """What the trie library says, as 32 bytes."""
        found = self.storage_trie[keccak(slot)] if self.exists else b""
        return (rlp.decode(found) if found else b"").rjust(32, b"\0")
