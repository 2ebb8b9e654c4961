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
