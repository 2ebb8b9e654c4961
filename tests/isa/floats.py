"""Floating-point values for tests: the corners of the formats, and operands that are close to each other."""

from __future__ import annotations

import numpy as np

from zkm.isa.instruction import Instruction

MASK = 0xFF83FFFF
"""The bits of FCSR that exist."""


def uses_float(entry: Instruction) -> bool:
    """The entry reads or writes floating-point registers or FCSR."""
    cop1 = entry.pattern.text.startswith(("010001", "010011"))
    return cop1 or entry.mnemonic.endswith("c1") or entry.mnemonic in ("movf", "movt")


def _patterns(rng: np.random.Generator, shape: tuple[int, ...], exponent: int, fraction: int) -> np.ndarray:
    """uint64 numbers of a format with so many exponent and fraction bits, biased towards its edges."""
    top, bias, ones = (1 << exponent) - 1, (1 << exponent - 1) - 1, (1 << fraction) - 1
    uniform = rng.integers(0, top, shape, np.int64, endpoint=True)
    exponents = np.choose(
        rng.choice(8, shape, p=[0.08, 0.06, 0.12, 0.08, 0.26, 0.12, 0.14, 0.14]),
        [
            np.zeros(shape, np.int64),  # zero and subnormal
            rng.integers(1, 4, shape),
            np.full(shape, top),  # infinity and NaN
            rng.integers(top - 3, top, shape),
            bias + rng.integers(-3, 4, shape),
            bias + rng.integers(-40, 70, shape),
            np.clip(bias // 2 + bias * rng.integers(0, 3, shape) // 2 + rng.integers(-3, 4, shape), 0, top),
            uniform,
        ],
    )
    single_bit = np.int64(1) << rng.integers(0, fraction, shape)
    random = rng.integers(0, ones, shape, np.int64, endpoint=True)
    few = rng.integers(0, 256, shape, np.int64)
    fractions = np.choose(
        rng.choice(8, shape, p=[0.2, 0.08, 0.12, 0.1, 0.1, 0.1, 0.1, 0.2]),
        [
            np.zeros(shape, np.int64),
            np.full(shape, ones),
            single_bit,
            ones - few,
            few << fraction - 8,
            few,
            random & -single_bit,
            random,
        ],
    )
    sign = rng.integers(0, 2, shape, np.int64)
    return (sign.astype(np.uint64) << np.uint64(exponent + fraction)) | (
        exponents.astype(np.uint64) << np.uint64(fraction) | fractions.astype(np.uint64)
    )


def singles(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """uint32 bit patterns."""
    return _patterns(rng, shape, 8, 23).astype(np.uint32)


def doubles(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """uint64 bit patterns."""
    return _patterns(rng, shape, 11, 52)


def registers(rng: np.random.Generator, count: int) -> np.ndarray:
    """$f0 to $f31 of so many cases, uint32[count, 32]: all singles, all doubles, or words.

    In many cases the numbers differ in few places, so that they are equal or cancel.
    """
    pairs = doubles(rng, (count, 16))
    close = rng.random(count) < 0.25
    small = rng.integers(0, 4, (count, 16)).astype(np.uint64)
    flips = rng.integers(0, 2, (count, 16)).astype(np.uint64) << np.uint64(63)
    pairs[close] = (pairs[:, :1] ^ small ^ flips)[close]
    words = np.zeros((count, 32), np.uint32)
    words[:, 0::2] = (pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    words[:, 1::2] = (pairs >> np.uint64(32)).astype(np.uint32)
    single = singles(rng, (count, 32))
    small_single = rng.integers(0, 4, (count, 32)).astype(np.uint32)
    flips_single = rng.integers(0, 2, (count, 32)).astype(np.uint32) << np.uint32(31)
    single[close] = (single[:, :1] ^ small_single ^ flips_single)[close]
    integers = rng.integers(0, 1 << 32, (count, 32), np.uint32) >> rng.integers(0, 32, (count, 32), np.uint32)
    negative = rng.random((count, 32)) < 0.5
    integers[negative] = -integers[negative]
    kind = rng.choice(3, (count, 1), p=[0.45, 0.4, 0.15])
    return np.choose(kind, [words, single, integers])


def control(rng: np.random.Generator, count: int) -> np.ndarray:
    """FCSR, uint32[count]: every rounding mode, few enabled exceptions, no cause that is enabled."""
    word = rng.integers(0, 1 << 32, count, np.uint32) & np.uint32(MASK & ~0x3FF80)
    word[rng.random(count) < 0.6] &= np.uint32(~(1 << 24) & 0xFFFFFFFF)
    enables = np.uint32(1) << rng.integers(7, 12, count, np.uint32)
    word |= np.where(rng.random(count) < 0.15, enables, 0).astype(np.uint32)
    causes = np.uint32(1) << rng.integers(12, 17, count, np.uint32)
    return word | np.where(causes >> np.uint32(5) & word, 0, causes).astype(np.uint32)
