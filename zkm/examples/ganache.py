"""The whole way on a Ganache: prove, deploy, settle one proof and a batch, and read all of it back.

Ganache stopped at the hardfork `shanghai`, and its errors, fees and events have forms of their own: what
runs there runs on chains that are not the newest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich.console import Console

from zkm import api
from zkm.chain.accounts import local_account
from zkm.chain.artifacts import Artifact, compile_contracts
from zkm.chain.ganache import Ganache
from zkm.chain.node import Node
from zkm.chain.scripting import show_settled
from zkm.chain.session import Session
from zkm.chain.submission import Policy

__all__ = ["demonstrate"]

GUEST: Final = Path("examples/guests/fibonacci/fibonacci.elf")
INPUTS: Final = (b"90\n", b"91\n", b"92\n")


def demonstrate(root: Path, keys: Path | None = None) -> None:
    """Start a Ganache, settle three runs of the Fibonacci guest there, and show them.

    Args:
        root: the project's folder.
        keys: folder of the proving keys; None is the default one.

    Raises:
        ChainError: Ganache is missing, or a step failed.
    """
    console = Console(highlight=False)
    compiled: dict[str, Artifact] = {}

    def artifact(name: str) -> Artifact:
        if not compiled:
            console.print("compiling the contracts")
            compiled.update(compile_contracts(root, api.contract_source(keys=session.keys)))
        return compiled[name]

    with Ganache(root) as chain:
        console.print(f"Ganache, chain {chain.chain_id}, at {chain.url}")
        session = Session(
            Node.at(chain.url, say=console.print),
            root,
            artifact,
            signer=local_account(),
            keys=keys,
            policy=Policy(poll=0.1),
            say=console.print,
        )
        settlement = session.deploy()
        proofs = [session.prove(root / GUEST, stdin=number) for number in INPUTS]
        _, gas = session.settle(settlement, proofs[0])
        console.print(f"settled one: {gas:,} gas")
        for count, gas in session.settle_batch(settlement, proofs):
            console.print(f"settled {count} together: {gas:,} gas")
        show_settled(settlement.settled(), "table")
