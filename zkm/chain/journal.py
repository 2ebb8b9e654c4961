"""Transactions that were signed and are not final: written down before they are sent.

Whatever ends a script (the node, the machine, a person), the next one finds here what is under way and
goes on with it, instead of paying twice.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from zkm.chain.files import replace_text
from zkm.errors import ChainError
from zkm.formats.json_text import parse_json

__all__ = ["Journal", "Pending"]


@dataclass(frozen=True)
class Pending:
    """A signed transaction.

    Attributes:
        genesis: hash of the chain's block 0.
        sender: who pays.
        nonce: its number among the sender's.
        to: the contract; None where one is created.
        data: the calldata, 0x-prefixed.
        gas: the gas limit.
        max_fee: the highest price per gas that is offered, in wei.
        tip: the part of it beyond the base fee.
        hash: the transaction's hash.
        raw: the signed transaction, 0x-prefixed.
        replaced: hashes of those with the same nonce that offered less; one of them may be mined instead.
    """

    genesis: str
    sender: str
    nonce: int
    to: str | None
    data: str
    gas: int
    max_fee: int
    tip: int
    hash: str
    raw: str
    replaced: tuple[str, ...] = ()


class Journal:
    """The pending transactions of one chain id, one file `FOLDER/CHAIN_ID/KEY.json` for each purpose."""

    def __init__(self, folder: Path, chain_id: int) -> None:
        self.folder = folder / str(chain_id)

    def get(self, key: str) -> Pending | None:
        """What was sent for a purpose.

        Raises:
            ChainError: the file cannot be understood.
        """
        path = self._path(key)
        try:
            entry = parse_json(path.read_text())
            return Pending(**{**entry, "replaced": tuple(entry["replaced"])})
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ChainError(f"{path} is no record of a transaction: {error}") from error

    def put(self, key: str, pending: Pending) -> None:
        """Write down what will be sent; replaces what was sent for the same purpose."""
        replace_text(self._path(key), json.dumps(asdict(pending), indent=2) + "\n")

    def drop(self, key: str) -> None:
        """Forget what is final, or will never be in a block."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"
