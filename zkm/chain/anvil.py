"""A local Anvil for demonstrations and tests, stopped in every case.

`python -m zkm.chain.anvil -- COMMAND…` runs a command beside a fresh chain; Ape's foundry provider
finds it through `APE_FOUNDRY_HOST`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from zkm.errors import ChainError

__all__ = ["Anvil", "find_anvil"]

MNEMONIC = "test test test test test test test test test test test junk"
"""The mnemonic of every local chain's funded accounts; known to everybody."""

START_LIMIT = 30.0
"""Seconds until a start counts as failed. Anvil answers after 0.1 s; a loaded machine needs more."""

MAX_LOG = 1 << 16
"""Bytes of Anvil's log that a start looks at."""


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
        port: the TCP port of the loopback address; 0 until it has started, unless given.
        chain_id: its chain id.
    """

    def __init__(self, port: int = 0, chain_id: int = 31337) -> None:
        """`port` 0 takes one that nobody listens on."""
        self.port = port
        self.chain_id = chain_id
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers JSON-RPC."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Start it and wait until it answers.

        Raises:
            ChainError: not installed, ended at once, or silent for half a minute.
        """
        command = [str(find_anvil()), "--port", str(self.port), "--chain-id", str(self.chain_id)]
        command += ["--mnemonic", MNEMONIC]
        # Where the kernel can do it (util-linux), Anvil ends even if we are killed.
        setpriv = shutil.which("setpriv")
        if setpriv is not None:
            command = [setpriv, "--pdeathsig", "TERM", *command]
        with tempfile.TemporaryFile() as log:
            # A file and no pipe: nobody has to read what Anvil goes on saying.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
            try:
                self.port = self._wait(self._process, log.fileno())
            except BaseException:
                self.stop()
                raise
        return self

    @staticmethod
    def _wait(process: subprocess.Popen[bytes], log: int) -> int:
        """The port, once Anvil says that it listens."""
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            ended = process.poll()
            said = os.pread(log, MAX_LOG, 0).decode(errors="replace")
            listening = re.search(r"^Listening on .*:(\d+)$", said, re.MULTILINE)
            if listening is not None:
                return int(listening[1])
            if ended is not None:
                raise ChainError(f"anvil ended with {ended}: {said.strip()[-500:]}")
            time.sleep(0.02)
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


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
