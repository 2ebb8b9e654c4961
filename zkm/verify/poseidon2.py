"""The Poseidon2 permutation over Fr, widths 3, 4, 8 and 16.

Grassi, Khovratovich, Schofnegger, "Poseidon2: A Faster Version of the Poseidon Hash Function"
(eprint 2023/323): S-box x^5, 8 full rounds, 56 (widths 3, 4) or 57 partial rounds. All numbers
are those of HorizenLabs' generator and so equal barretenberg's and the crate taceo-poseidon2's.
They are not stored: the Grain LFSR of the paper's appendix makes them from the sizes alone, in a
few milliseconds.

:func:`permute` is the native permutation of integers; :func:`permute_elements` is the same
permutation over anything with `+` and `*`, which the circuit is made from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from zkm import _native
from zkm.field import MODULUS, Ring

__all__ = [
    "FULL_ROUNDS",
    "WIDTHS",
    "Parameters",
    "external_layer",
    "parameters",
    "permute",
    "permute_after_first_sboxes",
    "permute_elements",
    "sbox",
]

WIDTHS: Final = (3, 4, 8, 16)
FULL_ROUNDS: Final = 8
PARTIAL_ROUNDS: Final = {3: 56, 4: 56, 8: 57, 16: 57}

DIAGONAL_CANDIDATE: Final = {4: 4, 8: 30, 16: 6}
"""Which of the LFSR's candidates is the internal matrix: the first one that passes the paper's
test for invariant subspaces (section 5.3). Width 3 has the small matrix of the paper instead."""

FIELD_BITS: Final = 254
GRAIN_TAPS: Final = (62, 51, 38, 23, 13, 0)
GRAIN_STATE: Final = 80
GRAIN_WARM_UP: Final = 160

E = TypeVar("E", bound=Ring)


@dataclass(frozen=True)
class Parameters:
    """The constants of one width t.

    Attributes:
        width: t.
        external: 8 rows of t round constants, one row for each full round.
        internal: one round constant for each partial round.
        diagonal: t numbers d_i; the internal matrix is (all ones) + diag(d).
    """

    width: int
    external: tuple[tuple[int, ...], ...]
    internal: tuple[int, ...]
    diagonal: tuple[int, ...]


@cache
def parameters(width: int) -> Parameters:
    """The constants of a width of :data:`WIDTHS`."""
    partial = PARTIAL_ROUNDS[width]
    stream = _field_numbers(width, partial)
    below = (number for number in stream if number < MODULUS)
    count = FULL_ROUNDS * width
    first = [next(below) for _ in range(count // 2)]
    internal = tuple(next(below) for _ in range(partial))
    external = first + [next(below) for _ in range(count // 2)]
    rows = tuple(tuple(external[i : i + width]) for i in range(0, count, width))
    if width == 3:
        return Parameters(width, rows, internal, (1, 1, 2))
    for _ in range(DIAGONAL_CANDIDATE[width] * width):
        next(stream)
    diagonal = tuple((next(stream) - 1) % MODULUS for _ in range(width))
    return Parameters(width, rows, internal, diagonal)


def permute(state: Sequence[int]) -> list[int]:
    """The permutation of 3, 4, 8 or 16 integers in [0, r), computed natively."""
    return _native_permutation(len(state)).permute(state)


def permute_elements(state: Sequence[E]) -> list[E]:
    """The same permutation over elements of any arithmetic; 3 products for each S-box."""
    row = parameters(len(state)).external[0]
    lanes = external_layer(state)
    return permute_after_first_sboxes([sbox(x + c) for x, c in zip(lanes, row, strict=True)])


def permute_after_first_sboxes(state: Sequence[E]) -> list[E]:
    """What a permutation does with the outputs of the first full round's S-boxes."""
    constants = parameters(len(state))
    half = FULL_ROUNDS // 2
    lanes = external_layer(state)
    for row in constants.external[1:half]:
        lanes = external_layer([sbox(x + c) for x, c in zip(lanes, row, strict=True)])
    for constant in constants.internal:
        lanes = _internal_layer([sbox(lanes[0] + constant), *lanes[1:]], constants.diagonal)
    for row in constants.external[half:]:
        lanes = external_layer([sbox(x + c) for x, c in zip(lanes, row, strict=True)])
    return lanes


def external_layer(state: Sequence[E]) -> list[E]:
    """The matrix of the full rounds: circ(2, 1, 1) for width 3, M4 for width 4, else
    circ(2 M4, M4, …) (section 5.1).
    """
    if len(state) == 3:
        total = state[0] + state[1] + state[2]
        return [x + total for x in state]
    lanes: list[E] = []
    for i in range(0, len(state), 4):
        lanes += _m4(state[i : i + 4])
    if len(state) == 4:
        return lanes
    sums = lanes[:4]
    for i in range(4, len(lanes), 4):
        sums = [x + y for x, y in zip(sums, lanes[i : i + 4], strict=True)]
    return [x + sums[i % 4] for i, x in enumerate(lanes)]


def _m4(x: Sequence[E]) -> list[E]:
    """The 4 x 4 matrix ((5 7 1 3) (4 6 1 1) (1 3 5 7) (1 1 4 6))."""
    low, high = x[0] + x[1], x[2] + x[3]
    a = x[1] * 2 + high
    b = x[3] * 2 + low
    c = high * 4 + b
    d = low * 4 + a
    return [b + d, d, a + c, c]


def _internal_layer(state: Sequence[E], diagonal: Sequence[int]) -> list[E]:
    total = state[0]
    for x in state[1:]:
        total = total + x
    return [x * d + total for x, d in zip(state, diagonal, strict=True)]


def sbox(x: E) -> E:
    """x^5, three products."""
    square = x * x
    return square * square * x


@cache
def _native_permutation(width: int) -> _native.Poseidon2:
    constants = parameters(width)
    return _native.Poseidon2(constants.external, constants.internal, constants.diagonal)


# ------------------------------------------------------------------ the Grain LFSR


def _field_numbers(width: int, partial: int) -> Iterator[int]:
    """The LFSR's stream, cut into numbers of 254 bits (not reduced, some of them above r)."""
    # A generous count of numbers in one go: a quarter of them is rejected as too large.
    wanted = FULL_ROUNDS * width + partial
    numbers = 2 * wanted + (DIAGONAL_CANDIDATE.get(width, 0) + 2) * width
    bits = _grain_bits(width, partial, numbers * FIELD_BITS)
    packed = np.packbits(np.pad(bits.reshape(numbers, FIELD_BITS), ((0, 0), (2, 0))), axis=1)
    for row in packed:
        yield int.from_bytes(row.tobytes(), "big")


def _grain_bits(width: int, partial: int, count: int) -> NDArray[np.uint8]:
    """`count` output bits of the LFSR in its self-shrinking mode: of each pair of bits the second
    one is taken if the first one is 1.
    """
    fields = ((1, 2), (0, 4), (FIELD_BITS, 12), (width, 12), (FULL_ROUNDS, 10), (partial, 10))
    head = "".join(f"{value:0{bits}b}" for value, bits in fields)
    seed = head + "1" * (GRAIN_STATE - len(head))
    stream = np.array([int(bit) for bit in seed], dtype=np.uint8)
    # Half of the pairs give a bit: five raw bits for each one are ample, and checked.
    while len(stream) < 5 * count:
        # The recurrence with all distances doubled holds too (Frobenius), so that ever longer
        # pieces follow from what is there.
        scale = 1 << ((len(stream) // GRAIN_STATE).bit_length() - 1)
        start = len(stream) - GRAIN_STATE * scale
        length = (GRAIN_STATE - max(GRAIN_TAPS)) * scale
        piece = np.zeros(length, dtype=np.uint8)
        for tap in GRAIN_TAPS:
            piece ^= stream[start + tap * scale : start + tap * scale + length]
        stream = np.concatenate([stream, piece])
    raw = stream[GRAIN_STATE + GRAIN_WARM_UP :]
    pairs = raw[: len(raw) // 2 * 2].reshape(-1, 2)
    bits: NDArray[np.uint8] = pairs[pairs[:, 0] == 1, 1]
    if len(bits) < count:
        raise AssertionError("too few bits of the LFSR")
    return bits[:count]
