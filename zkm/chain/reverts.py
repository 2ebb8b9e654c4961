"""Why a transaction reverted, in words: custom errors by their ABI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

__all__ = ["Errors"]

Abi = Iterable[Mapping[str, Any]]

STANDARD: Final = (
    {"name": "Error", "inputs": [{"name": "message", "type": "string"}]},
    {"name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)
"""What Solidity itself reverts with."""


class Errors:
    """The custom errors of some contracts, with an explanation for those that users meet."""

    def __init__(self, *abis: Abi, explanations: Mapping[str, str] | None = None) -> None:
        self._explanations = explanations or {}
        self._errors: dict[bytes, Mapping[str, Any]] = {}
        found = [entry for abi in abis for entry in abi if entry["type"] == "error"]
        for entry in [*STANDARD, *found]:
            types = ",".join(part["type"] for part in entry["inputs"])
            self._errors[keccak(f"{entry['name']}({types})".encode())[:4]] = entry

    def name(self, data: bytes) -> str | None:
        """The error's name, if we know it."""
        entry = self._errors.get(data[:4])
        return None if entry is None else str(entry["name"])

    def explain(self, data: bytes) -> str:
        """One line: the error with its arguments, and what it means."""
        if not data:
            return "reverted without a reason"
        entry = self._errors.get(data[:4])
        if entry is None:
            return f"reverted with unknown data 0x{data[:36].hex()}"
        inputs = entry["inputs"]
        try:
            values = decode([part["type"] for part in inputs], data[4:])
        except DecodingError:
            return f"{entry['name']} with arguments that are not its own"
        shown = ", ".join(
            f"{part['name']}={_shown(value)}" for part, value in zip(inputs, values, strict=True)
        )
        meaning = self._explanations.get(entry["name"])
        return f"{entry['name']}({shown})" + (f": {meaning}" if meaning else "")


def _shown(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
