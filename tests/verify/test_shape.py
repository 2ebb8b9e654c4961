"""Heights and addresses: ranges, alignment, bits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference.r1cs import Reference
from tests.reference.toy_prover import place
from tests.reference.toy_system import statement_system
from zkm.field import Fr
from zkm.params import ParameterSet
from zkm.tables.system import System
from zkm.tables.table import Builder
from zkm.verify.arithmetic import PLAIN
from zkm.verify.shape import Heights, Layout, Shape, ShapeBits, ShapeError, address_bits, pack_bits
from zkm.wrap.r1cs import Recorder
from zkm.wrap.wires import Wires

SYSTEM = statement_system()
LAYOUT = Layout(SYSTEM)


@given(st.data())
def test_bits_round_trip(data: st.DataObject) -> None:
    heights = [
        fixed if fixed is not None else data.draw(st.integers(0, limit))
        for fixed, limit in zip(SYSTEM.fixed_heights, SYSTEM.max_heights, strict=True)
    ]
    witness = []
    for i in LAYOUT.free_blocks:
        size = heights[SYSTEM.blocks[i].table] + SYSTEM.blocks[i].size_bits
        position = data.draw(st.integers(0, (1 << LAYOUT.index_bits - size) - 1))
        witness.append(position << size)
    shape = Shape.of(SYSTEM, heights, witness)
    bits = shape.bits(SYSTEM)
    assert Shape.from_bits(SYSTEM, bits) == shape
    assert LAYOUT.split(bits.flat()) == bits
    assert len(bits.flat()) == LAYOUT.bit_count
    checked = Heights(PLAIN, SYSTEM, bits)
    assert [checked.height(t) for t in range(len(heights))] == heights
    for t, k in enumerate(heights):
        assert checked.select(t, [Fr(100 + i) for i in range(12)]) == 100 + k
    for block, address, own in zip(
        SYSTEM.blocks, shape.addresses, address_bits(PLAIN, SYSTEM, checked, bits), strict=True
    ):
        assert sum(int(b) << i + block.size_bits for i, b in enumerate(own)) == address


def test_wrong_shapes() -> None:
    heights = [0, 3, 4, 3]
    good = [1 << 10] * len(LAYOUT.free_blocks)
    Shape.of(SYSTEM, heights, good)
    wrong_heights = [[0, 3, 4], [0, 3, 3, 3], [0, 7, 4, 3], [-1, 3, 4, 3], [0, 3, 5, 3]]
    for wrong in wrong_heights:
        with pytest.raises(ShapeError):
            Shape.of(SYSTEM, wrong, good)
    for position, i in enumerate(LAYOUT.free_blocks):
        block = SYSTEM.blocks[i]
        size = heights[block.table] + block.size_bits
        assert size > 0
        for address in (-(1 << size), 1 << LAYOUT.index_bits, (1 << 10) + (1 << size - 1)):
            with pytest.raises(ShapeError):
                Shape.of(SYSTEM, heights, [*good[:position], address, *good[position + 1 :]])
    with pytest.raises(ShapeError):
        Shape.of(SYSTEM, heights, good[1:])


def test_wrong_bits() -> None:
    bits = place(SYSTEM, [0, 3, 4, 3]).bits(SYSTEM)
    rising = replace(bits, heights=[[Fr(0), Fr(1), *bits.heights[0][2:]], *bits.heights[1:]])
    not_boolean = replace(bits, heights=[[Fr(2), *bits.heights[0][1:]], *bits.heights[1:]])
    short = replace(bits, heights=bits.heights[1:])
    # STEP has height 3 and one block of 4 columns: bit 2 + 2 lies inside it.
    inside = [list(x) for x in bits.addresses]
    inside[1][2] = Fr(1)
    for wrong in (rising, not_boolean, short, replace(bits, addresses=inside)):
        with pytest.raises(ShapeError):
            Shape.from_bits(SYSTEM, wrong)
    for wrong in (rising, not_boolean):
        with pytest.raises(ShapeError):
            Heights(PLAIN, SYSTEM, wrong)
    heights = Heights(PLAIN, SYSTEM, bits)
    with pytest.raises(ShapeError, match="address bit 4 of a block of STEP"):
        address_bits(PLAIN, SYSTEM, heights, replace(bits, addresses=inside))


def test_height_boundary_in_wires() -> None:
    """In the circuit: 2^k boundaries from 0 to the largest height hold, a bit after a 0 fails."""
    recorder = Recorder(0, LAYOUT.bit_count)
    wires = Wires(recorder)
    bits = LAYOUT.split([wires.private(i) for i in range(LAYOUT.bit_count)])
    heights = Heights(wires, SYSTEM, bits)
    address_bits(wires, SYSTEM, heights, bits)
    reference = Reference(recorder.finish())
    for k in (0, 1, 5, 6):
        honest = place(SYSTEM, [0, k, 4, k]).bits(SYSTEM)
        flat = [int(x) for x in honest.flat()]
        assert reference.violated(reference.solve([], flat)) == []
        for i in range(len(flat)):
            changed = list(flat)
            changed[i] = 1 - changed[i]
            violated = reference.violated(reference.solve([], changed))
            try:
                Shape.from_bits(SYSTEM, LAYOUT.split([Fr(x) for x in changed]))
            except ShapeError:
                assert violated, i
            else:
                assert not violated, i
            changed[i] = 2
            assert reference.violated(reference.solve([], changed)), i


def test_preprocessed_addresses_follow_the_height() -> None:
    """Six preprocessed columns (4 + 2) in the second preprocessed slot."""
    params = ParameterSet("six", 4, 2, 8, 2)
    first = Builder("FIRST", "w", preprocessed="p").build("x", fixed_height=2)
    second = Builder("SECOND", "w", preprocessed="a b c d e f").build("x")
    system = System(params, [first, second])
    for k in range(system.max_heights[1] + 1):
        shape = Shape.of(system, [2, k], [0, 0])
        # FIRST: p, w; SECOND: a–d, e–f, w
        assert shape.addresses == (0, 0, 256, 256 + (4 << k), 0)
        bits = shape.bits(system)
        heights = Heights(PLAIN, system, bits)
        addresses = address_bits(PLAIN, system, heights, bits)
        for block, address, own in zip(system.blocks, shape.addresses, addresses, strict=True):
            assert sum(int(b) << i + block.size_bits for i, b in enumerate(own)) == address


def test_layout_refuses_what_does_not_fit() -> None:
    wide = Builder("WIDE", " ".join(f"c{i}" for i in range(16))).build("x")
    with pytest.raises(ValueError, match="fits no slot"):
        Layout(System(ParameterSet("narrow", 6, 2, 8, 1), [wide]))
    output = Builder("OUTPUT", "used p").build("x")
    with pytest.raises(ValueError, match="output column"):
        Layout(System(ParameterSet("x", 4, 2, 8, 1), [output]))


def test_packing() -> None:
    bits = [Fr(i % 3 == 0) for i in range(600)]
    packed = pack_bits(bits)
    assert len(packed) == 3
    value = sum(int(x) << 253 * i for i, x in enumerate(packed))
    assert value == sum(int(bit) << i for i, bit in enumerate(bits))
    assert ShapeBits([bits[:10]], [bits[10:]]).flat() == bits
