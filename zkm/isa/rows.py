"""The decoded program: one entry per row of the program table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

MICRO_STEP = 1 << 36
"""Row i of an instruction at pc has the address pc + i * MICRO_STEP, which no 32-bit jump target reaches."""

MAX_ROWS_PER_INSTRUCTION = 15
"""Rows of the longest instruction (`div`): all their addresses stay below the registers' (2^40)."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Structure of arrays, each of length n: every word of a memory image with its row operations.

    Image words are in ascending order of their address; the further rows of a word follow its first.

    address: int64, byte address of the word, plus i * MICRO_STEP for its row i.
    word: uint32, the image word; 0 for rows i > 0, which are no image words.
    code: uint8, number of the row operation (zkm.isa.rowops); 0 = data, no instruction.
    flags: uint8, the operation's extra flags.
    r1, r2, r3: uint8, register indexes; 0 where unused.
    imm: int64, immediate operand in [0, 2^32]; 0 where unused.
    """

    address: npt.NDArray[np.int64]
    word: npt.NDArray[np.uint32]
    code: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint8]
    r1: npt.NDArray[np.uint8]
    r2: npt.NDArray[np.uint8]
    r3: npt.NDArray[np.uint8]
    imm: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.address)

    def arrays(self) -> Iterator[npt.NDArray[np.generic]]:
        """The arrays in the order of the fields."""
        return (getattr(self, field.name) for field in fields(self))

    def keys(self) -> npt.NDArray[np.int64]:
        """Key of each row in the program table: int64 code + 2^8 flags + 2^12 r1 + 2^20 r2 + 2^28 r3."""
        parts = ((self.flags, 8), (self.r1, 12), (self.r2, 20), (self.r3, 28))
        key = self.code.astype(np.int64)
        for part, shift in parts:
            key += part.astype(np.int64) << shift
        return key

    def is_image_word(self) -> npt.NDArray[np.bool_]:
        """True for the rows that stand for a word of the image (row 0 of each word)."""
        return self.address < MICRO_STEP

    @classmethod
    def data(cls, addresses: npt.NDArray[np.int64], words: npt.NDArray[np.uint32]) -> Rows:
        """Rows of plain data: the words at the given ascending byte addresses, without instructions."""
        none = np.zeros(len(addresses), np.uint8)
        imm = np.zeros(len(addresses), np.int64)
        return cls(addresses.astype(np.int64), words.astype(np.uint32), none, none, none, none, none, imm)

    @classmethod
    def concatenate(cls, parts: list[Rows]) -> Rows:
        """The rows of several disjoint pieces of memory, given in ascending order of their addresses."""
        if not parts:
            return cls.data(np.zeros(0, np.int64), np.zeros(0, np.uint32))
        columns = zip(*(part.arrays() for part in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))
