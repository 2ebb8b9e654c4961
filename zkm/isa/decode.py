"""From instruction words to rows, for a whole text at once.

The work is done per entry of the instruction list on all of its words together, so that decoding a
large binary takes a fraction of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zkm.errors import ProgramError
from zkm.isa.encoding import NOP, BoolArray, Fields, IntArray, Vectors
from zkm.isa.families.system import reserved
from zkm.isa.instruction import Instruction, Micro
from zkm.isa.instructions import INSTRUCTIONS
from zkm.isa.registers import REGISTER_COUNT, shadow
from zkm.isa.rows import MICRO_STEP, Rows

KERNEL_BASE = 0x80000000
"""Kernel instructions are decoded at this address and above only."""

FLOAT_BASE, FLOAT_END = 0x80020000, 0x80040000
"""Code at these addresses, the float image, runs with the shadow registers."""

_SHADOW = np.array([shadow(register) for register in range(REGISTER_COUNT)], np.uint8)
_OPCODE_BIT = 26


def decode(
    addresses: IntArray, words: npt.NDArray[np.uint32], vectors: Vectors, max_rows: int | None = None
) -> Rows:
    """The rows of text words.

    addresses: int64[n], ascending multiples of 4 below 2^32; words: uint32[n], the words there.
    Words that are no instruction of the list get a row with code 0: reaching one is a fault.

    Raises:
        ProgramError: the words need more than `max_rows` rows.
    """
    text = _Text.of(addresses, words, vectors)
    groups = _match(text)
    row_count = np.ones(len(text.words), np.int64)
    for micro, positions in groups:
        row_count[positions] = len(micro(text.fields(positions[:1])))
    total = int(row_count.sum())
    if max_rows is not None and total > max_rows:
        raise ProgramError(f"{len(text.words)} words of code need {total} rows (allowed: {max_rows})")
    return _place(text, groups, row_count)


@dataclass(frozen=True, eq=False)
class _Text:
    """Words with the surroundings that decoding looks at."""

    addresses: IntArray
    words: IntArray
    slot_is_nop: BoolArray
    vectors: Vectors

    @classmethod
    def of(cls, addresses: IntArray, words: npt.NDArray[np.uint32], vectors: Vectors) -> _Text:
        addresses, wide = addresses.astype(np.int64), words.astype(np.int64)
        slot_is_nop = np.zeros(len(wide), np.bool_)
        slot_is_nop[:-1] = (wide[1:] == NOP) & (np.diff(addresses) == 4)
        return cls(addresses, wide, slot_is_nop, vectors)

    def fields(self, positions: IntArray) -> Fields:
        return Fields(
            self.words[positions], self.addresses[positions], self.slot_is_nop[positions], self.vectors
        )


def _match(text: _Text) -> list[tuple[Micro, IntArray]]:
    """The micro-code of each instruction with the positions of its words, none empty."""
    groups: list[tuple[Micro, IntArray]] = []
    for entry, positions in _match_entries(text):
        if entry.privileged:
            in_kernel = text.addresses[positions] >= KERNEL_BASE
            groups.append((reserved, positions[~in_kernel]))
            positions = positions[in_kernel]
        groups.append((entry.micro, positions))
    return [(micro, positions) for micro, positions in groups if len(positions)]


def _match_entries(text: _Text) -> list[tuple[Instruction, IntArray]]:
    """Each entry of the instruction list with the positions of its words; the first match counts."""
    opcode = text.words >> _OPCODE_BIT
    by_opcode = np.argsort(opcode, kind="stable")
    ends = np.searchsorted(opcode[by_opcode], np.arange(65))
    # Positions not matched so far, per opcode: every pattern fixes the opcode.
    rest = [by_opcode[ends[number] : ends[number + 1]] for number in range(64)]
    matched = []
    for entry in INSTRUCTIONS:
        number = entry.pattern.match >> _OPCODE_BIT
        candidates = rest[number]
        if not len(candidates):
            continue
        hit = (text.words[candidates] & entry.pattern.mask) == entry.pattern.match
        if entry.valid is not None:
            hit &= entry.valid(text.fields(candidates))
        rest[number] = candidates[~hit]
        matched.append((entry, candidates[hit]))
    return matched


def _place(text: _Text, groups: list[tuple[Micro, IntArray]], row_count: IntArray) -> Rows:
    """Lays the groups' rows out in the order of Rows; words of no group get a row without operation."""
    first = np.cumsum(row_count) - row_count
    total = int(row_count.sum())
    word_of_row = np.repeat(np.arange(len(text.words)), row_count)
    step = np.arange(total, dtype=np.int64) - first[word_of_row]
    word = np.where(step == 0, text.words[word_of_row], 0).astype(np.uint32)
    code, flags, r1, r2, r3 = (np.zeros(total, np.uint8) for _ in range(5))
    imm = np.zeros(total, np.int64)
    for micro, positions in groups:
        micro_code = micro(text.fields(positions))
        for index, micro_row in enumerate(micro_code):
            at = first[positions] + index
            more = index < len(micro_code) - 1
            code[at] = micro_row.operation.code
            flags[at] = micro_row.flags + (micro_row.operation.flag_bit("u") if more else 0)
            r1[at], r2[at], r3[at], imm[at] = micro_row.r1, micro_row.r2, micro_row.r3, micro_row.imm
    address = text.addresses[word_of_row]
    shadowed = (address >= FLOAT_BASE) & (address < FLOAT_END)
    for register in (r1, r2, r3):
        register[shadowed] = _SHADOW[register[shadowed]]
    return Rows(address + step * MICRO_STEP, word, code, flags, r1, r2, r3, imm)
