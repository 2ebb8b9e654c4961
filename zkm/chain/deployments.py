"""Which contracts were deployed where: one JSON file per chain id.

Ape's own record of a local network lives in memory only, so that the next `ape run` would deploy
anew. An entry of a chain that is gone (a local chain was restarted) is detected by the code
hash and replaced.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from zkm.chain.files import replace_text
from zkm.errors import ChainError
from zkm.formats.json_text import parse_json

__all__ = ["Deployment", "Deployments"]


@dataclass(frozen=True)
class Deployment:
    """One deployed contract.

    Attributes:
        name: the contract's name.
        address: checksummed address.
        code_hash: keccak256 of the deployed code, 0x-prefixed.
        version: the version of verifier and proofs it belongs to, 0x-prefixed.
    """

    name: str
    address: str
    code_hash: str
    version: str

    def is_current(self, code: bytes, version: bytes) -> bool:
        """True if `code` (found at the address now) is what was deployed, for this version."""
        return self.has_code(code) and self.version == "0x" + version.hex()

    def has_code(self, code: bytes) -> bool:
        """True if `code` (found at the address now) is what was deployed."""
        return bool(code) and self.code_hash == "0x" + keccak(code).hex()


class Deployments:
    """The deployments on one chain, kept in `FOLDER/CHAIN_ID.json`."""

    def __init__(self, folder: Path, chain_id: int) -> None:
        """Raises:
        ChainError: the file exists and cannot be understood.
        """
        self.path = folder / f"{chain_id}.json"
        self._entries: dict[str, Deployment] = {}
        if self.path.exists():
            self._entries = _read(self.path)

    def get(self, name: str) -> Deployment | None:
        """The recorded deployment of a contract, if there is one."""
        return self._entries.get(name)

    def record(self, name: str, address: str, code: bytes, version: bytes) -> Deployment:
        """Write down a deployment, replacing an earlier one of the same name.

        The file is replaced as a whole, so that an interruption leaves the old or the new one.
        """
        code_hash = "0x" + keccak(code).hex()
        entry = Deployment(name, address, code_hash, "0x" + version.hex())
        self._entries[name] = entry
        text = json.dumps({key: asdict(e) for key, e in self._entries.items()}, indent=2)
        replace_text(self.path, text + "\n")
        return entry


def _read(path: Path) -> dict[str, Deployment]:
    try:
        content: Any = parse_json(path.read_text())
        return {name: Deployment(**entry) for name, entry in content.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ChainError(f"{path} is no record of deployments: {error}") from error
