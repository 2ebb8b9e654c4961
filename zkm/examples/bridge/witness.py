"""The guest's input, from `eth_getProof`, and its output."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import is_address, to_canonical_address, to_checksum_address
from eth_utils.crypto import keccak

from zkm.examples.bridge.header import BridgeError, as_bytes, encode_header

__all__ = ["BridgeOutput", "StorageWitness", "fetch_witness"]

HASH = 32
EMPTY_NODE = b"\x80"
OUTPUT_BYTES = 160


def _blob(data: bytes) -> bytes:
    """A length and the bytes, filled up to whole words."""
    return struct.pack(">I", len(data)) + data + bytes(-len(data) % 4)


def _nodes(nodes: Sequence[bytes]) -> bytes:
    return struct.pack(">I", len(nodes)) + b"".join(map(_blob, nodes))


def _hashed_nodes(proof: Any, what: str) -> tuple[bytes, ...]:
    """The nodes that are known by their hashes, from the root on.

    Nodes shorter than a hash stand inside their parents; some clients list them again. An empty trie has no
    node; some clients list the encoding of nothing.
    """
    if not isinstance(proof, (list, tuple)):
        raise BridgeError(f"{what} is no list of nodes")
    nodes = [as_bytes(node, what) for node in proof]
    if nodes == [EMPTY_NODE]:
        return ()
    return tuple(node for place, node in enumerate(nodes) if place == 0 or len(node) >= HASH)


@dataclass(frozen=True)
class StorageWitness:
    """A header and the proofs of an account and of one of its slots.

    Attributes:
        address: 20 bytes.
        slot: 32 bytes.
        header: the block's header in RLP.
        account_nodes: nodes of the state's trie on the path to the account.
        storage_nodes: nodes of the account's trie on the path to the slot.
    """

    address: bytes
    slot: bytes
    header: bytes
    account_nodes: tuple[bytes, ...]
    storage_nodes: tuple[bytes, ...]

    @classmethod
    def from_rpc(cls, block: Mapping[str, Any], proof: Mapping[str, Any], slot: bytes) -> StorageWitness:
        """From the results of `eth_getBlockByHash` and `eth_getProof` with one slot, as JSON has them.

        Raises:
            BridgeError: they are malformed, or the block's header does not hash to its hash.
        """
        address = as_bytes(proof.get("address"), "address")
        entries = proof.get("storageProof")
        if len(address) != 20 or not isinstance(entries, (list, tuple)) or len(entries) != 1:
            raise BridgeError("the answer is no proof of one slot of one account")
        account_nodes = _hashed_nodes(proof.get("accountProof"), "accountProof")
        storage_nodes = _hashed_nodes(entries[0].get("proof"), "storageProof")
        return cls(address, slot, encode_header(block), account_nodes, storage_nodes)

    def encode(self) -> bytes:
        """The guest's standard input."""
        nodes = _nodes(self.account_nodes) + _nodes(self.storage_nodes)
        return self.address + self.slot + _blob(self.header) + nodes

    @property
    def block_hash(self) -> bytes:
        """The hash of the header, 32 bytes."""
        return keccak(self.header)


@dataclass(frozen=True)
class BridgeOutput:
    """What a proof says, and the guest's standard output.

    Attributes:
        block_hash: 32 bytes.
        block_number: the block's number.
        address: checksummed.
        slot: 32 bytes.
        value: 32 bytes, zero where nothing is stored.
    """

    block_hash: bytes
    block_number: int
    address: str
    slot: bytes
    value: bytes

    def encode(self) -> bytes:
        """Five words, as StateBridge.sol reads them."""
        number = self.block_number.to_bytes(32, "big")
        address = to_canonical_address(self.address).rjust(32, b"\0")
        return self.block_hash + number + address + self.slot + self.value

    @classmethod
    def decode(cls, output: bytes) -> BridgeOutput:
        """Read a guest's output.

        Raises:
            BridgeError: it is not of that form.
        """
        words = [output[i : i + 32] for i in range(0, len(output), 32)]
        if len(output) != OUTPUT_BYTES or any(words[2][:12]):
            raise BridgeError(f"an output of {len(output)} bytes is none of the bridge")
        number = int.from_bytes(words[1], "big")
        return cls(words[0], number, to_checksum_address(words[2][12:]), words[3], words[4])


def fetch_witness(web3: Any, address: str, slot: bytes, block: int | str = "latest") -> StorageWitness:
    """Ask a node for a block and for the proof of a slot's value after it.

    Args:
        web3: a `web3.Web3`.
        address: the contract.
        slot: 32 bytes.
        block: a number, or a name as `finalized`. The proof is asked for by the number that the block turned
            out to have, so that both are of one block.

    Raises:
        BridgeError: the node refuses, answers something malformed, or answers for two blocks.
    """
    if not is_address(address) or len(slot) != HASH:
        raise BridgeError(f"{address} and 0x{slot.hex()} are no address and slot")
    name = block if isinstance(block, str) else hex(block)
    header = _ask(web3, "eth_getBlockByNumber", [name, False])
    answer = _ask(
        web3, "eth_getProof", [to_checksum_address(address), ["0x" + slot.hex()], header.get("number")]
    )
    witness = StorageWitness.from_rpc(header, answer, slot)
    if witness.address != to_canonical_address(address):
        raise BridgeError("the node's proof is of another account")
    root = as_bytes(header.get("stateRoot"), "stateRoot")
    if witness.account_nodes and keccak(witness.account_nodes[0]) != root:
        raise BridgeError("the node's proof is of another block: ask again")
    return witness


def _ask(web3: Any, method: str, parameters: list[Any]) -> Mapping[str, Any]:
    answer = web3.provider.make_request(method, parameters)
    result = answer.get("result")
    if not isinstance(result, Mapping):
        raise BridgeError(f"{method}: {answer.get('error', 'there is no such block')}")
    return result
