"""Numbers and points as the files hold them: little-endian, coordinates in Montgomery form.

A point is x ‖ y, of 64 bytes in G1 and 128 in G2 (real part before imaginary part); infinity is zeros.
The form for vectors is read natively; these are for the few points of a header.
"""

from __future__ import annotations

from typing import Final

from zkm.curve import BASE_FIELD
from zkm.errors import SetupError

__all__ = ["G1_BYTES", "G2_BYTES", "NUMBER_BYTES", "evm_point", "raw_point"]

NUMBER_BYTES: Final = 32
G1_BYTES: Final = 64
G2_BYTES: Final = 128

MONTGOMERY: Final = (1 << 256) % BASE_FIELD
MONTGOMERY_INVERSE: Final = pow(MONTGOMERY, -1, BASE_FIELD)


def _numbers(data: bytes, order: str) -> list[int]:
    parts = [data[i : i + NUMBER_BYTES] for i in range(0, len(data), NUMBER_BYTES)]
    return [int.from_bytes(part, "big" if order == "big" else "little") for part in parts]


def _swapped(numbers: list[int]) -> list[int]:
    """The EVM puts the imaginary part first."""
    return numbers if len(numbers) == 2 else [numbers[i] for i in (1, 0, 3, 2)]


def evm_point(raw: bytes) -> bytes:
    """A file's point in the EVM's form. Whether it is on the curve is not looked at.

    Raises:
        SetupError: a coordinate is not canonical.
    """
    numbers = _numbers(raw, "little")
    if any(number >= BASE_FIELD for number in numbers):
        raise SetupError("a point's coordinate is not below the field's modulus")
    plain = (number * MONTGOMERY_INVERSE % BASE_FIELD for number in _swapped(numbers))
    return b"".join(number.to_bytes(NUMBER_BYTES, "big") for number in plain)


def raw_point(evm: bytes) -> bytes:
    """The inverse of :func:`evm_point`."""
    numbers = (number * MONTGOMERY % BASE_FIELD for number in _swapped(_numbers(evm, "big")))
    return b"".join(number.to_bytes(NUMBER_BYTES, "little") for number in numbers)
