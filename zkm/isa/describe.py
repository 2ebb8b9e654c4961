"""The instruction list as documentation."""

from __future__ import annotations

import numpy as np

from zkm.isa.encoding import Fields, Vectors
from zkm.isa.instruction import Instruction
from zkm.isa.instructions import INSTRUCTIONS


def micro_operations(entry: Instruction) -> list[str]:
    """Names of the row operations of an entry, in order."""
    word = np.array([entry.pattern.match], np.int64)
    fields = Fields(word, np.zeros(1, np.int64), np.zeros(1, np.bool_), Vectors(0, 0, 0, 0))
    return [micro_row.operation.name for micro_row in entry.micro(fields)]


def markdown_table() -> str:
    """A markdown table of all entries: mnemonic, encoding, effect and rows."""
    lines = ["| instruction | encoding | effect | rows |", "|---|---|---|---|"]
    for entry in INSTRUCTIONS:
        kernel = " (kernel)" if entry.privileged else ""
        operations = ", ".join(f"`{name}`" for name in micro_operations(entry))
        effect = entry.summary.replace("|", "\\|")
        lines.append(f"| {entry.name}{kernel} | `{entry.pattern.text}` | {effect} | {operations} |")
    return "\n".join(lines) + "\n"
