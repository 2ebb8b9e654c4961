"""A system: the tables of one argument, with every index that its parts agree on.

Prover, verifier and circuit know tables only through a :class:`System`; a toy system with its own
tables is proven by the same code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate

from zkm.params import ParameterSet
from zkm.tables.bus import Bus
from zkm.tables.compiled import CompiledTable, compile_table
from zkm.tables.table import Table

__all__ = ["Block", "System"]


@dataclass(frozen=True)
class Block:
    """2^size_bits consecutive committed columns of one table with one address (slot, offset).

    Column q of the block lies at offset + q * 2^k of the slot; the offset is a multiple of
    2^(k + size_bits) (protocol, section 6).

    Attributes:
        table: index of the table.
        first: global index of the first column.
        size_bits: g.
        preprocessed: True for preprocessed columns, whose addresses are never the prover's.
    """

    table: int
    first: int
    size_bits: int
    preprocessed: bool


class System:
    """Tables in a fixed order, and their global numbering.

    Attributes:
        params: the parameter set.
        tables: the tables; index t below is a position in this tuple.
        compiled: their compiled forms.
        interaction_offset: per table, the global index j of its first interaction; within a table
            they follow its own order. `interaction_count` <= 2^ν.
        column_offset: per table, the global index c of its first committed column (preprocessed,
            then witness). `column_count` in all.
        constraint_offset: per table, the global index of its first constraint.
        fixed_heights: per table, the height k that the verifier fixes, or None.
        max_heights: per table, the largest height.
        blocks: the committed columns cut into aligned blocks, in the order of columns.
    """

    def __init__(self, params: ParameterSet, tables: Sequence[Table]) -> None:
        """Number the tables.

        Raises:
            ValueError: the tables do not fit the parameter set or contradict each other.
        """
        self.params = params
        self.tables = tuple(tables)
        _check_names(self.tables)
        self.compiled: tuple[CompiledTable, ...] = tuple(compile_table(t) for t in self.tables)

        interactions = [len(table.interactions) for table in self.tables]
        columns = [len(table.committed) for table in self.tables]
        constraints = [len(table.constraints) for table in self.tables]
        *self.interaction_offset, self.interaction_count = accumulate(interactions, initial=0)
        *self.column_offset, self.column_count = accumulate(columns, initial=0)
        *self.constraint_offset, self.constraint_count = accumulate(constraints, initial=0)
        if self.interaction_count > 1 << params.interaction_bits:
            raise ValueError(f"{self.interaction_count} interactions do not fit the parameter set")

        self.fixed_heights = tuple(table.fixed_height for table in self.tables)
        self.max_heights = tuple(_max_height(table, params) for table in self.tables)
        self.blocks = tuple(
            block
            for index, table in enumerate(self.tables)
            for first, count, preprocessed in (
                (0, len(table.preprocessed), True),
                (len(table.preprocessed), len(table.columns), False),
            )
            for block in _cut(index, self.column_offset[index] + first, count, preprocessed)
        )

    def index(self, name: str) -> int:
        """Index of a table.

        Raises:
            KeyError: no such table.
        """
        for index, table in enumerate(self.tables):
            if table.name == name:
                return index
        raise KeyError(name)

    def table(self, name: str) -> Table:
        """A table by name; raises KeyError."""
        return self.tables[self.index(name)]

    def digest(self) -> bytes:
        """SHA-256 of a canonical description: everything that a verifier of this system knows of
        the parameter set and the tables, names included.
        """
        return hashlib.sha256(json.dumps(self._description(), sort_keys=True).encode()).digest()

    def _description(self) -> dict[str, object]:
        tables = []
        for table, compiled in zip(self.tables, self.compiled, strict=True):
            nodes, constraints, interactions, _ = compiled.native()
            tables.append(
                {
                    "name": table.name,
                    "preprocessed": table.preprocessed,
                    "columns": table.columns,
                    "structured": [_sample(table, i) for i in range(len(table.structured))],
                    "fixed height": table.fixed_height,
                    "nodes": nodes.tolist(),
                    "constraints": constraints.tolist(),
                    "interactions": interactions,
                }
            )
        return {"parameters": asdict(self.params), "tables": tables}


def _sample(table: Table, index: int) -> list[object]:
    """A structured column by its name and its values at a small height: they pin which function
    of the row bits it is (at the table's own height where that is fixed).
    """
    structured = table.structured[index]
    height = 8 if table.fixed_height is None else table.fixed_height
    values = structured.values(height).astype("<i8").tobytes()
    return [structured.name, hashlib.sha256(values).hexdigest()]


def _check_names(tables: Sequence[Table]) -> None:
    names = [table.name for table in tables]
    if len(set(names)) != len(names):
        raise ValueError("two tables have the same name")
    buses: dict[int, Bus] = {}
    for table in tables:
        for interaction in table.interactions:
            bus = interaction.bus
            if buses.setdefault(bus.id, bus) != bus or bus.id < 1:
                raise ValueError(f"{table.name}: bus {bus.name} has the id of another bus")


def _max_height(table: Table, params: ParameterSet) -> int:
    """K, and for preprocessed columns, which share one slot, no more than that slot holds."""
    side_by_side = max(len(table.preprocessed) - 1, 0).bit_length() if table.preprocessed else 0
    limit = min(params.table_bits, params.slot_bits - side_by_side)
    if table.fixed_height is None:
        return limit
    if table.fixed_height > limit:
        raise ValueError(f"{table.name}: height {table.fixed_height} exceeds {limit}")
    return table.fixed_height


def _cut(table: int, first: int, count: int, preprocessed: bool) -> list[Block]:
    """Blocks of `count` columns, the largest power of two first (9 = 8 + 1)."""
    blocks = []
    while count:
        size_bits = count.bit_length() - 1
        blocks.append(Block(table, first, size_bits, preprocessed))
        first += 1 << size_bits
        count -= 1 << size_bits
    return blocks
