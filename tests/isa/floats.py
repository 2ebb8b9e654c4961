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


def with_default_nans(words: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Results of arithmetic as QEMU 7.2 gives them, from those of unicorn.

    words: the instructions, int64[n]; before and after them: $f0 to $f31, unsigned, int64[n, 32]. unicorn is
    QEMU 5.0, which makes a quiet operand the result (and an infinity of one that cvt.s.d cuts off); since
    5.2 every NaN that an operation gives is the default one (its sign turned by nmadd and nmsub).
    tests/kernel/test_float.py compares with QEMU 7.2 itself.
    """
    changed = after.copy()
    for number, word in enumerate(words.tolist()):
        format_ = result_format(word)
        if format_ is None:
            continue
        fs, fd = word >> 11 & 31, word >> 6 & 31
        sign = 1 << 31 if word >> 26 == 0o23 and word & 0b010000 else 0
        if word & 0xFFE0003F == 0x46200020 and _is_nan_double(before[number], fs):
            changed[number, fd] = 0x7FBFFFFF
        elif format_ == "s":
            if after[number, fd] & 0x7FFFFFFF > 0x7F800000:
                changed[number, fd] = 0x7FBFFFFF | sign
        elif _is_nan_double(after[number], fd):
            changed[number, [fd, fd | 1]] = 0xFFFFFFFF, 0x7FF7FFFF | sign
    return changed


def _is_nan_double(registers: np.ndarray, number: int) -> bool:
    high, low = int(registers[number | 1]), int(registers[number & ~1])
    return (high & 0x7FFFFFFF) << 32 | low > 0x7FF << 52


def result_format(word: int) -> str | None:
    """s or d if the instruction computes such a number from others (and does not only move it)."""
    opcode, format_, function = word >> 26, word >> 21 & 31, word & 63
    if opcode == 0o23 and function >= 0b100000:
        return "d" if function & 1 else "s"
    if opcode != 0o21:
        return None
    if format_ in (16, 17) and function in (0b100000, 0b100001):
        return "d" if function & 1 else "s"
    if function in (0, 1, 2, 3, 4, 0b010101, 0b010110):
        return {16: "s", 17: "d"}.get(format_)
    return None


def makes_numbers(entry: Instruction) -> bool:
    """A result of the entry may be a NaN that it made."""
    return result_format(entry.pattern.match) is not None
