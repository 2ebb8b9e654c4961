"""Block headers as they are hashed, from a node's `eth_getBlockByHash` or `eth_getBlockByNumber`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import rlp
from eth_utils.crypto import keccak

from zkm.errors import ZkmError

__all__ = ["BridgeError", "as_bytes", "encode_header"]

NUMBERS = {
    "difficulty", "number", "gasLimit", "gasUsed", "timestamp",
    "baseFeePerGas", "blobGasUsed", "excessBlobGas",
}  # fmt: skip

FIELDS = (
    "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom",
    "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce",
)  # fmt: skip
"""What every header has, in order (yellow paper, section 4.3)."""

LATER_FIELDS = (
    "baseFeePerGas",  # London, EIP-1559
    "withdrawalsRoot",  # Shanghai, EIP-4895
    "blobGasUsed",  # Cancun, EIP-4844
    "excessBlobGas",
    "parentBeaconBlockRoot",  # Cancun, EIP-4788
    "requestsHash",  # Prague, EIP-7685
)
"""What forks have added at the end. A header has the first few of them, however many."""


class BridgeError(ZkmError):
    """A node's answer is not what it should be: a block, a proof, an output."""


def as_bytes(value: Any, what: str) -> bytes:
    """Bytes from hexadecimal 0x….

    Raises:
        BridgeError: it is something else.
    """
    if isinstance(value, str) and value.startswith("0x"):
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            pass
    raise BridgeError(f"{what} is not hexadecimal: {value!r}")


def _field(block: Mapping[str, Any], name: str) -> bytes:
    if name not in block:
        raise BridgeError(f"the block has no {name}")
    if name not in NUMBERS:
        return as_bytes(block[name], name)
    value = block[name]
    try:
        number = int(value, 16) if isinstance(value, str) else int(value)
        return number.to_bytes((number.bit_length() + 7) // 8, "big")
    except (TypeError, ValueError, OverflowError) as error:
        raise BridgeError(f"the block's {name} is no number: {value!r}") from error


def encode_header(block: Mapping[str, Any]) -> bytes:
    """The header of a block, as JSON-RPC describes it, in RLP.

    Raises:
        BridgeError: a field is missing or malformed, or the header does not hash to the block's hash: the
            block is of a fork with other fields, or the node is not honest.
    """
    later = [name for name in LATER_FIELDS if block.get(name) is not None]
    encoded: bytes = rlp.encode([_field(block, name) for name in (*FIELDS, *later)])
    expected = as_bytes(block.get("hash"), "hash")
    if keccak(encoded) != expected:
        raise BridgeError(
            f"the header of block 0x{expected.hex()} hashes to 0x{keccak(encoded).hex()}:"
            " its fork has other fields, or the node's answer is wrong"
        )
    return encoded
