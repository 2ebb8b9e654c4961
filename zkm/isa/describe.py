"""The instruction list as documentation: `python -m zkm.isa.describe > docs/instructions.md`."""

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
    lines = ["| Instruction | Encoding | Effect | Rows |", "|---|---|---|---|"]
    for entry in INSTRUCTIONS:
        kernel = " (kernel)" if entry.privileged else ""
        operations = ", ".join(f"`{name}`" for name in micro_operations(entry))
        effect = entry.summary.replace("|", "\\|")
        lines.append(f"| {entry.name}{kernel} | `{entry.pattern.text}` | {effect} | {operations} |")
    return "\n".join(lines) + "\n"


_PAGE = """\
# The instructions

This page is made from the code (`python -m zkm.isa.describe > docs/instructions.md`); a test compares it.

{mnemonics} MIPS instructions in {entries} entries. An entry with parentheses is a special form that needs
cheaper rows; the first entry that matches a word counts. Each entry becomes the row operations of its last
column, one executed row each ([tables.md](tables.md) says what they do): {single} entries need one row, the
longest needs {longest}. Kernel instructions exist at addresses from 0x80000000 on, elsewhere they raise
SIGILL.

A branch whose delay slot holds a nop is decoded together with it: the nop then costs no row. A branch or
jump in a delay slot is refused (the manual: UNPREDICTABLE). Words that match no entry are data; reaching one
is a fault.

"""


def markdown_page() -> str:
    """The page docs/instructions.md."""
    lengths = [len(micro_operations(entry)) for entry in INSTRUCTIONS]
    introduction = _PAGE.format(
        mnemonics=len({entry.mnemonic for entry in INSTRUCTIONS}),
        entries=len(INSTRUCTIONS),
        single=lengths.count(1),
        longest=max(lengths),
    )
    return introduction + markdown_table()


if __name__ == "__main__":
    print(markdown_page(), end="")
