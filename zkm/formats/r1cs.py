"""`.r1cs`: a constraint system, as circom writes it (iden3/r1csfile, doc/r1cs_bin_format.md).

1  header: bytes of a number (u32), r, wires, public outputs, public inputs, private inputs (u32 each),
labels (u64), constraints (u32)
2  for each constraint A, B, C: number of terms (u32), then wire (u32) and coefficient of each
3  label of each wire (u64)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from zkm.field import MODULUS
from zkm.formats.binfile import write_sections
from zkm.formats.raw import NUMBER_BYTES

if TYPE_CHECKING:
    from zkm.wrap.r1cs import ConstraintSystem, Matrix

__all__ = ["write_r1cs"]

MAGIC: Final = b"r1cs"
HEADER, CONSTRAINTS, LABELS = 1, 2, 3
WORDS: Final = NUMBER_BYTES // 4
"""32-bit words of a coefficient; a term is one more."""
ROWS_AT_ONCE: Final = 1 << 14


def write_r1cs(path: Path | str, system: ConstraintSystem) -> None:
    """Write a constraint system; its wires keep their numbers and are their own labels.

    Raises:
        OSError: the file cannot be written.
    """
    header = struct.pack("<I", NUMBER_BYTES) + MODULUS.to_bytes(NUMBER_BYTES, "little")
    header += struct.pack("<IIII", system.n_wires, 0, system.n_public, system.n_private)
    header += struct.pack("<QI", system.n_wires, system.n_constraints)
    labels = np.arange(system.n_wires, dtype="<u8")
    sections = {HEADER: [header], CONSTRAINTS: _constraints(system), LABELS: [labels.tobytes()]}
    write_sections(path, MAGIC, sections)


def _constraints(system: ConstraintSystem) -> Iterator[bytes]:
    """Section 2 in pieces of some rows."""
    numbers = b"".join(value.to_bytes(NUMBER_BYTES, "little") for value in system.coefficients)
    table = np.frombuffer(numbers, dtype="<u4").reshape(-1, WORDS)
    matrices = (system.a, system.b, system.c)
    for first in range(0, system.n_constraints, ROWS_AT_ONCE):
        yield _rows(matrices, table, first, min(first + ROWS_AT_ONCE, system.n_constraints))


def _rows(matrices: tuple[Matrix, Matrix, Matrix], table: NDArray[np.uint32], first: int, end: int) -> bytes:
    """Rows first … end − 1 as they are in the file: a count and its terms for A, B and C in turn."""
    terms = np.stack([np.diff(matrix.indptr[first : end + 1]) for matrix in matrices], axis=1)
    sizes = 1 + terms * (1 + WORDS)
    starts = (np.cumsum(sizes) - sizes.ravel()).reshape(sizes.shape)
    words = np.zeros(int(sizes.sum()), dtype="<u4")
    words[starts] = terms
    for column, matrix in enumerate(matrices):
        low, high = matrix.indptr[first], matrix.indptr[end]
        before = np.arange(high - low) - np.repeat(matrix.indptr[first:end] - low, terms[:, column])
        places = np.repeat(starts[:, column], terms[:, column]) + 1 + before * (1 + WORDS)
        words[places] = matrix.wire[low:high]
        words[places[:, None] + np.arange(1, 1 + WORDS)] = table[matrix.coefficient[low:high]]
    return words.tobytes()
