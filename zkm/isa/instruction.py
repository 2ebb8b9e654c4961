"""What an entry of the instruction list is: a mnemonic, its encoding and its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zkm.isa.encoding import BoolArray, Fields, Pattern, Value
from zkm.isa.rowops import ROW_OP, RowOp


@dataclass(frozen=True, eq=False)
class MicroRow:
    """One row of an instruction's micro-code, for all words of a group at once."""

    operation: RowOp
    r1: Value
    r2: Value
    r3: Value
    imm: Value
    flags: Value
    """Bits of the extra flags without `u`, which the decoder sets."""


MicroCode = list[MicroRow]
Micro = Callable[[Fields], MicroCode]


def row(
    name: str, *, r1: Value = 0, r2: Value = 0, r3: Value = 0, imm: Value = 0, **flags: Value
) -> MicroRow:
    """A row of the operation `name` (zkm.isa.rowops); extra flags by their names, 0 or 1."""
    operation = ROW_OP[name]
    bits: Value = 0
    for flag, value in flags.items():
        bits = bits + value * operation.flag_bit(flag)
    return MicroRow(operation, r1, r2, r3, imm, bits)


@dataclass(frozen=True, eq=False)
class Instruction:
    """One entry of the instruction list.

    An instruction may have several entries: a special form (`rt` = 0 in `addu` is a plain move) stands
    before the general one and needs cheaper rows.
    """

    mnemonic: str
    form: str
    """What distinguishes a special form, for example "rt = 0"; empty for the general one."""
    pattern: Pattern
    micro: Micro
    valid: Callable[[Fields], BoolArray] | None = None
    """Which words that match the pattern are this instruction; None: all."""
    privileged: bool = False
    """True if it exists in the kernel only; elsewhere it raises SIGILL."""

    @property
    def name(self) -> str:
        """Unique name: the mnemonic, with the special form in parentheses."""
        return f"{self.mnemonic} ({self.form})" if self.form else self.mnemonic

    @property
    def summary(self) -> str:
        """First line of the micro-code's documentation."""
        return (self.micro.__doc__ or "").strip().split("\n")[0]

    def encode(self, **fields: int) -> int:
        """The instruction word with the given fields (see Pattern.encode)."""
        return self.pattern.encode(**fields)


def instruction(
    mnemonic: str,
    pattern: str,
    *,
    form: str = "",
    valid: Callable[[Fields], BoolArray] | None = None,
    privileged: bool = False,
) -> Callable[[Micro], Instruction]:
    """Decorator: makes an entry of the instruction list out of the function that gives its rows."""

    def make(micro: Micro) -> Instruction:
        return Instruction(mnemonic, form, Pattern.parse(pattern), micro, valid, privileged)

    return make
