"""A local Ganache 7: the other common development node, at its last hardfork."""

from __future__ import annotations

import shutil
import socket
import sys
from pathlib import Path
from typing import Final

from zkm.chain.accounts import MNEMONIC
from zkm.chain.process import LocalChain
from zkm.errors import ChainError

__all__ = ["CHAIN_ID", "Ganache"]

CHAIN_ID: Final = 1338


class Ganache(LocalChain):
    """A context manager around one Ganache process."""

    name = "ganache"
    listening = r"^RPC Listening on .*:(\d+)"

    def __init__(self, root: Path, port: int = 0, chain_id: int = CHAIN_ID) -> None:
        """`root` is the folder with node_modules."""
        super().__init__(port, chain_id)
        self._program = root / "node_modules" / "ganache" / "dist" / "node" / "cli.js"

    def command(self) -> list[str]:
        """With the funded accounts of the local mnemonic."""
        beside = Path(sys.executable).parent / "node"
        node = shutil.which(str(beside)) or shutil.which("node")
        if node is None or not self._program.exists():
            raise ChainError("ganache is not installed: run `make setup`")
        options = {
            "server.port": str(self.port or _free_port()),
            "chain.hardfork": "shanghai",
            "chain.chainId": str(self.chain_id),
            "wallet.mnemonic": MNEMONIC,
            "logging.quiet": "false",
        }
        return [node, str(self._program), *(f"--{name}={value}" for name, value in options.items())]


def _free_port() -> int:
    """A port that nobody listens on at the moment; Ganache cannot choose one by itself."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
