"""A local node as a child process: started, asked until it listens, and stopped in every case."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Final

from typing_extensions import Self

from zkm.errors import ChainError

__all__ = ["LocalChain"]

START_LIMIT: Final = 30.0
"""Seconds until a start counts as failed. Anvil answers after 0.1 s; a loaded machine needs more."""

MAX_LOG: Final = 1 << 16
"""Bytes of the node's log that a start looks at."""


class LocalChain:
    """A context manager around one node process.

    Attributes:
        port: the TCP port of the loopback address; 0 until it has started, unless given.
        chain_id: its chain id.
    """

    name = ""
    listening = ""
    """What it says when it answers, with its port in a group."""

    def __init__(self, port: int = 0, chain_id: int = 31337) -> None:
        """`port` 0 takes one that nobody listens on."""
        self.port = port
        self.chain_id = chain_id
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers JSON-RPC."""
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """The command that starts it.

        Raises:
            ChainError: it is not installed.
        """
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Start it and wait until it answers.

        Raises:
            ChainError: not installed, ended at once, or silent for half a minute.
        """
        command = self.command()
        # Where the kernel can do it (util-linux), the node ends even if we are killed.
        setpriv = shutil.which("setpriv")
        if setpriv is not None:
            command = [setpriv, "--pdeathsig", "TERM", *command]
        with tempfile.TemporaryFile() as log:
            # A file and no pipe: nobody has to read what it goes on saying.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
            try:
                self.port = self._wait(self._process, log.fileno())
            except BaseException:
                self.stop()
                raise
        return self

    def _wait(self, process: subprocess.Popen[bytes], log: int) -> int:
        """The port, once the node says that it listens."""
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            ended = process.poll()
            said = os.pread(log, MAX_LOG, 0).decode(errors="replace")
            listening = re.search(self.listening, said, re.MULTILINE)
            if listening is not None:
                return int(listening[1])
            if ended is not None:
                raise ChainError(f"{self.name} ended with {ended}: {said.strip()[-500:]}")
            time.sleep(0.02)
        raise ChainError(f"{self.name} did not answer within {START_LIMIT:.0f} s")

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
