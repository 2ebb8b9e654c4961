"""Commitments to slots (protocol, sections 2 and 9)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from zkm._native import Slots
from zkm.commit.srs import Srs
from zkm.commit.stacking import Placement
from zkm.tables.system import System

__all__ = ["commit_preprocessed", "commit_slots", "fill_slots"]


def fill_slots(system: System, placement: Placement, data: Sequence[NDArray[np.int64]]) -> Slots:
    """Put every committed column at its place; blinding is fresh randomness of the system's
    generator for every call.

    Args:
        system: the tables.
        placement: where the blocks are.
        data: per table, int64 (columns, rows): preprocessed and witness columns at least. Rows
            from its end to the table's height are zero.

    Raises:
        ValueError: data that does not fit the placement.
    """
    slots = Slots(
        placement.used,
        system.params.opening_side,
        placement.slots,
        placement.preprocessed,
        secrets.token_bytes(32),
    )
    _add_blocks(system, placement, data, slots, range(len(system.blocks)))
    return slots


def commit_slots(slots: Slots, srs: Srs, progress: Callable[[float], None] | None = None) -> list[bytes]:
    """C_s of every slot, 64 bytes each.

    Args:
        slots: the filled slots.
        srs: at least `slots.length` points.
        progress: called with the share of slots that are done.

    Raises:
        SetupError: the reference string is too short.
    """
    commitments = []
    for slot in range(len(slots)):
        commitments.append(slots.commit(srs, slot))
        if progress is not None:
            progress((slot + 1) / len(slots))
    return commitments


def commit_preprocessed(
    system: System, placement: Placement, data: Sequence[NDArray[np.int64]], srs: Srs
) -> list[bytes]:
    """C_s of the preprocessed slots alone: the commitments of a program key. They depend only on
    the preprocessed columns and their tables' heights.

    Args and errors are those of :func:`fill_slots` and :func:`commit_slots`; of each table only the
    preprocessed columns are read.
    """
    slots = Slots(
        placement.used,
        system.params.opening_side,
        placement.preprocessed + 1,
        placement.preprocessed,
        bytes(32),  # the mask slot is not committed to
    )
    blocks = [i for i, block in enumerate(system.blocks) if block.preprocessed]
    _add_blocks(system, placement, data, slots, blocks)
    return [slots.commit(srs, slot) for slot in range(placement.preprocessed)]


def _add_blocks(
    system: System,
    placement: Placement,
    data: Sequence[NDArray[np.int64]],
    slots: Slots,
    blocks: Sequence[int],
) -> None:
    """Columns of the given blocks, by ascending address (so that slots grow at their end)."""
    slot_bits = system.params.slot_bits
    for index in sorted(blocks, key=placement.addresses.__getitem__):
        block = system.blocks[index]
        columns = data[block.table]
        height = placement.heights[block.table]
        if columns.shape[1] > 1 << height:
            name = system.tables[block.table].name
            raise ValueError(f"{name}: {columns.shape[1]} rows exceed height {height}")
        first = block.first - system.column_offset[block.table]
        for q in range(1 << block.size_bits):
            address = placement.addresses[index] + (q << height)
            column = np.ascontiguousarray(columns[first + q])
            slots.add_column(address >> slot_bits, address & ((1 << slot_bits) - 1), column)
