"""From Ape's objects to a session, and from results to what a person reads.

The scripts only name their options. Ape's objects are used as they come: nothing here imports Ape.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from zkm import api
from zkm.chain.artifacts import Artifact
from zkm.chain.node import Node
from zkm.chain.options import policy_of
from zkm.chain.session import Session
from zkm.chain.settlement import SettledStatement
from zkm.display import summary_table
from zkm.errors import ChainError, ZkmError
from zkm.params import PARAMETER_SETS
from zkm.proof import Proof

__all__ = [
    "ape_session",
    "artifacts_of",
    "bytes32",
    "query",
    "readable_errors",
    "register",
    "show_settled",
    "submit",
    "submit_batch",
    "watch",
]

LOCAL_NETWORKS = ("local", "local-fork")


class ApeSigner:
    """A :class:`zkm.chain.submission.Signer` around an account of Ape."""

    def __init__(self, account: Any, provider: Any) -> None:
        self._account = account
        self._ecosystem = provider.network.ecosystem

    @property
    def address(self) -> str:
        """The account's address."""
        return str(self._account.address)

    def sign(self, transaction: dict[str, Any]) -> bytes:
        """Signed and encoded; the account may ask a person first.

        Raises:
            ChainError: it does not sign.
        """
        signed = self._account.sign_transaction(self._ecosystem.create_transaction(**transaction))
        if signed is None:
            raise ChainError(f"{self.address} did not sign: nothing was sent")
        return bytes(signed.serialize_transaction())


@contextmanager
def readable_errors() -> Iterator[None]:
    """Errors that a user can act on end the script with one clear line."""
    try:
        yield
    except ZkmError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("interrupted: run this again to go on") from None
    except Exception as error:
        # Ape's own errors say what happened; users need that line and not our stack.
        if type(error).__module__.startswith("ape"):
            raise click.ClickException(f"{type(error).__name__}: {error}") from error
        raise


def artifacts_of(project: Any) -> Callable[[str], Artifact]:
    """The contracts of Ape's project by name, compiled when they are asked for."""

    def artifact(name: str) -> Artifact:
        kind = project.get_contract(name).contract_type
        abi = json.loads(kind.model_dump_json())["abi"]
        return Artifact(abi, bytes(kind.get_deployment_bytecode()), bytes(kind.get_runtime_bytecode() or b""))

    return artifact


@contextmanager
def ape_session(context: Any, provider: Any, **options: Any) -> Iterator[Session]:
    """The session that a script's options ask for.

    Args:
        context: Ape's command-line context.
        provider: the connected provider.
        options: what :func:`zkm.chain.options.paying_options` gave (nothing: a session that only reads),
            and keys and params.
    """
    console = Console(highlight=False)
    project = context.local_project

    with readable_errors():
        signer, policy = None, None
        keys, params = options.pop("keys", None), options.pop("params", "small")
        if options:
            policy = policy_of(options, int(provider.network.required_confirmations))
            signer = ApeSigner(_account(context, provider, options.pop("alias")), provider)
        yield Session(
            Node(provider.web3, say=console.print),
            Path(project.path),
            artifacts_of(project),
            signer=signer,
            keys=Path(keys) if keys else None,
            params=PARAMETER_SETS[params],
            policy=policy,
            force=options.pop("force", False),
            say=console.print,
        )


def _account(context: Any, provider: Any, alias: str | None) -> Any:
    manager = context.account_manager
    if alias is not None:
        return manager.load(alias)
    if provider.network.name not in LOCAL_NETWORKS and not _is_local(provider):
        raise ChainError("--account is needed on a network that is not local")
    return manager.test_accounts[0]


def _is_local(provider: Any) -> bool:
    from zkm.chain.local import LOCAL_CHAIN_IDS

    return int(provider.chain_id) in LOCAL_CHAIN_IDS


def bytes32(text: str | None, option: str) -> bytes | None:
    """32 bytes from an option's hexadecimal.

    Raises:
        ChainError: it is something else.
    """
    if text is None:
        return None
    if not re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", text):
        raise ChainError(f"{option} wants 32 bytes in hexadecimal, 0x…")
    return bytes.fromhex(text.removeprefix("0x"))


def submit(
    session: Session, elf: Path | None, arguments: tuple[str, ...], stdin: Path | None, **choices: Any
) -> None:
    """Deploy if need be, prove, settle, read back, and show a summary."""
    settlement = session.deploy(router=choices["router"])
    if elf is None:
        proof = session.prove_example(settlement)
    else:
        private = b"" if stdin is None else stdin.read_bytes()
        proof = session.prove(elf, arguments, stdin=private, slots=choices["slots"])
    found, gas = session.settle(settlement, proof)
    paid = "settled before, nothing was paid" if gas is None else f"{gas:,}"
    rows = [
        *proof.summary(),
        ("gas", paid),
        ("transaction", found.transaction),
        ("block", str(found.block)),
        ("submitter", found.submitter),
        ("settlement id", "0x" + found.id.hex()),
    ]
    Console(highlight=False).print(summary_table(rows, "settled"))


def register(
    session: Session, elf: Path, arguments: tuple[str, ...], name: str, uri: str, root: str | None
) -> None:
    """Register a program, and show what the contract says of it."""
    genesis = bytes32(root, "--genesis-root")
    key = api.program_key(elf, arguments, keys=session.keys)
    settlement = session.deploy()
    gas = session.register(settlement, key, name, uri, genesis)
    entry = settlement.program(session.signer.address, key)
    if entry is None:
        raise ChainError("the registration was not found on the chain after the transaction")
    rows = [
        ("program key", "0x" + key.hex()),
        ("registrar", session.signer.address),
        ("name", entry.name),
        ("uri", entry.uri),
        ("root", "0x" + entry.root.hex() if entry.rooted else "none"),
        ("transitions", str(entry.transitions)),
        ("gas", "registered before, nothing was paid" if gas is None else f"{gas:,}"),
    ]
    Console(highlight=False).print(summary_table(rows, "registered"))


def query(
    session: Session, form: str, *, identity: str | None, program: str | None, **selection: Any
) -> None:
    """Show what has been settled and is selected."""
    found = session.deployed().settled(
        identity=bytes32(identity, "--id"), program_vkey=bytes32(program, "--program"), **selection
    )
    show_settled(found, form)


def submit_batch(session: Session, files: Iterable[Path], kept: bool) -> None:
    """Settle proof files, and kept proofs, together."""
    proofs = [Proof.load(path) for path in files]
    if kept:
        proofs += session.proofs.all()
    if not proofs:
        raise ChainError("no proofs: name proof files, or --kept")
    for proof in proofs:
        api.verify(proof, keys=session.keys)
    console = Console(highlight=False)
    total = 0
    for count, gas in session.settle_batch(session.deploy(), proofs):
        total += count
        paid = "somebody else was faster" if gas is None else f"{gas:,} gas, {gas // count:,} each"
        console.print(f"settled {count}: {paid}")
    console.print(f"{total} of {len(proofs)} were new")


def show_settled(found: Iterable[SettledStatement], form: str) -> None:
    """Print settlements as a table, as JSON lines or as CSV."""
    rows = [_row(entry) for entry in found]
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
    elif form == "csv":
        writer = csv.DictWriter(sys.stdout, list(_row(EMPTY)))
        writer.writeheader()
        writer.writerows(rows)
    else:
        table = Table(title=f"{len(rows)} settled", title_justify="left")
        for heading in ("id", "program", "exit", "output", "submitter", "block"):
            table.add_column(heading, overflow="fold")
        for row in rows:
            output = _readable(bytes.fromhex(row["output"][2:]))
            table.add_row(
                row["id"],
                row["program_vkey"],
                str(row["exit_code"]),
                output,
                row["submitter"],
                str(row["block"]),
            )
        Console(highlight=False).print(table)


def watch(found: Iterable[SettledStatement], form: str, count: int | None) -> None:
    """Print settlements as they come, a line each; end after so many."""
    for number, entry in enumerate(found, 1):
        if form == "json":
            click.echo(json.dumps(_row(entry)))
        else:
            click.echo(
                f"block {entry.block}: 0x{entry.id.hex()} of program 0x{entry.program_vkey.hex()[:16]}…, "
                f"exit code {entry.exit_code}, {_readable(entry.output, 60)!r}"
            )
        if number == count:
            return


EMPTY = SettledStatement(b"", b"", "", 0, b"", 0, "")


def _row(entry: SettledStatement) -> dict[str, Any]:
    return {name: _hex(value) for name, value in asdict(entry).items()}


def _hex(value: object) -> object:
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _readable(output: bytes, limit: int = 120) -> str:
    """Printable text as it is, anything else in hexadecimal, shortened."""
    try:
        text = output.decode()
    except UnicodeDecodeError:
        text = ""
    if not text or not all(c.isprintable() or c == "\n" for c in text):
        text = "0x" + output.hex()
    text = text.rstrip("\n")
    return text if len(text) <= limit else text[: limit - 1] + "…"
