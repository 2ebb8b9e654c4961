"""What the Ape scripts do, in one place: the scripts only name their options.

A :class:`Session` is one `ape run` on a connected network. Errors that a user can act on end the script
with one clear line.
"""

from __future__ import annotations

import re
import secrets
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from typing_extensions import Self

from zkm import api
from zkm.chain import settlement as chain
from zkm.display import TerminalProgress, summary_table
from zkm.errors import ChainError, ZkmError
from zkm.wrap.keys import Keys

__all__ = ["EXAMPLE_GUEST", "Session"]

EXAMPLE_GUEST = Path("examples/guests/sha256/sha256.elf")
EXAMPLE_INPUT_BYTES = 1000
LOCAL_NETWORKS = ("local", "local-fork")


def _bytes32(text: str | None, option: str) -> bytes | None:
    if text is None:
        return None
    if not re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", text):
        raise ChainError(f"{option} wants 32 bytes in hexadecimal, 0x…")
    return bytes.fromhex(text.removeprefix("0x"))


class Session:
    """One script on one network.

    Args:
        context: the Ape command-line context (its account and project managers are used).
        provider: the connected provider.
        alias: the paying account's alias; None takes the first test account of a local network.
        keys: folder of the proving keys; None is the default one.
    """

    def __init__(
        self, context: Any, provider: Any, alias: str | None = None, keys: str | None = None
    ) -> None:
        self._context = context
        self._provider = provider
        self._alias = alias
        self._keys = Path(keys) if keys else None
        self._console = Console(highlight=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, ZkmError):
            raise click.ClickException(str(error)) from error
        # Ape's own errors (a revert with its custom error, missing funds, a dead node) say what happened;
        # users need that line and not our stack.
        if isinstance(error, Exception) and type(error).__module__.startswith("ape"):
            raise click.ClickException(f"{type(error).__name__}: {error}") from error

    @property
    def _project(self) -> Any:
        return self._context.local_project

    @property
    def _folder(self) -> Path:
        return Path(self._project.path) / "deployments"

    def _account(self) -> Any:
        manager = self._context.account_manager
        if self._alias is not None:
            return manager.load(self._alias)
        if self._provider.network.name not in LOCAL_NETWORKS:
            raise ChainError("--account is needed on a network that is not local")
        return manager.test_accounts[0]

    def _say(self, text: str) -> None:
        self._console.print(text)

    @cached_property
    def _loaded_keys(self) -> Keys:
        with TerminalProgress() as progress:
            return api.setup(keys=self._keys, progress=progress)

    def deploy(self) -> Any:
        """The settlement contract for our keys, deployed if need be."""
        keys = self._loaded_keys
        source = Path(self._project.path) / "contracts" / "generated" / "ZkmVerifier.sol"
        text = api.contract_source(keys=keys)
        if not source.exists() or source.read_text() != text:
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(text)
        return chain.deploy(
            self._project, self._account(), self._provider, self._folder, keys.version, self._say
        )

    def prove_and_submit(self, elf: Path | None, stdin: Path | None) -> None:
        """Deploy if need be, prove, settle, read back, and show a summary."""
        contract = self.deploy()
        example = elf is None
        path = Path(self._project.path) / EXAMPLE_GUEST if elf is None else elf
        if stdin is not None:
            private = stdin.read_bytes()
        else:
            private = secrets.token_bytes(EXAMPLE_INPUT_BYTES) if example else b""
        with TerminalProgress() as progress:
            proof = api.prove(path, stdin=private, keys=self._loaded_keys, progress=progress)
        receipt = chain.settle(contract, self._account(), proof)
        statement = proof.statement
        identity = chain.settlement_id(
            self._provider.chain_id,
            contract.address,
            statement.program_vkey,
            statement.exit_code,
            statement.output,
        )
        found = chain.find_settled(contract, identity=identity)
        if len(found) != 1 or found[0].output != statement.output:
            raise ChainError("the settlement was not found on the chain after the transaction")
        rows = [
            *proof.summary(),
            ("gas", f"{receipt.gas_used:,}"),
            ("transaction", str(receipt.txn_hash)),
            ("block", str(found[0].block)),
            ("settlement id", "0x" + identity.hex()),
        ]
        self._console.print(summary_table(rows, "settled"))

    def query(self, identity: str | None, program: str | None) -> None:
        """Show settlements as a table."""
        contract = chain.deployed_settlement(self._project, self._provider, self._folder)
        found = chain.find_settled(
            contract,
            identity=_bytes32(identity, "--id"),
            program_vkey=_bytes32(program, "--program"),
        )
        table = Table(title=f"{len(found)} settled on chain {self._provider.chain_id}", title_justify="left")
        for heading in ("id", "program", "exit", "output", "submitter", "block"):
            table.add_column(heading, overflow="fold")
        for entry in found:
            table.add_row(
                "0x" + entry.id.hex(),
                "0x" + entry.program_vkey.hex(),
                str(entry.exit_code),
                _readable(entry.output),
                entry.submitter,
                str(entry.block),
            )
        self._console.print(table)


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
