"""Types of the extension module (native/src/py, one section for each of its files)."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self

# field.rs: elements are ints in [0, r); anything else raises ValueError

class FrVec:
    """An immutable vector of field elements, kept on the Rust side."""

    def __new__(cls, values: Iterable[int]) -> Self: ...
    @staticmethod
    def from_int64(array: NDArray[np.int64]) -> FrVec:
        """The elements of a contiguous array; a negative x stands for r + x."""

    @staticmethod
    def from_limbs(array: NDArray[np.uint64]) -> FrVec:
        """The elements of an (n, 4) array of canonical limbs, lowest first."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> int: ...
    def __iter__(self) -> Iterator[int]: ...
    def to_list(self) -> list[int]: ...
    def to_limbs(self) -> NDArray[np.uint64]:
        """All elements as an (n, 4) array of canonical limbs, lowest first."""

def batch_inverse(values: FrVec) -> FrVec:
    """The inverses of all elements; ValueError names the index of a zero."""

def eq_table(point: Iterable[int]) -> FrVec:
    """eq(point, x) for all x in {0,1}^k: bit 0 of an index belongs to the first coordinate."""

# pairing.rs: points of G1 as 64 bytes x ‖ y, of G2 as 128 bytes in the EVM's order; a point that is
# malformed, off the curve or outside the subgroup raises ValueError with its index

def g1_msm(points: list[bytes], scalars: Iterable[int]) -> bytes:
    """Σ scalars[i] · points[i], as 64 bytes."""

def pairing_check(pairs: list[tuple[bytes, bytes]]) -> bool:
    """Whether Π e(P_i, Q_i) = 1."""

# slots.rs

class Slots:
    """The committed vectors of one proof (protocol, sections 2 and 9)."""

    def __new__(
        cls, used: int, side: int, count: int, preprocessed: int, seed: bytes
    ) -> Self:
        """`count` empty slots for columns in cells 0 … used − 1. The first `preprocessed` are
        not blinded, the last one is the mask (2·side random cells), each other one gets a
        random cell at index `used`. `seed`: 32 fresh random bytes."""

    def add_column(self, slot: int, offset: int, column: NDArray[np.int64]) -> None:
        """Copies a contiguous column to free cells (ValueError otherwise)."""

    def __len__(self) -> int: ...
    @property
    def used(self) -> int:
        """n', the used length."""

    @property
    def length(self) -> int:
        """Cells of the longest slot, random ones included."""

    def commit(self, srs: Srs, slot: int) -> bytes:
        """C_s as 64 bytes; SetupError if the reference string is too short."""

    def cells(self, slot: int, length: int) -> FrVec:
        """The first `length` cells of a slot."""

# srs.rs: see zkm/commit/srs.py

class Srs:
    """The first points of a reference string, mapped from its file."""

    @staticmethod
    def open(path: str, length: int) -> Srs: ...
    @staticmethod
    def development(path: str, seed: bytes, length: int) -> Srs: ...
    @staticmethod
    def import_points(
        path: str, length: int, tau_g2: bytes, source: str, position: int
    ) -> Srs: ...
    def check(self) -> None:
        """Checks every point; SetupError."""

    def __len__(self) -> int: ...
    def point(self, index: int) -> bytes:
        """[τ^index]_1 as 64 bytes."""

    @property
    def tau_g2(self) -> bytes:
        """[τ]_2 as 128 bytes."""

    @property
    def insecure(self) -> bool:
        """Whether τ is known to everybody."""
