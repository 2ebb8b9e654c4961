"""Ether locked on chain A becomes a token on chain B: a storage value is carried from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from zkm import api
from zkm.chain.accounts import local_account
from zkm.chain.node import Node
from zkm.chain.session import Session
from zkm.errors import ChainError
from zkm.examples.bridge.service import carry
from zkm.examples.contract import Artifacts, DeployedContract, deploy

__all__ = ["GUEST", "BridgeDemo", "run_demo"]

GUEST = Path("examples/guests/bridge/bridge.elf")
ETHER = 10**18
LOCKED = 3 * ETHER // 2


@dataclass
class BridgeDemo:
    """The contracts of the demonstration.

    Attributes:
        source: a node of chain A.
        target: account, chain and keys on chain B.
        lock_box: on A.
        bridge: on B.
        oracle: on B.
        token: on B.
        holder: who locks there and gets here.
    """

    source: Node
    target: Session
    lock_box: DeployedContract
    bridge: DeployedContract
    oracle: DeployedContract
    token: DeployedContract
    holder: str


def run_demo(source: Node, target: Session, artifact: Artifacts, console: Console) -> BridgeDemo:
    """Lock ether on A, prove the lock box's storage, and mint as much of a token on B.

    Args:
        source: a node of the local chain A.
        target: account, chain and keys on the local chain B.
        artifact: compiled contracts.
        console: where it is shown.

    Raises:
        ChainError, BridgeError, ProofError: something did not happen as it has to.
    """
    node, owner, elf = target.node, target.signer, Path(__file__).parents[3] / GUEST
    holder = local_account(1)
    settlement = target.deploy()
    key = api.program_key(elf, keys=target.keys)
    lock_box = deploy(source, owner, artifact("LockBox"))
    oracle = deploy(node, owner, artifact("OwnedBlockHashOracle"), source.chain_id(), owner.address)
    bridge = deploy(node, owner, artifact("StateBridge"), settlement.address, key, oracle.address)
    token = deploy(node, owner, artifact("MirroredToken"), bridge.address, lock_box.address)
    demo = BridgeDemo(source, target, lock_box, bridge, oracle, token, holder.address)
    slot = bytes(token.ask("slotOf", holder.address))
    side_a, side_b = [_source_side(demo)], [_target_side(demo, slot)]

    receipt = lock_box.send(holder, "lock", holder.address, value=LOCKED)
    block = source.block(int(receipt["blockNumber"]))
    side_a.append(_source_side(demo))
    side_b.append(_target_side(demo, slot))
    console.print(f"locked {_ether(LOCKED)} ether in block {block['number']} of chain {source.chain_id()}")
    # The light client's part: here its owner's word.
    oracle.send(owner, "post", bytes(block["hash"]))
    said, gas = carry(source, target, bridge, elf, lock_box.address, slot, int(block["number"]))
    console.print(f"chain {node.chain_id()} learned the value from block {said.block_number}; {gas:,} gas")
    token.send(local_account(2), "mint", holder.address)
    side_a.append(_source_side(demo))
    side_b.append(_target_side(demo, slot))

    try:
        token.send(local_account(2), "mint", holder.address)
    except ChainError as error:
        console.print(f"minting again: {error}")
    else:
        raise ChainError("the token was minted twice")
    heads = ("before", "after locking", "after minting")
    console.print(_table(f"chain A, {source.chain_id()}", side_a, heads))
    console.print(_table(f"chain B, {node.chain_id()}", side_b, heads))
    return demo


def _source_side(demo: BridgeDemo) -> dict[str, str]:
    block = demo.source.block("latest")
    return {
        "block": str(block["number"]),
        "block hash": _short(block["hash"]),
        "state root": _short(block["stateRoot"]),
        "holder's ether": _ether(demo.source.balance(demo.holder)),
        "locked for holder": _ether(demo.lock_box.ask("locked", demo.holder)),
    }


def _target_side(demo: BridgeDemo, slot: bytes) -> dict[str, str]:
    block = demo.target.node.block("latest")
    try:
        entry = demo.bridge.ask("entryOf", demo.lock_box.address, slot)
        known = (_ether(int.from_bytes(entry[0], "big")), _short(entry[1]))
    except ChainError:
        known = ("unknown", "none")
    return {
        "block": str(block["number"]),
        "state root": _short(block["stateRoot"]),
        "locked on A, as known": known[0],
        "known from block": known[1],
        "holder's tokens": _ether(demo.token.ask("balanceOf", demo.holder)),
    }


def _table(title: str, columns: Sequence[dict[str, str]], heads: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("", *heads):
        table.add_column(heading)
    for name in columns[0]:
        table.add_row(name, *(column[name] for column in columns))
    return table


def _ether(wei: Any) -> str:
    return f"{int(wei) / ETHER:.6g}"


def _short(word: Any) -> str:
    return f"0x{bytes(word).hex()[:12]}…"
