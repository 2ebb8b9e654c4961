"""A local Anvil for demonstrations and tests, stopped in every case.

`python -m zkm.chain.anvil -- COMMAND…` runs a command beside a fresh chain; Ape's foundry provider
finds it through `APE_FOUNDRY_HOST`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from zkm.chain.accounts import MNEMONIC
from zkm.chain.process import LocalChain
from zkm.errors import ChainError

__all__ = ["Anvil", "find_anvil"]


def find_anvil() -> Path:
    """The anvil program: beside our interpreter, else on the PATH.

    Raises:
        ChainError: there is none.
    """
    beside = Path(sys.executable).parent / "anvil"
    found = shutil.which(str(beside)) or shutil.which("anvil")
    if found is None:
        raise ChainError("anvil is not installed: run `make setup`")
    return Path(found)


class Anvil(LocalChain):
    """A context manager around one Anvil process."""

    name = "anvil"
    listening = r"^Listening on .*:(\d+)$"

    def command(self) -> list[str]:
        """With the funded accounts of :data:`MNEMONIC`."""
        command = [str(find_anvil()), "--port", str(self.port), "--chain-id", str(self.chain_id)]
        return [*command, "--mnemonic", MNEMONIC]


def _end(number: int, _frame: object) -> None:
    """Leave by the same way as at the end, so that the command and Anvil are stopped."""
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    """Run a command beside a fresh chain; its exit code is ours."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        print("usage: python -m zkm.chain.anvil -- COMMAND [ARG]...", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        with Anvil() as chain:
            environment = dict(os.environ, APE_FOUNDRY_HOST=chain.url)
            return subprocess.run(command, env=environment, check=False).returncode
    except ChainError as error:
        print(f"zkm: {error}", file=sys.stderr)
        return 125
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
