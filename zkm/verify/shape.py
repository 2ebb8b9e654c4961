"""The shape of a proof: heights of the tables and addresses of their blocks of columns.

Heights and addresses are the prover's choice where :class:`System` does not fix them, and enter
the argument as bits (protocol, sections 2, 6 and 8):

- T_i = [i < k] for i below the table's largest height, booleans that never rise;
- a_i, the bits of a block's index slot * 2^N + offset. Bits below k + g are 0, so that alignment
  holds by construction: a_i (a_i + T_{i-g} - 1) = 0 says both that a_i is boolean and that it is
  0 where T_{i-g} = 1.

The i-th table with preprocessed columns has them at the start of slot i, always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, Generic, TypeVar

from zkm.errors import ProofError
from zkm.field import Fr, Ring
from zkm.tables.system import Block, System
from zkm.verify.arithmetic import Arithmetic

__all__ = ["Heights", "Layout", "Shape", "ShapeBits", "ShapeError", "address_bits", "pack_bits"]

E = TypeVar("E", bound=Ring)

PACKED_BITS: Final = 253
"""Bits absorbed as one element: every string of 253 bits is below r."""


class ShapeError(ProofError):
    """Heights, addresses or sizes of a proof that no honest prover produces."""

    step = "shape"


@dataclass(frozen=True)
class ShapeBits(Generic[E]):
    """The prover's part of a shape, as bits (lowest first).

    Attributes:
        heights: for each table without a fixed height, T_0 … up to its largest height.
        addresses: for each witness block, a_g … a_{N + slot index bits - 1}.
    """

    heights: list[list[E]]
    addresses: list[list[E]]

    def flat(self) -> list[E]:
        """All bits in the order in which they are absorbed."""
        return [bit for bits in (*self.heights, *self.addresses) for bit in bits]


class Layout:
    """What a system fixes about shapes.

    Attributes:
        free_tables: indexes of the tables whose height the prover chooses.
        free_blocks: indexes (in System.blocks) of the blocks whose address the prover chooses.
        index_bits: N + slot index bits, the bits of an address.
        height_bits, address_bits: how many bits ShapeBits holds for each of them.
    """

    def __init__(self, system: System) -> None:
        """Raises:
        ValueError: a block of the largest height is longer than all slots together, or the
            output column is not the first of its block.
        """
        params = system.params
        self.system = system
        self.index_bits = params.slot_bits + params.slot_index_bits
        tables = range(len(system.tables))
        self.free_tables = [t for t in tables if system.fixed_heights[t] is None]
        self.free_blocks = [i for i, b in enumerate(system.blocks) if not b.preprocessed]
        self.height_bits = [system.max_heights[t] for t in self.free_tables]
        self.address_bits = [self.index_bits - system.blocks[i].size_bits for i in self.free_blocks]
        for block in system.blocks:
            if system.max_heights[block.table] + block.size_bits > self.index_bits:
                raise ValueError(f"a block of {system.tables[block.table].name} fits no slot")
        if self.output_block is not None and self.output_block not in system.blocks:
            raise ValueError("the output column is not the first of its block")

    @property
    def bit_count(self) -> int:
        """Bits of a ShapeBits in all."""
        return sum(self.height_bits) + sum(self.address_bits)

    @property
    def packed_length(self) -> int:
        """Elements that the bits are absorbed as."""
        return -(-self.bit_count // PACKED_BITS)

    @cached_property
    def program_table(self) -> int | None:
        """Index of the table whose height is part of the statement (none in toy systems)."""
        return _find(self.system, "PROGRAM")

    @cached_property
    def output_block(self) -> Block | None:
        """The block that starts with OUTPUT's column p (none in toy systems)."""
        table = _find(self.system, "OUTPUT")
        if table is None:
            return None
        column = self.system.column_offset[table] + self.system.tables[table].committed.index("p")
        blocks = [b for b in self.system.blocks if b.first == column]
        if not blocks:
            raise ValueError("the output column is not the first of its block")
        return blocks[0]

    def preprocessed_slot(self, table: int) -> int:
        """The slot of a table's preprocessed columns, which start at its offset 0."""
        tables = [t for t, x in enumerate(self.system.tables) if x.preprocessed]
        return tables.index(table)

    def split(self, bits: Sequence[E]) -> ShapeBits[E]:
        """The inverse of :meth:`ShapeBits.flat`."""
        stream = iter(bits)
        heights = [[next(stream) for _ in range(n)] for n in self.height_bits]
        return ShapeBits(heights, [[next(stream) for _ in range(n)] for n in self.address_bits])


def _find(system: System, name: str) -> int | None:
    return next((i for i, table in enumerate(system.tables) if table.name == name), None)


@dataclass(frozen=True)
class Shape:
    """A shape in integers.

    Attributes:
        heights: k of every table (2^k rows).
        addresses: slot * 2^N + offset of every block of System.blocks.
    """

    heights: tuple[int, ...]
    addresses: tuple[int, ...]

    @staticmethod
    def of(system: System, heights: Sequence[int], witness: Sequence[int]) -> Shape:
        """The shape with these heights of all tables and these addresses of the witness blocks.

        Raises:
            ShapeError: a height or address outside its range or alignment.
        """
        layout = Layout(system)
        _require(len(heights) == len(system.tables), "one height for each table")
        _require(len(witness) == len(layout.free_blocks), "one address for each witness block")
        chosen = iter(witness)
        addresses = []
        for block in system.blocks:
            table = system.tables[block.table]
            k = heights[block.table]
            fixed = system.fixed_heights[block.table]
            _require(0 <= k <= system.max_heights[block.table], f"height {k} of {table.name}")
            _require(fixed in (None, k), f"height {k} of {table.name}, which is fixed")
            if block.preprocessed:
                column = block.first - system.column_offset[block.table]
                slot = layout.preprocessed_slot(block.table)
                addresses.append((slot << system.params.slot_bits) + (column << k))
                continue
            address = next(chosen)
            aligned = address % (1 << (k + block.size_bits)) == 0
            in_range = 0 <= address < 1 << layout.index_bits
            _require(aligned and in_range, f"address {address} of a block of {table.name}")
            addresses.append(address)
        return Shape(tuple(heights), tuple(addresses))

    def bits(self, system: System) -> ShapeBits[Fr]:
        """The prover's part, as bits."""
        layout = Layout(system)
        heights = [
            [Fr(i < self.heights[t]) for i in range(n)]
            for t, n in zip(layout.free_tables, layout.height_bits, strict=True)
        ]
        addresses = [
            [Fr(self.addresses[i] >> bit & 1) for bit in range(layout.index_bits - count, layout.index_bits)]
            for i, count in zip(layout.free_blocks, layout.address_bits, strict=True)
        ]
        return ShapeBits(heights, addresses)

    @staticmethod
    def from_bits(system: System, bits: ShapeBits[Any]) -> Shape:
        """The inverse of :meth:`bits`.

        Raises:
            ShapeError: the bits are no shape.
        """
        layout = Layout(system)
        sizes = [len(x) for x in bits.heights], [len(x) for x in bits.addresses]
        _require(sizes == (layout.height_bits, layout.address_bits), "number of bits")
        _require(all(bit in (0, 1) for bit in bits.flat()), "bits")
        heights = list(system.fixed_heights)
        for table, values in zip(layout.free_tables, bits.heights, strict=True):
            heights[table] = sum(map(int, values))
            _require(values == sorted(values, reverse=True), "height bits that rise")
        witness = [
            sum(int(bit) << (layout.index_bits - len(values) + i) for i, bit in enumerate(values))
            for values in bits.addresses
        ]
        return Shape.of(system, [k for k in heights if k is not None], witness)


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise ShapeError(what)


def pack_bits(bits: Sequence[E]) -> list[E]:
    """Bits, lowest first, as elements of 253 bits each."""
    packed = []
    for start in range(0, len(bits), PACKED_BITS):
        piece = bits[start : start + PACKED_BITS]
        value = piece[0]
        for i, bit in enumerate(piece[1:], 1):
            value = value + bit * (1 << i)
        packed.append(value)
    return packed


class Heights(Generic[E]):
    """The checked heights of all tables, as the verifier uses them.

    Attributes:
        below: per table, T_0 … T_{max-1}.
        is_height: per table, the indicators [k = 0] … [k = max].
    """

    def __init__(self, arithmetic: Arithmetic[E], system: System, bits: ShapeBits[E]) -> None:
        """Raises:
        ShapeError: a bit that is not boolean, or a 1 after a 0.
        """
        one = arithmetic.constant(1)
        self._zero = zero = arithmetic.constant(0)
        free = iter(bits.heights)
        self.below: list[list[E]] = []
        for table, fixed in zip(system.tables, system.fixed_heights, strict=True):
            if fixed is not None:
                self.below.append([one] * fixed)
                continue
            chosen = next(free)
            previous = one
            for i, bit in enumerate(chosen):
                what = f"height bit {i} of {table.name}"
                arithmetic.assert_product(bit, bit, bit, ShapeError, what)
                if i:
                    arithmetic.assert_product(bit, 1 - previous, zero, ShapeError, what)
                previous = bit
            self.below.append(chosen)
        self.is_height = [_steps([one, *below, zero]) for below in self.below]
        for t, fixed in enumerate(system.fixed_heights):
            if fixed is not None:
                self.is_height[t] = [zero] * fixed + [one]

    def height(self, table: int) -> E:
        """k, as an element."""
        total = self._zero
        for bit in self.below[table]:
            total = total + bit
        return total

    def select(self, table: int, by_height: Sequence[E]) -> E:
        """by_height[k]: one product for each possible height."""
        terms = zip(self.is_height[table], by_height, strict=False)
        (indicator, value), *rest = terms
        total = indicator * value
        for indicator, value in rest:
            total = total + indicator * value
        return total


def _steps(bits: Sequence[E]) -> list[E]:
    return [a - b for a, b in pairwise(bits)]


def address_bits(
    arithmetic: Arithmetic[E], system: System, heights: Heights[E], bits: ShapeBits[E]
) -> list[list[E]]:
    """a_g, a_{g+1}, … of every block; a_i is 0 below k + g.

    Witness addresses are the prover's: constrained here. The address of a preprocessed block,
    column q of a table whose columns start at offset 0 of its slot, is q·2^k.

    Raises:
        ShapeError: a bit that is not boolean, or not 0 below the block's own cells.
    """
    layout = Layout(system)
    zero = arithmetic.constant(0)
    one = arithmetic.constant(1)
    free = iter(bits.addresses)
    result = []
    for block in system.blocks:
        g = block.size_bits
        below = heights.below[block.table]
        if not block.preprocessed:
            chosen = next(free)
            for i, bit in enumerate(chosen):
                inside = below[i] if i < len(below) else zero
                what = f"address bit {i + g} of a block of {system.tables[block.table].name}"
                arithmetic.assert_product(bit, bit + inside - 1, zero, ShapeError, what)
            result.append(chosen)
            continue
        column = block.first - system.column_offset[block.table]
        slot = layout.preprocessed_slot(block.table)
        own = [one if slot << system.params.slot_bits >> i & 1 else zero for i in range(g, layout.index_bits)]
        for k, indicator in enumerate(heights.is_height[block.table]):
            for i in range(g, layout.index_bits):
                if column << k >> i & 1:
                    own[i - g] = own[i - g] + indicator
        result.append(own)
    return result
