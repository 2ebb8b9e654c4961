"""Deploying, settling and querying, for any Ape network.

The functions take Ape's objects (project, account, provider) from the scripts and import nothing of
Ape themselves, so that the package works without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from zkm.chain.deployments import Deployments
from zkm.errors import ChainError

__all__ = [
    "SettledStatement",
    "deploy",
    "deployed_settlement",
    "find_settled",
    "settle",
    "settlement_id",
]

VERIFIER, SETTLEMENT = "ZkmVerifier", "Settlement"

Say = Callable[[str], None]


@dataclass(frozen=True)
class SettledStatement:
    """A settlement as read back from the chain."""

    id: bytes
    program_vkey: bytes
    submitter: str
    exit_code: int
    output: bytes
    block: int
    transaction: str


def settlement_id(chain_id: int, address: str, program_vkey: bytes, exit_code: int, output: bytes) -> bytes:
    """The id under which Settlement.sol at `address` records a statement."""
    types = ["uint256", "address", "bytes32", "uint32", "bytes32"]
    return keccak(encode(types, [chain_id, address, program_vkey, exit_code, keccak(output)]))


def deploy(project: Any, account: Any, provider: Any, folder: Path, version: bytes, say: Say) -> Any:
    """The settlement contract of this version, deployed with its verifier where that is missing.

    Args:
        project: Ape's project (contract types by name).
        account: who pays.
        provider: the connected provider.
        folder: where deployments are recorded.
        version: the version of the verifier (32 bytes).
        say: told what is done.

    Raises:
        ChainError: a deployment failed, or the verifier is of another version.
    """
    records = Deployments(folder, provider.chain_id)
    verifier = _existing(project, provider, records, VERIFIER, version)
    if verifier is None:
        verifier = _deploy(project, account, provider, records, VERIFIER, (), version, say)
        settlement = None
    else:
        say(f"{VERIFIER} is at {verifier.address}")
        settlement = _existing(project, provider, records, SETTLEMENT, version)
    if bytes(verifier.VERSION()) != version:
        raise ChainError(f"{VERIFIER} at {verifier.address} is of another version")
    if settlement is None or settlement.verifier() != verifier.address:
        arguments = (verifier.address,)
        return _deploy(project, account, provider, records, SETTLEMENT, arguments, version, say)
    say(f"{SETTLEMENT} is at {settlement.address}")
    return settlement


def deployed_settlement(project: Any, provider: Any, folder: Path) -> Any:
    """The recorded settlement contract of the connected chain.

    Raises:
        ChainError: none is recorded, or it is gone.
    """
    entry = Deployments(folder, provider.chain_id).get(SETTLEMENT)
    if entry is None:
        raise ChainError(f"nothing is deployed on chain {provider.chain_id}: `ape run deploy`")
    if not bytes(provider.get_code(entry.address)):
        raise ChainError(f"{SETTLEMENT} is not at {entry.address} any more: `ape run deploy`")
    return project.get_contract(SETTLEMENT).at(entry.address)


def _existing(project: Any, provider: Any, records: Deployments, name: str, version: bytes) -> Any:
    entry = records.get(name)
    if entry is None or not entry.is_current(bytes(provider.get_code(entry.address)), version):
        return None
    return project.get_contract(name).at(entry.address)


def _deploy(
    project: Any,
    account: Any,
    provider: Any,
    records: Deployments,
    name: str,
    arguments: tuple[Any, ...],
    version: bytes,
    say: Say,
) -> Any:
    contract = account.deploy(project.get_contract(name), *arguments)
    records.record(name, contract.address, bytes(provider.get_code(contract.address)), version)
    say(f"deployed {name} at {contract.address}")
    return contract


def settle(settlement: Any, account: Any, proof: Any) -> Any:
    """Submit a proof; returns the receipt.

    Args:
        settlement: the settlement contract.
        account: who pays.
        proof: a :class:`zkm.proof.Proof`.

    Raises:
        ChainError: the statement is settled already.
    """
    statement = proof.statement
    arguments = (statement.program_vkey, statement.exit_code, statement.output)
    identity = bytes(settlement.settlementId(*arguments))
    if settlement.isSettled(identity):
        raise ChainError(f"the statement is settled already: id 0x{identity.hex()}")
    return settlement.settle(*arguments, proof.proof, sender=account)


def find_settled(
    settlement: Any, *, identity: bytes | None = None, program_vkey: bytes | None = None
) -> list[SettledStatement]:
    """Settlements of this contract in order, all or those with an id or of a program."""
    found = []
    for event in settlement.Settled:
        entry = SettledStatement(
            bytes(event.id),
            bytes(event.programVKey),
            str(event.submitter),
            int(event.exitCode),
            bytes(event.output),
            int(event.block_number),
            str(event.transaction_hash),
        )
        if identity in (None, entry.id) and program_vkey in (None, entry.program_vkey):
            found.append(entry)
    return found
