"""The transcript: a Poseidon2 duplex in overwrite mode, and the inventory of what goes through it.

Protocol, section 3: lane 0 is the capacity, carried from one permutation to the next, at first a
domain tag. A message overwrites the other lanes (missing lanes are 0) of the smallest width that
holds it, long ones in pieces of 15; challenges are read from lanes 1, 2, … of the last
permutation. The schedule of messages is a constant of the system (:func:`inventory`), so no
lengths are hashed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from zkm.field import Ring
from zkm.tables.system import System
from zkm.verify.arithmetic import Arithmetic
from zkm.verify.poseidon2 import WIDTHS
from zkm.verify.shape import Layout

__all__ = [
    "ARGUMENT_TAG",
    "EVALUATIONS_TAG",
    "PUBLIC_INPUTS_TAG",
    "Exchange",
    "Transcript",
    "hash_elements",
    "inventory",
    "permutation_widths",
]

E = TypeVar("E", bound=Ring)

ARGUMENT_TAG: Final = int.from_bytes(b"zkm argument", "big")
"""Domain tag of the argument's transcript (protocol, sections 3 to 6)."""
EVALUATIONS_TAG: Final = int.from_bytes(b"zkm evaluations", "big")
"""Domain tag of d2, the digest of the opening's six evaluations (section 7, step 4)."""
PUBLIC_INPUTS_TAG: Final = int.from_bytes(b"zkm public inputs", "big")
"""Domain tag of d3, the digest of the public inputs (section 8)."""

RATE: Final = WIDTHS[-1] - 1


@dataclass(frozen=True)
class Exchange:
    """One message of the prover and the challenges it is answered with.

    Attributes:
        label: what the message is; rounds of one sumcheck share a label.
        length: elements of the message.
        challenges: names of the challenges, in the order of the lanes.
    """

    label: str
    length: int
    challenges: tuple[str, ...]


def permutation_widths(length: int, challenges: int) -> list[int]:
    """Widths of the permutations of one exchange."""
    last = (length - 1) % RATE + 1
    full = (length - last) // RATE
    needed = max(last, challenges) + 1
    return [WIDTHS[-1]] * full + [next(width for width in WIDTHS if width >= needed)]


class Transcript(Generic[E]):
    """The state of the duplex, and a log of the exchanges made (compared with the inventory)."""

    def __init__(self, arithmetic: Arithmetic[E], tag: int = ARGUMENT_TAG) -> None:
        self._arithmetic = arithmetic
        self._zero = arithmetic.constant(0)
        self._capacity = arithmetic.constant(tag)
        self.log: list[tuple[str, int, int]] = []

    def exchange(self, label: str, message: Sequence[E], challenges: int) -> list[E]:
        """Absorb a message of at least one element; squeeze 1 to 15 challenges."""
        if not message or not 1 <= challenges <= RATE:
            raise ValueError(f"{label}: an exchange has a message and 1 to {RATE} challenges")
        self.log.append((label, len(message), challenges))
        state: list[E] = []
        for index, width in enumerate(permutation_widths(len(message), challenges)):
            piece = list(message[index * RATE : (index + 1) * RATE])
            padding = [self._zero] * (width - 1 - len(piece))
            state = self._arithmetic.permute([self._capacity, *piece, *padding])
            self._capacity = state[0]
        return state[1 : 1 + challenges]


def hash_elements(arithmetic: Arithmetic[E], tag: int, message: Sequence[E]) -> E:
    """The first lane after a transcript of one message under a domain tag of its own."""
    return Transcript(arithmetic, tag).exchange("hash", message, 1)[0]


def inventory(system: System) -> Iterator[Exchange]:
    """Every message and challenge of the argument, in order (protocol, sections 3 to 6).

    The challenges after the last slot values come from keccak256 (section 7) and are inputs here.
    """
    params = system.params
    head = Layout(system).packed_length + 4
    yield Exchange("statement and shape", head, ("φ", "θ"))
    yield Exchange("root", 2, ("λ",))
    for layer in range(params.gkr_layers):
        for _ in range(2 * layer):
            yield Exchange("gkr round", 4, ("x",))
        last = layer == params.gkr_layers - 1
        yield Exchange("gkr values", 8, ("t0", "t1", "δ" if last else "λ"))
    for _ in range(params.table_bits):
        yield Exchange("zerocheck round", 3, ("r*",))
    yield Exchange("column values", system.column_count, ("μ",))
    for _ in range(params.slot_bits + params.slot_index_bits):
        yield Exchange("stacking round", 2, ("u",))
    yield Exchange("slot values", params.slots, ("γ", "d1"))
