"""The structured reference string: powers of a secret τ in G1, and [τ]_2.

A file holds a header and affine points, read into memory as they are; its form is described in
native/src/srs.rs. Whoever knows τ can open commitments to anything: a string for development is
made from a public seed and says so in its header, one for production comes out of a ceremony
(:func:`import_ptau`).
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import BinaryIO, Final

from zkm._native import Srs
from zkm.errors import SetupError
from zkm.params import ParameterSet

__all__ = ["DEVELOPMENT_SEED", "Srs", "development_srs", "import_ptau", "open_srs", "srs_length"]

DEVELOPMENT_SEED: Final = hashlib.sha256(b"zkm insecure development reference string").digest()
"""Everybody can compute τ from it: proofs against the string made from it prove nothing."""

PTAU_MAGIC: Final = b"ptau"
PTAU_VERSION: Final = 1
PTAU_HEADER, PTAU_TAU_G1, PTAU_TAU_G2 = 1, 2, 3
MAX_SECTIONS: Final = 64
G1_BYTES: Final = 64
BASE_FIELD: Final = 21888242871839275222246405745257275088696311157297823662689037894645226208583
MONTGOMERY_INVERSE: Final = pow(1 << 256, -1, BASE_FIELD)


def srs_length(params: ParameterSet, used: int) -> int:
    """Points that slots of a used length need: their own cells and one random cell, the two
    random rows of the mask slot (protocol, section 9), and the opening's polynomials.
    """
    return max(used + 1, 2 * params.opening_side)


def open_srs(path: Path | str, length: int) -> Srs:
    """Read the first points of a file.

    Header, size and random samples of the points are checked; `Srs.check` checks all of them.

    Raises:
        SetupError: the file is missing, damaged or too short.
    """
    return Srs.open(str(path), length)


def development_srs(path: Path | str, length: int) -> Srs:
    """The insecure string for development; the file is made, or extended, as far as needed.

    Raises:
        SetupError: the file holds something else or is damaged.
        OSError: it cannot be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return Srs.development(str(path), DEVELOPMENT_SEED, length)


def import_ptau(source: Path | str, path: Path | str, length: int) -> Srs:
    """Take the first points of a ceremony's file in snarkjs's `.ptau` format.

    Every point is checked before the new file gets its name.

    Raises:
        SetupError: the source is malformed, shorter than `length`, or not powers of one τ.
        OSError: a file cannot be read or written.
    """
    with Path(source).open("rb") as file:
        sections = _ptau_sections(file)
        position, size = sections[PTAU_TAU_G1]
        if length > size // G1_BYTES:
            raise SetupError(f"{source}: {size // G1_BYTES} points of the {length} that are needed")
        tau_g2 = _ptau_tau_g2(file, *sections[PTAU_TAU_G2])
    try:
        return Srs.import_points(str(path), length, tau_g2, str(source), position)
    except ValueError as error:
        raise SetupError(f"{source}: {error}") from error


def _ptau_sections(file: BinaryIO) -> dict[int, tuple[int, int]]:
    """(position, size) of the sections that are used; the field must be BN254's."""
    end = file.seek(0, 2)
    file.seek(0)
    magic, version, count = struct.unpack("<4sII", _read(file, 12))
    if magic != PTAU_MAGIC or version != PTAU_VERSION or count > MAX_SECTIONS:
        raise SetupError(f"{file.name}: not a .ptau file of version {PTAU_VERSION}")
    sections: dict[int, tuple[int, int]] = {}
    for _ in range(count):
        kind, size = struct.unpack("<IQ", _read(file, 12))
        if file.tell() + size > end or kind in sections:
            raise SetupError(f"{file.name}: damaged (section {kind})")
        sections[kind] = (file.tell(), size)
        file.seek(size, 1)
    if not {PTAU_HEADER, PTAU_TAU_G1, PTAU_TAU_G2} <= sections.keys():
        raise SetupError(f"{file.name}: a section is missing")
    file.seek(sections[PTAU_HEADER][0])
    (field_bytes,) = struct.unpack("<I", _read(file, 4))
    if field_bytes != 32 or int.from_bytes(_read(file, 32), "little") != BASE_FIELD:
        raise SetupError(f"{file.name}: a ceremony for another curve")
    return sections


def _ptau_tau_g2(file: BinaryIO, position: int, size: int) -> bytes:
    """[τ]_2, the second point of its section, in the EVM's form."""
    if size < 4 * G1_BYTES:
        raise SetupError(f"{file.name}: damaged (section {PTAU_TAU_G2})")
    file.seek(position + 2 * G1_BYTES)
    numbers = [int.from_bytes(_read(file, 32), "little") for _ in range(4)]
    x0, x1, y0, y1 = (n * MONTGOMERY_INVERSE % BASE_FIELD for n in numbers)
    return b"".join(n.to_bytes(32, "big") for n in (x1, x0, y1, y0))


def _read(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise SetupError(f"{file.name}: too short")
    return data
