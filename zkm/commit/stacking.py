"""Placement of all committed columns into slots (protocol, sections 2 and 6).

A block of 2^g columns of height k is 2^(k+g) cells in a row with an address of that alignment.
Sorted by size, such blocks pack without gaps. What is left to choose is the used length n' of the
slots: many short slots cost gas (a point and an ecMul each), few long ones cost proving time (two
multi-scalar multiplications of full width and length n').
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zkm.errors import ParameterError
from zkm.params import PARAMETER_SETS, ParameterSet
from zkm.tables.system import System

__all__ = ["Placement", "check_heights", "fitting_set", "place_blocks"]

CELLS_PER_SLOT: Final = 1 << 19
"""How many cells of used length one slot's gas (about 8,000) is worth by default: the time of
opening them is then below half a second a slot on two cores."""


@dataclass(frozen=True)
class Placement:
    """Where every block is.

    Attributes:
        used: n', a power of two; every column lies in cells 0 … n' − 1 of its slot.
        slots: m, the number of slots: preprocessed ones, witness slots and the mask slot.
        preprocessed: how many of them, from slot 0 on, hold preprocessed columns.
        heights: k of every table.
        addresses: slot · 2^N + offset of every block, in the order of System.blocks.
        cells: committed cells, padding of the columns included.
    """

    used: int
    slots: int
    preprocessed: int
    heights: tuple[int, ...]
    addresses: tuple[int, ...]
    cells: int

    def witness_addresses(self, system: System) -> list[int]:
        """The addresses that are the prover's choice, in the order of System.blocks."""
        pairs = zip(system.blocks, self.addresses, strict=True)
        return [address for block, address in pairs if not block.preprocessed]


def place_blocks(system: System, heights: Sequence[int], slots: int | None = None) -> Placement:
    """Choose the used length and place every block.

    Args:
        system: the tables.
        heights: k of every table (2^k rows).
        slots: at most so many slots in all; None weighs gas against proving time.

    Raises:
        ParameterError: the tables do not fit the parameter set (the message names one that
            they fit) or the number of slots.
    """
    check_heights(system, heights)
    placement = _placement(system, heights, slots)
    if placement is None:
        raise _too_many_cells(system, heights, slots)
    return placement


def _placement(system: System, heights: Sequence[int], slots: int | None) -> Placement | None:
    """The best placement of tables with admissible heights; None if there is none."""
    params = system.params
    sizes = [1 << (heights[b.table] + b.size_bits) for b in system.blocks]
    ends = _preprocessed_ends(system, heights)
    witness = [i for i, b in enumerate(system.blocks) if not b.preprocessed]
    longest = max([1, *ends, *(min(sizes[i], params.slot_length) for i in witness)])
    used = 1 << (longest - 1).bit_length()
    candidates = []
    while used <= params.slot_length:
        addresses, count = _pack([sizes[i] for i in witness], used, len(ends), params)
        if count <= min(params.slots, slots or params.slots):
            candidates.append((used + count * CELLS_PER_SLOT, used, addresses, count))
        used *= 2
    if not candidates:
        return None
    # A user's limit asks for the shortest slots that keep to it, the default for the best cost.
    _, used, addresses, count = min(candidates, key=lambda c: c[1] if slots else c[0])
    placed = iter(addresses)
    all_addresses = tuple(
        _preprocessed_address(system, heights, i) if block.preprocessed else next(placed)
        for i, block in enumerate(system.blocks)
    )
    return Placement(used, count, len(ends), tuple(heights), all_addresses, sum(sizes))


def check_heights(system: System, heights: Sequence[int]) -> None:
    """Refuse tables of more rows than the parameter set allows.

    Raises:
        ParameterError: naming the table and a parameter set that fits.
        ValueError: not one height for each table, or a height that is fixed otherwise.
    """
    if len(heights) != len(system.tables):
        raise ValueError(f"{len(heights)} heights for {len(system.tables)} tables")
    for table, height, fixed, limit in zip(
        system.tables, heights, system.fixed_heights, system.max_heights, strict=True
    ):
        if fixed is not None and height != fixed:
            raise ValueError(f"{table.name}: height {height}, which is fixed at {fixed}")
        if height > limit:
            raise ParameterError(
                f"{table.name} needs 2^{height} rows; the parameter set {system.params.name!r} "
                f"allows 2^{limit}{_fitting(system, heights)}"
            )


def _preprocessed_ends(system: System, heights: Sequence[int]) -> list[int]:
    """Used length of each preprocessed slot."""
    return [
        len(table.preprocessed) << height
        for table, height in zip(system.tables, heights, strict=True)
        if table.preprocessed
    ]


def _preprocessed_address(system: System, heights: Sequence[int], index: int) -> int:
    """The i-th table with preprocessed columns has column c at c · 2^k of slot i."""
    block = system.blocks[index]
    slot = sum(bool(table.preprocessed) for table in system.tables[: block.table])
    column = block.first - system.column_offset[block.table]
    return (slot << system.params.slot_bits) + (column << heights[block.table])


def _pack(sizes: Sequence[int], used: int, first: int, params: ParameterSet) -> tuple[list[int], int]:
    """Addresses of witness blocks in slots of a used length, and the number of slots.

    Blocks longer than a slot take whole slots, aligned to their size; the slots left between
    them are filled first by the others.
    """
    addresses = [0] * len(sizes)
    order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    taken: set[int] = set()
    slot, offset = first, 0
    for i in order:
        span = sizes[i] // params.slot_length
        if span:
            start = -(-first // span) * span
            while not taken.isdisjoint(range(start, start + span)):
                start += span
            taken.update(range(start, start + span))
            addresses[i] = start << params.slot_bits
            continue
        if offset == used:
            slot, offset = slot + 1, 0
        while slot in taken:
            slot += 1
        addresses[i] = (slot << params.slot_bits) + offset
        offset += sizes[i]
    last = max([first - 1, *taken, *([slot] if offset else [])])
    return addresses, last + 2


def _too_many_cells(system: System, heights: Sequence[int], slots: int | None) -> ParameterError:
    params = system.params
    cells = sum(1 << (heights[block.table] + block.size_bits) for block in system.blocks)
    if slots:
        return ParameterError(f"{cells:,} cells do not fit {slots} slots of {params.slot_length:,} cells")
    return ParameterError(
        f"{cells:,} cells do not fit the {params.slots} slots of the parameter set {params.name!r}"
        f"{_fitting(system, heights)}"
    )


def fitting_set(system: System, heights: Sequence[int]) -> ParameterSet | None:
    """The smallest parameter set with which tables of these heights can be committed; None if none is."""
    for params in sorted(PARAMETER_SETS.values(), key=lambda params: params.slot_bits):
        try:
            candidate = System(params, system.tables)
        except ValueError:  # a table of fixed height is too high for it
            continue
        limits = zip(heights, candidate.max_heights, strict=True)
        if all(height <= limit for height, limit in limits) and _placement(candidate, heights, None):
            return params
    return None


def _fitting(system: System, heights: Sequence[int]) -> str:
    """The end of a message: which set to use instead."""
    params = fitting_set(system, heights)
    return ", and no parameter set fits" if params is None else f"; use the parameter set {params.name!r}"
