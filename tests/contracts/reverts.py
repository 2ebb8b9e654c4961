"""`reverts(error, **inputs)`: the call must revert with this custom error and these values.

ape.reverts accepts any revert that Ape cannot name: an error that is not in the called contract's own ABI (a
verifier's that comes through a settlement), and any error of a view. Here the bytes decide.
"""

import re
from contextlib import contextmanager

import ape
from ape.exceptions import CustomError
from eth_abi.abi import decode, encode
from eth_utils.crypto import keccak


@contextmanager
def reverts(error, **inputs):
    """`error` is an attribute of a contract that declares it."""
    with ape.reverts() as reverted:
        yield
    value, abi = reverted.value, error.abi
    types = {entry.name: entry.canonical_type for entry in abi.inputs}
    if isinstance(value, CustomError):
        assert value.abi.selector == abi.selector
        found = value.inputs
    else:
        # "0x…" of a transaction; "custom error 0x…: …" of a call, where Anvil leaves zeros out that end it
        parts = re.search(r"0x([0-9a-f]*)(?:: )?([0-9a-f]*)", value.message).groups()
        data = bytes.fromhex("".join(parts))
        assert data[:4] == keccak(abi.selector.encode())[:4], f"{abi.selector} instead of {data.hex()}"
        values = decode(list(types.values()), data[4:].ljust(32 * len(types), b"\0"))
        found = dict(zip(types, values, strict=True))
    for name, expected in inputs.items():
        kind = [types[name]]
        assert encode(kind, [found[name]]) == encode(kind, [expected]), (name, found[name])
