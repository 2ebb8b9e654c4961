"""Carrying a storage value from one chain to another."""

from __future__ import annotations

from pathlib import Path

from zkm.chain.node import Node
from zkm.chain.session import Session
from zkm.errors import ProofError
from zkm.examples.bridge.header import BridgeError
from zkm.examples.bridge.witness import BridgeOutput, StorageWitness, fetch_witness
from zkm.examples.contract import DeployedContract

__all__ = ["carry", "prove_value"]


def prove_value(session: Session, elf: Path, witness: StorageWitness) -> tuple[BridgeOutput, bytes]:
    """The guest's output for a witness, and its proof for the contract.

    Raises:
        BridgeError: the guest refuses the witness: the source node's proof is wrong.
        ProofError: the output is about something else.
    """
    proof = session.prove(elf, stdin=witness.encode())
    if proof.statement.exit_code != 0:
        raise BridgeError("the source node's proof does not hold: the guest refuses it")
    said = BridgeOutput.decode(proof.statement.output)
    if said.block_hash != witness.block_hash or said.slot != witness.slot:
        raise ProofError("the guest speaks of another block or slot than it was given")
    return said, proof.proof


def carry(
    source: Node, target: Session, bridge: DeployedContract, elf: Path, address: str, slot: bytes, block: int
) -> tuple[BridgeOutput, int]:
    """Prove what a slot held after a block of the source, and have the target's bridge learn it.

    Args:
        source: a node of the chain with the contract.
        target: account, chain and keys on the other one.
        bridge: the StateBridge contract there; its oracle has to know the block.
        elf: the bridge's guest.
        address: the contract on the source.
        slot: 32 bytes.
        block: the number of the block.

    Returns:
        what was learned, and the gas of the transaction.

    Raises:
        BridgeError: the source node's answer is wrong.
        ChainError: the bridge refuses: its oracle does not know the block, or a newer value is known.
    """
    witness = fetch_witness(source.web3, address, slot, block)
    said, proof = prove_value(target, elf, witness)
    receipt = bridge.send(target.signer, "learn", said.encode(), proof)
    return said, int(receipt["gasUsed"])
