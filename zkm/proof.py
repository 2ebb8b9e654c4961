"""A finished proof: the statement, the bytes for the contract, and how they were made.

The file format is JSON, readable by people and by any language: hexadecimal strings with 0x.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from zkm.errors import ProofError
from zkm.formats.json_text import parse_json
from zkm.params import PARAMETER_SETS, ParameterSet
from zkm.verify.statement import Statement

__all__ = ["FORMAT", "Proof", "ProofStatistics"]

FORMAT: Final = "zkm proof 1"
"""Name and version of the file format."""

MAX_FILE_BYTES: Final = 1 << 26
"""Longer files are not read: the output is the only part without a small bound."""


@dataclass(frozen=True)
class ProofStatistics:
    """How a proof was made; not part of what it says, and not stored with it.

    Attributes:
        instructions: executed MIPS instructions.
        rows: executed rows.
        cells: committed cells.
        seconds: seconds per stage, in order.
    """

    instructions: int
    rows: int
    cells: int
    seconds: dict[str, float]


@dataclass(frozen=True)
class Proof:
    """A proof that can be settled.

    Attributes:
        statement: what it says.
        params: the parameter set.
        proof: the `proof` argument of the contract's `verify`.
        statistics: how it was made, if this process made it.
    """

    statement: Statement
    params: ParameterSet
    proof: bytes
    statistics: ProofStatistics | None = field(default=None, compare=False)

    def save(self, path: Path | str) -> None:
        """Write the proof as JSON."""
        Path(path).write_text(self.to_json())

    def to_json(self) -> str:
        """The text of a proof file."""
        content = {
            "format": FORMAT,
            "parameters": self.params.name,
            "version": _hex(self.statement.version),
            "programVKey": _hex(self.statement.program_vkey),
            "exitCode": self.statement.exit_code,
            "output": _hex(self.statement.output),
            "proof": _hex(self.proof),
        }
        return json.dumps(content, indent=2) + "\n"

    @staticmethod
    def load(path: Path | str) -> Proof:
        """Read what :meth:`save` wrote.

        Raises:
            ProofError: the file is no proof of this format.
            OSError: the file cannot be read.
        """
        with Path(path).open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise ProofError(f"{path}: longer than {MAX_FILE_BYTES} bytes")
        try:
            content = parse_json(data)
        except ValueError as error:
            raise ProofError(f"{path}: not JSON: {error}") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ProofError(f"{path}: not a file of format '{FORMAT}'")
        name = content.get("parameters")
        if not isinstance(name, str) or name not in PARAMETER_SETS:
            raise ProofError(f"{path}: unknown parameter set {name!r}")
        exit_code = content.get("exitCode")
        if type(exit_code) is not int or not 0 <= exit_code < 1 << 32:
            raise ProofError(f"{path}: 'exitCode' is not an integer of 32 bits")
        statement = Statement(
            _bytes(path, content, "version", 32),
            _bytes(path, content, "programVKey", 32),
            exit_code,
            _bytes(path, content, "output"),
        )
        return Proof(statement, PARAMETER_SETS[name], _bytes(path, content, "proof"))

    def summary(self) -> list[tuple[str, str]]:
        """Names and values for a person."""
        statement = self.statement
        rows = [
            ("program key", _hex(statement.program_vkey)),
            ("exit code", str(statement.exit_code)),
            ("output", _shown(statement.output)),
            ("proof", f"{len(self.proof):,} bytes"),
        ]
        if self.statistics is not None:
            statistics = self.statistics
            rows += [
                ("instructions", f"{statistics.instructions:,}"),
                ("committed cells", f"{statistics.cells:,}"),
            ]
            rows += [(name, f"{value:.2f} s") for name, value in statistics.seconds.items()]
            rows.append(("all stages", f"{sum(statistics.seconds.values()):.2f} s"))
        return rows


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _shown(output: bytes, limit: int = 200) -> str:
    try:
        text = output.decode().rstrip("\n")
    except UnicodeDecodeError:
        text = _hex(output)
    if not text.isprintable():
        text = repr(text)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(output):,} bytes)"


def _bytes(path: Path | str, content: dict[str, Any], key: str, length: int | None = None) -> bytes:
    text = content.get(key)
    if not isinstance(text, str) or not text.startswith("0x"):
        raise ProofError(f"{path}: '{key}' is not a hexadecimal string 0x…")
    try:
        data = bytes.fromhex(text[2:])
    except ValueError as error:
        raise ProofError(f"{path}: '{key}' is not hexadecimal") from error
    if 2 * len(data) + 2 != len(text):
        raise ProofError(f"{path}: '{key}' has blanks")
    if length is not None and len(data) != length:
        raise ProofError(f"{path}: '{key}' has {len(data)} bytes instead of {length}")
    return data
