"""The instruction list as documentation: `python -m zkm.isa.describe > docs/instructions.md`."""

from __future__ import annotations

from collections.abc import Mapping

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


_WIDE = "needs 64-bit floating-point registers (FR = 1); here they have 32 bits, as o32 programs expect"

REFUSED: Mapping[str, str] = {
    "jalx": "enters MIPS16 code, which is another instruction set",
    "mfhi, mflo": "with a DSP accumulator, which no processor here has; QEMU does nothing where rd is $zero",
    "luxc1, suxc1": _WIDE,
    "cvt.l.s, cvt.l.d, cvt.s.l, cvt.d.l": _WIDE,
    "round.l.s, round.l.d, trunc.l.s, trunc.l.d": _WIDE,
    "ceil.l.s, ceil.l.d, floor.l.s, floor.l.d": _WIDE,
    "sdbbp": "calls a debugger; qemu-mips itself gives up",
}
"""Instructions that QEMU's 24Kf accepts in user mode and this machine does not, and why.

Words with reserved fields that are not zero, which QEMU overlooks, are refused, too.
"""

ACCEPTED: Mapping[str, str] = {
    "cache": "privileged to QEMU; programs that use it for their own code mean what a no-op does here"
}
"""The reverse."""


def _differences() -> str:
    lines = [f"| {names} | {reason} |" for names, reason in REFUSED.items()]
    lines += [f"| {names} (accepted here) | {reason} |" for names, reason in ACCEPTED.items()]
    return "\n".join(["| Instruction | Why |", "|---|---|", *lines]) + "\n"


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

What qemu-mips accepts as a 24Kf in user mode is accepted here, too, and the reverse, but for the words of
the first table; a test asks it about every value of every field that selects an instruction. A word whose
reserved fields are not zero, which QEMU overlooks, is refused.

{differences}
"""


def markdown_page() -> str:
    """The page docs/instructions.md."""
    lengths = [len(micro_operations(entry)) for entry in INSTRUCTIONS]
    introduction = _PAGE.format(
        mnemonics=len({entry.mnemonic for entry in INSTRUCTIONS}),
        entries=len(INSTRUCTIONS),
        single=lengths.count(1),
        longest=max(lengths),
        differences=_differences(),
    )
    return introduction + markdown_table()


if __name__ == "__main__":
    print(markdown_page(), end="")
