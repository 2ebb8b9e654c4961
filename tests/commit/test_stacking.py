"""Placement: alignment, no overlaps, limits."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables.toy import toy_system
from zkm.commit.stacking import Placement, place_blocks
from zkm.errors import ParameterError
from zkm.params import LARGE, SMALL, TINY, ParameterSet
from zkm.tables.system import System
from zkm.tables.table import Builder


def wide_system(params: ParameterSet, *widths: int) -> System:
    """Tables T0, T1 … of so many witness columns, behind a preprocessed one of two columns."""
    tables = []
    for index, width in enumerate((0, *widths)):
        names = " ".join(f"c{i}" for i in range(width))
        builder = Builder(f"T{index}", names or "w", preprocessed="a b" if index == 0 else "")
        tables.append(builder.build("A table for placement."))
    return System(params, tables)


def check(system: System, heights: list[int], placement: Placement) -> None:
    """Aligned, inside the used length, disjoint, preprocessed columns where the verifier has them."""
    n = system.params.slot_length
    spans = []
    for block, address in zip(system.blocks, placement.addresses, strict=True):
        size = 1 << (heights[block.table] + block.size_bits)
        assert address % size == 0
        slot = address // n
        if block.preprocessed:
            column = block.first - system.column_offset[block.table]
            assert address == slot * n + (column << heights[block.table])
            assert slot < placement.preprocessed
        else:
            assert slot >= placement.preprocessed
        for start in range(address, address + size, n):
            assert start % n + min(size, n) <= placement.used
            assert start // n < placement.slots - 1, "the mask slot takes no columns"
        spans.append((address, address + size))
    spans.sort()
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert placement.slots <= system.params.slots
    assert placement.used <= n
    assert placement.used & (placement.used - 1) == 0


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 16)), max_size=6),
    st.integers(0, 16),
)
def test_every_placement_is_sound(tables: list[tuple[int, int]], first: int) -> None:
    system = wide_system(SMALL, *(width for width, _ in tables))
    heights = [first, *(height for _, height in tables)]
    check(system, heights, place_blocks(system, heights))


def test_blocks_longer_than_a_slot_take_whole_slots() -> None:
    system = wide_system(SMALL, 16, 5)
    heights = [20, 20, 20]
    placement = place_blocks(system, heights)
    check(system, heights, placement)
    # 16 columns of 2^20 are four slots, aligned: slots 4 … 7; the others fill slots 1 … 3.
    assert placement.addresses[2] == 4 << SMALL.slot_bits
    assert (placement.used, placement.slots) == (1 << 22, 9)


def test_packing_leaves_no_gaps() -> None:
    system = wide_system(TINY, 7, 3, 1)
    heights = [3, 10, 12, 13]
    placement = place_blocks(system, heights, slots=4)
    check(system, heights, placement)
    # 7·2^10 + 3·2^12 + 2^13 + 8 cells of T0's own column: 27.7k.
    assert placement.slots <= 4
    assert placement.used == 1 << 14


def test_fewer_slots_are_longer() -> None:
    system = wide_system(SMALL, 4, 4, 4, 4, 4)
    heights = [4, 16, 16, 16, 16, 16]
    lengths = {slots: place_blocks(system, heights, slots=slots).used for slots in (3, 4, 7, 12)}
    assert lengths == {3: 1 << 21, 4: 1 << 20, 7: 1 << 19, 12: 1 << 18}
    with pytest.raises(ParameterError, match="do not fit 2 slots"):
        place_blocks(system, heights, slots=2)


def test_default_weighs_gas_against_time() -> None:
    system = wide_system(SMALL, 20)
    small = place_blocks(system, [4, 16])
    large = place_blocks(system, [4, 20])
    assert small.used < large.used
    assert large.slots <= 12


def test_too_many_rows_name_the_set_that_fits() -> None:
    system = wide_system(SMALL, 4)
    with pytest.raises(ParameterError, match=r"T1 needs 2\^21 rows.*'small' allows 2\^20.*'large'"):
        place_blocks(system, [3, 21])
    with pytest.raises(ParameterError, match="no parameter set fits"):
        place_blocks(wide_system(LARGE, 4), [3, 25])


def test_too_many_cells_name_the_set_that_fits() -> None:
    system = wide_system(SMALL, 150)
    with pytest.raises(ParameterError, match=r"157,286,403.*'small'.*'large'"):
        place_blocks(system, [0, 20])


def test_heights_that_are_fixed() -> None:
    system = toy_system()
    with pytest.raises(ValueError, match="fixed at 4"):
        place_blocks(system, [1, 3, 5, 3])
    with pytest.raises(ValueError, match="3 heights"):
        place_blocks(system, [1, 3, 4])
