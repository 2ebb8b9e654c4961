"""The bytes of an on-chain proof, described once.

A proof is a head of one word (four bytes that name the version, then k), the slots' commitments
C_0 … C_{m−1}, and a *tail* of fixed length: the opening's points, six scalars and the Groth16 proof. All
other numbers are 32-byte big-endian words, points are in the form of EIP-196 and EIP-197. m follows from
the length. The contract's constants are made from this file (:func:`solidity_constants`), the Python
encoder and decoder read it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final

from zkm.errors import MalformedProof
from zkm.field import MODULUS
from zkm.verify.group import GroupMessages
from zkm.wrap.groth16 import PROOF_BYTES

__all__ = [
    "POINT",
    "PREPROCESSED_SLOTS",
    "SELECTOR",
    "TAIL_BYTES",
    "WORD",
    "OnChainProof",
    "Scalars",
    "encoded_length",
    "markdown",
    "slots_of_length",
    "solidity_constants",
    "tail_offsets",
]

WORD: Final = 32
POINT: Final = 2 * WORD
SELECTOR: Final = 4
"""Bytes of a version's selector: its first ones."""
PREPROCESSED_SLOTS: Final = 2
"""C_0 and C_1, PROGRAM and BOOT, make up the program key; every proof has them."""


@dataclass(frozen=True)
class Scalars:
    """The scalars of a proof, in order: each is below r in calldata, so that none has two encodings."""

    gamma: int
    d1: int
    d2: int
    g_z: int
    y: int
    d3: int

    def flat(self) -> list[int]:
        """All scalars in order."""
        return [getattr(self, f.name) for f in fields(self)]


OPENING_POINTS: Final = tuple(f.name for f in fields(GroupMessages))[1:]
SCALARS: Final = tuple(f.name for f in fields(Scalars))
TAIL: Final = (
    *((name, POINT) for name in OPENING_POINTS),
    *((name, WORD) for name in SCALARS),
    ("groth16", PROOF_BYTES),
)
"""Parts of the tail: (name, bytes), in order."""
TAIL_BYTES: Final = sum(size for _, size in TAIL)


def tail_offsets() -> Iterator[tuple[str, int]]:
    """(name, offset in the tail) of each part."""
    offset = 0
    for name, size in TAIL:
        yield name, offset
        offset += size


def encoded_length(slots: int) -> int:
    """Bytes of a proof with m slots."""
    return WORD + slots * POINT + TAIL_BYTES


def slots_of_length(length: int, max_slots: int) -> int:
    """m, from a proof's length.

    Raises:
        MalformedProof: no proof has this length, or it has too many slots.
    """
    slots, rest = divmod(length - WORD - TAIL_BYTES, POINT)
    if rest or not PREPROCESSED_SLOTS <= slots <= max_slots:
        raise MalformedProof(f"{length} bytes are no proof of {PREPROCESSED_SLOTS} to {max_slots} slots")
    return slots


@dataclass(frozen=True)
class OnChainProof:
    """A decoded proof.

    Attributes:
        selector: the first four bytes of the version.
        height: k, the height of PROGRAM.
        points: the commitments, 64 bytes each.
        scalars: γ, d1, d2, g(z), y, d3.
        groth16: A ‖ B ‖ C.
    """

    selector: bytes
    height: int
    points: GroupMessages
    scalars: Scalars
    groth16: bytes

    def encode(self) -> bytes:
        """The `proof` argument of the contract's `verify`.

        Raises:
            ValueError: a part has the wrong size.
        """
        points = self.points.flat()
        sizes = len(self.selector), len(self.groth16)
        if any(len(point) != POINT for point in points) or sizes != (SELECTOR, PROOF_BYTES):
            raise ValueError("a part of the proof has the wrong size")
        numbers = [int(x).to_bytes(WORD, "big") for x in self.scalars.flat()]
        height = int(self.height).to_bytes(WORD - SELECTOR, "big")
        return b"".join([self.selector, height, *points, *numbers, self.groth16])

    @staticmethod
    def decode(data: bytes, max_slots: int) -> OnChainProof:
        """The inverse of :meth:`encode`. Points are not looked at.

        Raises:
            MalformedProof: the length is wrong or a scalar is not below r.
        """
        slots = slots_of_length(len(data), max_slots)
        start = WORD + slots * POINT
        part = {name: data[start + at :] for name, at in tail_offsets()}
        commitments = tuple(data[i : i + POINT] for i in range(WORD, start, POINT))
        points = GroupMessages(commitments, *(part[name][:POINT] for name in OPENING_POINTS))
        scalars = {name: int.from_bytes(part[name][:WORD], "big") for name in SCALARS}
        for name, value in scalars.items():
            if value >= MODULUS:
                raise MalformedProof(f"{name} is not below r")
        height = int.from_bytes(data[SELECTOR:WORD], "big")
        return OnChainProof(data[:SELECTOR], height, points, Scalars(**scalars), part["groth16"])


def solidity_constants() -> str:
    """Contract constants for this layout: the block between the `layout` marks of ProofLayout.sol."""
    constants = [("PREPROCESSED_SLOTS", PREPROCESSED_SLOTS, "C_0 and C_1, the program's.")]
    constants.append(("TAIL_BYTES", TAIL_BYTES, "What follows the slots' commitments."))
    notes = {
        **dict.fromkeys(OPENING_POINTS, "A point."),
        **dict.fromkeys(SCALARS, "A word below r."),
        "groth16": "A, B and C.",
    }
    constants += [(f"AT_{name.upper()}", at, notes[name]) for name, at in tail_offsets()]
    return "".join(f"uint256 constant {name} = {value}; // {note}\n" for name, value, note in constants)


def markdown() -> str:
    """The layout as a table for the documentation."""
    meaning = {
        "h": "C_h",
        "q": "C_q",
        "g": "C_g",
        "s": "C_S",
        "d": "C_D",
        "w1": "C_W1",
        "w2": "C_W2",
        "w3": "C_W3",
        "gamma": "γ",
        "g_z": "g(z)",
        "groth16": "A, B, C of the Groth16 proof",
    }
    start = f"{WORD} + {POINT}m"
    rows = [
        ("0", SELECTOR, "the first bytes of the version"),
        (f"{SELECTOR}", WORD - SELECTOR, "k, the height of PROGRAM"),
        (f"{WORD}", f"{POINT}m", "C_0 … C_{m−1}"),
    ]
    sizes = dict(TAIL)
    for name, at in tail_offsets():
        rows.append((f"{start} + {at}" if at else start, sizes[name], meaning.get(name, name)))
    lines = ["| from byte | bytes | what |", "|---|---|---|"]
    return "\n".join(lines + [f"| {at} | {size} | {what} |" for at, size, what in rows])
