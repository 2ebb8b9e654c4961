"""Calls with raw calldata, and what they revert with: many a second, where Ape's own calls are few."""

import re
import time

from eth_abi.abi import encode
from eth_utils.crypto import keccak

GAS = 4_000_000


def calldata(signature, *arguments):
    """The encoded call of `name(types)`."""
    inner = signature[signature.index("(") + 1 : -1]
    return keccak(signature.encode())[:4] + encode(_split(inner), arguments)


def _split(types):
    """Types between top-level commas."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(types + ","):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append(types[start:i])
            start = i + 1
    return [part for part in parts if part]


class Node:
    """The connected chain.

    Args:
        provider: Ape's provider.
        contracts: those whose custom errors are told apart.
    """

    def __init__(self, provider, *contracts):
        self._request = provider.make_request
        self._provider = provider
        self.errors = {
            keccak(error.selector.encode())[:4]: error.name
            for contract in contracts
            for error in contract.contract_type.errors
        }

    def call(self, sender, to, data):
        """None if the call succeeds, the name of its custom error, or "" for a revert without one."""
        request = {"from": sender.address, "to": to.address, "data": "0x" + data.hex(), "gas": hex(GAS)}
        answer = self._provider.web3.provider.make_request("eth_call", [request, "latest"])
        if "error" not in answer:
            return None
        found = re.match(r"0x[0-9a-f]*", str(answer["error"].get("data") or ""))
        return self.errors.get(bytes.fromhex(found.group()[2:10]) if found else b"", "")

    def view(self, to, signature, *arguments):
        """The words that a view answers."""
        request = {"to": to.address, "data": "0x" + calldata(signature, *arguments).hex()}
        answer = bytes.fromhex(self._request("eth_call", [request, "latest"])[2:])
        return [answer[i : i + 32] for i in range(0, len(answer), 32)]

    def send(self, sender, to, data):
        """As :meth:`call`; if it succeeds, also as a transaction."""
        error = self.call(sender, to, data)
        if error is None:
            request = {"from": sender.address, "to": to.address, "data": "0x" + data.hex(), "gas": hex(GAS)}
            transaction = self._request("eth_sendTransaction", [request])
            assert int(self._receipt(transaction)["status"], 16) == 1
        return error

    def _receipt(self, transaction, tries=200):
        """Anvil mines at once, but may still be writing it down."""
        for _ in range(tries):
            receipt = self._request("eth_getTransactionReceipt", [transaction])
            if receipt is not None:
                return receipt
            time.sleep(0.01)
        raise AssertionError("the transaction was not mined")

    def snapshot(self):
        return self._request("evm_snapshot", [])

    def revert(self, snapshot):
        assert self._request("evm_revert", [snapshot])
