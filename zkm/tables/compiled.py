"""The compiled form of a table: its expressions as one flat list of nodes.

This is what the native prover and the generic verifier evaluate. Equal sub-expressions are one
node, and every node comes after its operands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zkm.tables.expression import Expression, Operation
from zkm.tables.table import Table

__all__ = ["CompiledInteraction", "CompiledTable", "compile_table"]


class CompiledInteraction(NamedTuple):
    """One interaction.

    Attributes:
        bus: the bus's id.
        sign: +1 sends, −1 receives.
        multiplicity: node of the multiplicity without the sign.
        entries: (node, d) per tuple entry; the entry is node / 2^d.
    """

    bus: int
    sign: int
    multiplicity: int
    entries: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class CompiledTable:
    """All expressions of a table.

    Attributes:
        nodes: int64[n, 3] of (operation, x, y): 0 column x; 1 constant x; 2, 3, 4 sum, difference,
            product of the earlier nodes x and y.
        constraints: int64[], the node of each constraint.
        interactions: one per interaction of the table.
        n_columns: preprocessed, witness and structured columns together.
    """

    nodes: NDArray[np.int64]
    constraints: NDArray[np.int64]
    interactions: tuple[CompiledInteraction, ...]
    n_columns: int

    def evaluate(self, columns: Sequence[Any]) -> list[Any]:
        """The value of every node, given the value of every column.

        Columns may be anything with + - * among each other and with int; a constant node's value
        is a plain int.
        """
        values: list[Any] = []
        for operation, x, y in self.nodes.tolist():
            if operation == Operation.COLUMN:
                values.append(columns[x])
            elif operation == Operation.CONSTANT:
                values.append(x)
            elif operation == Operation.ADD:
                values.append(values[x] + values[y])
            elif operation == Operation.SUBTRACT:
                values.append(values[x] - values[y])
            else:
                values.append(values[x] * values[y])
        return values

    def native(
        self,
    ) -> tuple[
        NDArray[np.int64],
        NDArray[np.int64],
        list[tuple[int, int, int, list[tuple[int, int]]]],
        int,
    ]:
        """(nodes, constraints, interactions, n_columns) as plain types for the native module."""
        interactions = [(i.bus, i.sign, i.multiplicity, list(i.entries)) for i in self.interactions]
        return self.nodes, self.constraints, interactions, self.n_columns


def compile_table(table: Table) -> CompiledTable:
    """Compile a table's constraints and interactions."""
    nodes: list[tuple[int, int, int]] = []
    by_content: dict[tuple[int, int, int], int] = {}
    by_identity: dict[int, int] = {}

    def place(root: Expression) -> int:
        # Iterative: expressions are deep left-leaning chains.
        stack = [root]
        while stack:
            node = stack[-1]
            if id(node) in by_identity:
                stack.pop()
                continue
            missing = [o for o in node.operands if id(o) not in by_identity]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            x, y = ([by_identity[id(o)] for o in node.operands] + [node.value, 0])[:2]
            if node.operation in (Operation.ADD, Operation.MULTIPLY):
                x, y = min(x, y), max(x, y)
            content = (int(node.operation), x, y)
            if content not in by_content:
                by_content[content] = len(nodes)
                nodes.append(content)
            by_identity[id(node)] = by_content[content]
        return by_identity[id(root)]

    constraints = [place(constraint.expression) for constraint in table.constraints]
    interactions = tuple(
        CompiledInteraction(
            interaction.bus.id,
            interaction.sign,
            place(interaction.multiplicity),
            tuple((place(entry.numerator), entry.shift) for entry in interaction.tuple),
        )
        for interaction in table.interactions
    )
    return CompiledTable(
        np.array(nodes, dtype=np.int64).reshape(-1, 3),
        np.array(constraints, dtype=np.int64),
        interactions,
        len(table.all_columns),
    )
