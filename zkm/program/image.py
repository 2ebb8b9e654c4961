"""Pieces of memory → words, decoded rows and the word ranges they cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zkm.errors import ProgramError
from zkm.isa.decode import decode
from zkm.isa.encoding import Vectors
from zkm.isa.rows import Rows

MAX_ROWS = 1 << 24
"""Rows of the largest program table (protocol, section 0)."""

MAX_RANGES = 126
"""Ranges of image words that the boot table has rows for, beside its first and last."""


@dataclass(frozen=True)
class Piece:
    """Bytes of the initial memory; executable pieces are decoded, others are data only."""

    address: int
    contents: bytes
    executable: bool


RowsAndRanges = tuple[Rows, npt.NDArray[np.int64]]
"""Rows, and the word ranges [s, e) that they cover, int64[n, 2], ascending and disjoint."""


def join_rows(parts: Sequence[RowsAndRanges]) -> RowsAndRanges:
    """The rows of several parts, each above the one before and not touching it.

    Raises:
        ProgramError: more than MAX_ROWS rows or MAX_RANGES ranges.
    """
    if sum(len(rows) for rows, _ in parts) > MAX_ROWS:
        raise _too_many_rows()
    ranges = np.concatenate([ranges for _, ranges in parts])
    if len(ranges) > MAX_RANGES:
        raise ProgramError(f"{len(ranges)} separate pieces of memory (allowed: {MAX_RANGES})")
    return Rows.concatenate([rows for rows, _ in parts]), ranges


def build_rows(pieces: Sequence[Piece], vectors: Vectors) -> RowsAndRanges:
    """The rows of all pieces and the word ranges [s, e) they cover, int64[n, 2], ascending and disjoint.

    Pieces must not overlap; they need not start or end at a word boundary (missing bytes are zero).

    Raises:
        ProgramError: more than MAX_ROWS rows or MAX_RANGES ranges.
    """
    ranges: list[tuple[int, int]] = []
    parts: list[Rows] = []
    count = 0
    for group in _touching(pieces):
        first, last = _first_word(group[0]), _end_word(group[-1])
        ranges.append((first, last))
        for rows in _decode_group(group, first, last, vectors, MAX_ROWS - count):
            parts.append(rows)
            count += len(rows)
    if len(ranges) > MAX_RANGES:
        raise ProgramError(f"{len(ranges)} separate pieces of memory (allowed: {MAX_RANGES})")
    return Rows.concatenate(parts), np.array(ranges, np.int64).reshape(-1, 2)


def _first_word(piece: Piece) -> int:
    return piece.address // 4


def _end_word(piece: Piece) -> int:
    return -(-(piece.address + len(piece.contents)) // 4)


def _touching(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces in ascending order, those together that share a word or follow each other directly."""
    groups: list[list[Piece]] = []
    for piece in sorted((piece for piece in pieces if piece.contents), key=lambda piece: piece.address):
        if groups and _first_word(piece) <= _end_word(groups[-1][-1]):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _decode_group(group: list[Piece], first: int, last: int, vectors: Vectors, room: int) -> list[Rows]:
    memory = np.zeros((last - first) * 4, np.uint8)
    executable = np.zeros(last - first, np.bool_)
    for piece in group:
        start = piece.address - 4 * first
        memory[start : start + len(piece.contents)] = np.frombuffer(piece.contents, np.uint8)
        if piece.executable:
            executable[_first_word(piece) - first : _end_word(piece) - first] = True
    words = memory.view(">u4").astype(np.uint32)
    addresses = 4 * np.arange(first, last, dtype=np.int64)

    parts = []
    for run in np.split(np.arange(last - first), np.flatnonzero(np.diff(executable)) + 1):
        if executable[run[0]]:
            rows = decode(addresses[run], words[run], vectors, max_rows=room)
        elif len(run) > room:
            raise _too_many_rows()
        else:
            rows = Rows.data(addresses[run], words[run])
        parts.append(rows)
        room -= len(rows)
    return parts


def _too_many_rows() -> ProgramError:
    return ProgramError(f"the program has more than {MAX_ROWS:,} words and rows, and no parameter set fits")
