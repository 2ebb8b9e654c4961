"""Instruction words: bit patterns and the fields of MIPS instructions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zkm.isa.registers import SINK

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Value = int | IntArray
"""One number for all words of a group, or an int64 array with one number per word."""

NOP = 0
"""The word of `nop` (`sll $zero, $zero, 0`)."""

_DEFAULT_WIDTHS = {"rs": 5, "rt": 5, "rd": 5, "sa": 5, "imm": 16, "index": 26}


@dataclass(frozen=True)
class Pattern:
    """An encoding as the MIPS manual draws it: fixed bits and named fields, highest bit first.

    Written as words separated by blanks: binary digits are fixed, `rs rt rd sa imm index` have their
    usual widths, `name:width` any other. Example: "000000 rs rt rd 00000 100001".
    """

    text: str
    mask: int
    match: int
    fields: Mapping[str, tuple[int, int]]
    """Name to (lowest bit, width)."""

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Raises ValueError unless the parts fill 32 bits exactly."""
        mask = match = 0
        position = 32
        fields: dict[str, tuple[int, int]] = {}
        for part in text.split():
            if set(part) <= {"0", "1"}:
                width = len(part)
                position -= width
                mask |= ((1 << width) - 1) << max(position, 0)
                match |= int(part, 2) << max(position, 0)
            else:
                name, _, digits = part.partition(":")
                width = int(digits) if digits else _DEFAULT_WIDTHS[name]
                position -= width
                fields[name] = (position, width)
        if position != 0:
            raise ValueError(f"pattern {text!r} has {32 - position} bits")
        return cls(text, mask, match, fields)

    def encode(self, **values: int) -> int:
        """The instruction word with the given fields; fields left out are 0.

        Raises ValueError for an unknown field or a value that does not fit.
        """
        word = self.match
        for name, value in values.items():
            if name not in self.fields:
                raise ValueError(f"pattern {self.text!r} has no field {name}")
            position, width = self.fields[name]
            if not 0 <= value < 1 << width:
                raise ValueError(f"{name} = {value} does not fit {width} bits")
            word |= value << position
        return word


@dataclass(frozen=True)
class Vectors:
    """Where the kernel takes over: byte addresses of its entry points."""

    syscall: int
    breakpoint: int
    """`break` and the traps: ends with SIGTRAP."""
    arithmetic: int
    """Integer overflow and checked division by zero: ends with SIGFPE."""
    reserved: int
    """Kernel instructions executed outside the kernel: ends with SIGILL."""
    routines: Mapping[str, int] = field(default_factory=dict)
    """The float image's routines by name (zkm/kernel/float)."""

    def routine(self, name: str) -> int:
        """Address of a float routine; without it, floating-point arithmetic raises SIGILL."""
        return self.routines.get(name, self.reserved)


@dataclass(frozen=True, eq=False)
class Fields:
    """All words of one instruction with their surroundings; every array has one entry per word."""

    word: IntArray
    pc: IntArray
    slot_is_nop: BoolArray
    """The next word of the image exists and is a nop."""
    vectors: Vectors

    def bits(self, position: int, width: int) -> IntArray:
        """An unsigned field of `width` bits whose lowest bit is bit `position`."""
        return (self.word >> position) & ((1 << width) - 1)

    @property
    def rs(self) -> IntArray:
        """Bits 25-21: the first source register."""
        return self.bits(21, 5)

    @property
    def rt(self) -> IntArray:
        """Bits 20-16: the second source, or the destination."""
        return self.bits(16, 5)

    @property
    def rd(self) -> IntArray:
        """Bits 15-11: the destination, or a field's size."""
        return self.bits(11, 5)

    @property
    def sa(self) -> IntArray:
        """Bits 10-6: the shift amount, or a field's position."""
        return self.bits(6, 5)

    @property
    def immediate(self) -> IntArray:
        """The 16-bit immediate, zero-extended."""
        return self.bits(0, 16)

    @property
    def signed_immediate(self) -> IntArray:
        """The 16-bit immediate sign-extended to a 32-bit word, as an unsigned number."""
        return (self.immediate ^ 0x8000) - 0x8000 & 0xFFFFFFFF

    @property
    def offset(self) -> IntArray:
        """The signed 16-bit offset of a load or store plus 2^15 (`imm` of the memory row operations)."""
        return self.immediate ^ 0x8000

    @property
    def branch_target(self) -> IntArray:
        """Address a branch goes to: pc + 4 + 4 * signed immediate, mod 2^32."""
        return (self.pc + 4 + (self.signed_immediate << 2)) & 0xFFFFFFFF

    @property
    def jump_target(self) -> IntArray:
        """Address `j` and `jal` go to: the 256 MB region of the delay slot with a 26-bit word index."""
        return ((self.pc + 4) & 0xF0000000) | (self.bits(0, 26) << 2)


def destination(register: IntArray) -> IntArray:
    """The register index to write for a destination field: writes to `$zero` go to the sink.

    Soundness: index 0 then never is a destination, so register 0 keeps its initial value 0.
    """
    return np.where(register == 0, SINK, register)
