"""A local Anvil for demonstrations and tests, stopped in every case.

`python -m zkm.chain.anvil -- COMMAND…` runs a command beside a fresh chain; Ape's foundry provider
finds it through `APE_FOUNDRY_HOST`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from zkm.errors import ChainError

__all__ = ["Anvil", "find_anvil", "free_port"]

MNEMONIC = "test test test test test test test test test test test junk"
"""The mnemonic of every local chain's funded accounts; known to everybody."""

START_LIMIT = 30.0
"""Seconds until a start counts as failed. Anvil answers after 0.1 s; a loaded machine needs more."""


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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


class Anvil:
    """A context manager around one Anvil process.

    Attributes:
        url: where it answers JSON-RPC.
        chain_id: its chain id.
    """

    def __init__(self, port: int | None = None, chain_id: int = 31337) -> None:
        self.port = free_port() if port is None else port
        self.chain_id = chain_id
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it and wait until it answers.

        Raises:
            ChainError: not installed, ended at once, or silent for half a minute.
        """
        command = [find_anvil(), "--port", self.port, "--chain-id", self.chain_id, "--silent"]
        command += ["--mnemonic", MNEMONIC]
        self._process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def _wait(self) -> None:
        process = self._process
        assert process is not None
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            if process.poll() is not None:
                said = process.stderr.read().decode(errors="replace") if process.stderr else ""
                raise ChainError(f"anvil ended with {process.returncode}: {said.strip()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise ChainError(f"anvil did not answer within {START_LIMIT:.0f} s")

    def stop(self) -> None:
        """End the process; a second call does nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def main(arguments: Sequence[str]) -> int:
    """Run a command beside a fresh chain; its exit code is ours."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        print("usage: python -m zkm.chain.anvil -- COMMAND [ARG]...", file=sys.stderr)
        return 2
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
