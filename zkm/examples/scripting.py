"""What the scripts of the demonstrations do: start local chains, run, show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from zkm.chain.accounts import local_account
from zkm.chain.anvil import Anvil
from zkm.chain.node import Node
from zkm.chain.scripting import artifacts_of, readable_errors
from zkm.chain.session import Session
from zkm.examples.bridge import demo as bridge
from zkm.examples.ledger import demo as ledger
from zkm.params import PARAMETER_SETS

__all__ = ["private_ledger", "two_chains"]

CHAIN_A, CHAIN_B = 31337, 31338


def _session(context: Any, chain: Anvil, console: Console, keys: str | None, params: str) -> Session:
    project = context.local_project
    return Session(
        Node.at(chain.url, say=console.print),
        Path(project.path),
        artifacts_of(project),
        signer=local_account(0),
        keys=Path(keys) if keys else None,
        params=PARAMETER_SETS[params],
        say=console.print,
    )


def private_ledger(context: Any, keys: str | None, params: str) -> None:
    """The private ledger on an Anvil of its own."""
    console = Console(highlight=False)
    with readable_errors(), Anvil(chain_id=CHAIN_A) as chain:
        session = _session(context, chain, console, keys, params)
        ledger.run_demo(session, artifacts_of(context.local_project), console)


def two_chains(context: Any, keys: str | None, params: str) -> None:
    """A storage value from one Anvil to another."""
    console = Console(highlight=False)
    with readable_errors(), Anvil(chain_id=CHAIN_A) as a, Anvil(chain_id=CHAIN_B) as b:
        target = _session(context, b, console, keys, params)
        bridge.run_demo(Node.at(a.url), target, artifacts_of(context.local_project), console)
