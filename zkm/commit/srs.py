"""The structured reference string: powers of a secret τ in G1, and [τ]_2.

A file holds a header and affine points, read into memory as they are; its form is described in
native/src/srs.rs. Whoever knows τ can open commitments to anything: a string for development is
made from a public seed and says so in its header, one for production comes out of a ceremony
(:func:`import_ptau`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from zkm._native import Srs
from zkm.errors import SetupError
from zkm.formats.ptau import PowersOfTau
from zkm.params import ParameterSet

__all__ = [
    "DEVELOPMENT_SEED",
    "Srs",
    "development_srs",
    "import_ptau",
    "is_ceremony",
    "open_srs",
    "srs_length",
]

DEVELOPMENT_SEED: Final = hashlib.sha256(b"zkm insecure development reference string").digest()
"""Everybody can compute τ from it: proofs against the string made from it prove nothing."""


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


def development_tau_g2() -> bytes:
    """[τ]_2 of the strings for development."""
    with TemporaryDirectory() as folder:
        return development_srs(Path(folder) / "srs", 1).tau_g2


def is_ceremony(path: Path | str) -> bool:
    """Whether a file exists and holds a ceremony's string.

    Raises:
        SetupError: it is damaged.
    """
    return Path(path).exists() and not open_srs(path, 1).insecure


def import_ptau(powers: PowersOfTau, path: Path | str, length: int) -> None:
    """Take the first powers of τ out of a ceremony's file.

    Points are copied and checked in pieces, all of them before the new file gets its name.

    Args:
        powers: the file's header.
        path: the file to write.
        length: how many powers.

    Raises:
        SetupError: the file has fewer, or they are not powers of one τ, or everybody knows τ.
        OSError: a file cannot be read or written.
    """
    if length > powers.length:
        raise SetupError(
            f"{powers.path}: {length:,} powers of τ are needed, a file of power {powers.power} has "
            f"{powers.length:,}"
        )
    try:
        Srs.import_points(str(path), length, powers.tau_g2, str(powers.path), powers.position)
    except (SetupError, ValueError) as error:
        raise SetupError(f"{powers.path}: {error}") from error
