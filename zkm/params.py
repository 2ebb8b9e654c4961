"""Parameter sets: every size of the proof system, in one place.

No other module knows a number of this table except through a :class:`ParameterSet`; the set's
name is part of the version that a program key and a verifier contract are bound to
(protocol, section 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["LARGE", "PARAMETER_SETS", "SMALL", "TINY", "ParameterSet"]


@dataclass(frozen=True)
class ParameterSet:
    """Sizes of one instance of the argument.

    Attributes:
        name: the set's name, bound into the system digest.
        table_bits: K; a table has at most 2^K rows.
        interaction_bits: ν; all tables together have at most 2^ν interactions.
        slot_bits: N; a slot is a vector of n = 2^N cells.
        slot_index_bits: a proof has at most 2^slot_index_bits slots.
    """

    name: str
    table_bits: int
    interaction_bits: int
    slot_bits: int
    slot_index_bits: int

    def __post_init__(self) -> None:
        # The GKR tree is 4-ary (two bits a layer); Mercury splits a slot's index in two halves.
        if (self.table_bits + self.interaction_bits) % 2:
            raise ValueError("table_bits + interaction_bits must be even")
        if self.slot_bits % 2:
            raise ValueError("slot_bits must be even")

    @property
    def slot_length(self) -> int:
        """n = 2^N, the cells of a slot that the argument sees."""
        return 1 << self.slot_bits

    @property
    def slots(self) -> int:
        """The largest number of slots."""
        return 1 << self.slot_index_bits

    @property
    def opening_side(self) -> int:
        """b = 2^(N/2), the side of Mercury's square (protocol, section 7)."""
        return 1 << (self.slot_bits // 2)

    @property
    def gkr_layers(self) -> int:
        """Layers of the 4-ary LogUp tree over K + ν variables (protocol, section 4)."""
        return (self.table_bits + self.interaction_bits) // 2


TINY: Final = ParameterSet("tiny", 16, 8, 18, 3)
SMALL: Final = ParameterSet("small", 20, 8, 22, 5)
LARGE: Final = ParameterSet("large", 24, 8, 26, 6)

PARAMETER_SETS: Final = {params.name: params for params in (TINY, SMALL, LARGE)}
