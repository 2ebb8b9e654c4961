"""Contracts of the examples on a node: deployed, called, and explained when they revert."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from web3.exceptions import ContractCustomError, ContractLogicError

from zkm.chain.artifacts import Artifact
from zkm.chain.node import Node
from zkm.chain.reverts import Errors
from zkm.chain.settlement import CONTRACT_ERRORS
from zkm.chain.submission import Signer
from zkm.errors import ChainError

__all__ = ["Artifacts", "DeployedContract", "deploy", "transfer_ether"]

Artifacts = Callable[[str], Artifact]
"""A compiled contract by name."""

RECEIPT_SECONDS = 120.0
POLL_SECONDS = 0.05


class DeployedContract:
    """A contract at an address. Transactions are waited for, and ask nobody."""

    def __init__(self, node: Node, abi: list[dict[str, Any]], address: str) -> None:
        self.address = address
        self._node = node
        self._contract: Any = node.web3.eth.contract(address=node.web3.to_checksum_address(address), abi=abi)
        self._errors = Errors(abi)

    def ask(self, function: str, *arguments: Any) -> Any:
        """The answer of a view.

        Raises:
            ChainError: it reverts, naming the error.
        """
        bound = self._contract.functions[function](*arguments)
        try:
            return self._node.ask(bound.call)
        except ContractLogicError as error:
            raise ChainError(f"{function}: {self._explained(error)}") from error

    def send(self, signer: Signer, function: str, *arguments: Any, value: int = 0) -> Any:
        """The receipt of a transaction.

        Raises:
            ChainError: it would revert, naming the error, or is in no block after two minutes.
        """
        bound = self._contract.functions[function](*arguments)
        try:
            return _transact(self._node, signer, bound.build_transaction, {"value": value})
        except ContractLogicError as error:
            raise ChainError(f"{function}: {self._explained(error)}") from error

    def events(self, name: str, first_block: int = 0) -> list[Mapping[str, Any]]:
        """The arguments of all events of a name, in order."""
        event = self._contract.events[name]
        return [entry["args"] for entry in self._node.ask(lambda: event.get_logs(from_block=first_block))]

    def _explained(self, error: ContractLogicError) -> str:
        data = error.data if isinstance(error, ContractCustomError) else None
        if not isinstance(data, str):
            return str(error)
        known = self._errors if self._errors.name(_bytes(data)) else CONTRACT_ERRORS
        return known.explain(_bytes(data))


def deploy(node: Node, signer: Signer, artifact: Artifact, *arguments: Any) -> DeployedContract:
    """A new contract.

    Raises:
        ChainError: its constructor reverts.
    """
    factory = node.web3.eth.contract(abi=artifact.abi, bytecode=artifact.bytecode)
    try:
        receipt = _transact(node, signer, factory.constructor(*arguments).build_transaction, {})
    except ContractLogicError as error:
        raise ChainError(f"deploying: {error}") from error
    return DeployedContract(node, artifact.abi, str(receipt["contractAddress"]))


def transfer_ether(node: Node, signer: Signer, to: str, amount: int) -> Any:
    """The receipt of a payment of so many wei."""

    def build(fields: dict[str, Any]) -> dict[str, Any]:
        price = {"maxFeePerGas": 10**11, "maxPriorityFeePerGas": 10**9}
        return {**fields, **price, "to": to, "data": b"", "gas": 21_000}

    return _transact(node, signer, build, {"value": amount})


def _transact(node: Node, signer: Signer, build: Callable[[Any], Any], fields: dict[str, Any]) -> Any:
    web3 = node.web3
    common = {"from": signer.address, "nonce": node.nonce(signer.address), "chainId": node.chain_id()}
    transaction = {**build({**common, **fields}), "type": 2}
    transaction.pop("from", None)
    identity = node.ask(lambda: web3.eth.send_raw_transaction(signer.sign(transaction)))
    receipt = web3.eth.wait_for_transaction_receipt(
        identity, timeout=RECEIPT_SECONDS, poll_latency=POLL_SECONDS
    )
    if receipt["status"] != 1:
        raise ChainError(f"transaction {identity.to_0x_hex()} reverted")
    return receipt


def _bytes(data: str) -> bytes:
    return bytes.fromhex(data.removeprefix("0x"))
