"""A private ledger from deposits to withdrawals, shown from outside and from inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from rich.console import Console
from rich.table import Table

from zkm import api
from zkm.chain.accounts import local_account
from zkm.chain.session import Session
from zkm.display import summary_table
from zkm.errors import ChainError
from zkm.examples.contract import Artifacts, DeployedContract, deploy
from zkm.examples.ledger.service import LedgerService
from zkm.examples.ledger.signatures import QUICK, SHORT
from zkm.examples.ledger.transactions import Transfer, Wallet, Withdrawal

__all__ = ["GUEST", "LedgerDemo", "run_demo"]

GUEST = Path("examples/guests/ledger/ledger.elf")
ETHER = 10**18
GWEI = 10**9
NAMES = ("alice", "bob", "carol")
DEPOSITS = (3 * ETHER, ETHER, ETHER // 2)
SMALLEST_DEPOSIT = ETHER // 1000
PATIENCE = 24 * 60 * 60
"""Seconds after which a deposit that no batch took can be taken back."""


@dataclass
class LedgerDemo:
    """What the demonstration works with, and what it leaves behind.

    Attributes:
        ledger: the contract.
        service: the operator.
        wallets: alice's, bob's and carol's.
        receiver: a new address that the withdrawal goes to.
    """

    ledger: DeployedContract
    service: LedgerService
    wallets: tuple[Wallet, ...]
    receiver: str


def run_demo(session: Session, artifact: Artifacts, console: Console) -> LedgerDemo:
    """Deploy a ledger; three people pay in; they pay each other in secret, and one withdraws.

    Args:
        session: the operator's, on a local chain, with the project's folder as its root or elsewhere.
        artifact: compiled contracts.
        console: where it is shown.

    Raises:
        ChainError, ProofError: something did not happen as it has to.
    """
    node, root = session.node, Path(__file__).parents[3]
    settlement = session.deploy()
    key = api.program_key(root / GUEST, keys=session.keys)
    operator = session.signer
    terms = (SMALLEST_DEPOSIT, PATIENCE, operator.address)
    ledger = deploy(node, operator, artifact("PrivateLedger"), settlement.address, key, *terms)
    console.print(f"deployed PrivateLedger at {ledger.address}")
    domain = bytes(ledger.ask("domain"))
    service = LedgerService(session, ledger, root / GUEST)
    wallets = tuple(Wallet.create(domain, scheme) for scheme in (QUICK, QUICK, SHORT))
    demo = LedgerDemo(ledger, service, wallets, str(Account.create().address))
    alice, bob, carol = wallets

    for number, (wallet, amount) in enumerate(zip(wallets, DEPOSITS, strict=True), start=1):
        ledger.send(local_account(number), "deposit", wallet.id, value=amount)
    public, private = [_public(demo)], [_private(demo)]
    batch, gas = service.advance(
        [
            alice.sign(0, Transfer(bob.id, 5 * ETHER // 4 // GWEI)),
            bob.sign(0, Transfer(carol.id, 2 * ETHER // GWEI)),
            alice.sign(1, Transfer(carol.id, ETHER // 4 // GWEI)),
            carol.sign(0, Withdrawal(demo.receiver, 3 * ETHER // 2 // GWEI)),
        ]
    )
    console.print(f"the batch took 3 deposits and 4 transactions; {gas:,} gas")
    public.append(_public(demo))
    private.append(_private(demo))
    ledger.send(local_account(4), "claim", demo.receiver)
    public.append(_public(demo))
    private.append(_private(demo))

    try:
        ledger.send(session.signer, "advance", batch.output.encode(), b"")
    except ChainError as error:
        console.print(f"the same batch again: {error}")
    else:
        raise ChainError("the contract took the same batch twice")
    heads = ("deposits made", "batch applied", "claimed")
    console.print(_table("what everybody sees", public, heads))
    console.print(_table("what the operator sees", private, heads))
    rows = [("old root", batch.output.old_root), ("new root", batch.output.new_root)]
    console.print(summary_table([(name, "0x" + value.hex()) for name, value in rows], "the ledger's root"))
    return demo


def _public(demo: LedgerDemo) -> dict[str, str]:
    ask, node = demo.ledger.ask, demo.service.session.node
    return {
        "root": _short(ask("root")),
        "batches": str(ask("batchCount")),
        "deposits taken": f"{ask('depositsTaken')} of {ask('depositCount')}",
        "contract's ether": _ether(node.balance(demo.ledger.address)),
        "owed to receiver": _ether(ask("owed", demo.receiver)),
        "receiver's ether": _ether(node.balance(demo.receiver)),
    }


def _private(demo: LedgerDemo) -> dict[str, str]:
    state = demo.service.state
    accounts = [state.accounts.get(wallet.id) for wallet in demo.wallets]
    rows = {
        f"{name}'s balance": "none yet" if account is None else _ether(account.balance * GWEI)
        for name, account in zip(NAMES, accounts, strict=True)
    }
    return {**rows, "signatures": str(sum(a.nonce for a in accounts if a is not None))}


def _table(title: str, columns: Sequence[dict[str, str]], heads: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("", *heads):
        table.add_column(heading)
    for name in columns[0]:
        table.add_row(name, *(column[name] for column in columns))
    return table


def _ether(wei: Any) -> str:
    return f"{int(wei) / ETHER:.4g}"


def _short(word: Any) -> str:
    return f"0x{bytes(word).hex()[:12]}…"
