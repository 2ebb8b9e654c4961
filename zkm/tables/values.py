"""Values of a compiled table's nodes over whole columns at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkm.tables.compiled import CompiledTable
from zkm.tables.expression import Operation

__all__ = ["NodeValues"]


class NodeValues:
    """Evaluates nodes on demand, each once, over int64 columns.

    Without a modulus in plain int64 arithmetic: exact where no intermediate value leaves 63 bits,
    as in the lookups of an honest trace. With a modulus below 2^31 everywhere exact modulo it.
    """

    def __init__(
        self, compiled: CompiledTable, columns: NDArray[np.int64], modulus: int | None = None
    ) -> None:
        """`columns` has the shape (columns of the table, rows)."""
        self._nodes = compiled.nodes.tolist()
        self._columns = columns
        self._modulus = modulus
        self._known: dict[int, Any] = {}

    def __getitem__(self, node: int) -> NDArray[np.int64]:
        """int64[rows] of the node's values (in [0, modulus) if there is one)."""
        return np.broadcast_to(self._value(node), self._columns.shape[1])

    def entry(self, node: int, shift: int) -> NDArray[np.int64]:
        """node / 2^shift: rounded down without a modulus, else the exact quotient modulo it."""
        value = self[node]
        if not shift:
            return value
        if self._modulus is None:
            return value >> shift
        return value * pow(2, -shift, self._modulus) % self._modulus

    def _value(self, node: int) -> Any:
        if node not in self._known:
            self._known[node] = self._compute(*self._nodes[node])
        return self._known[node]

    def _compute(self, operation: int, x: int, y: int) -> Any:
        if operation == Operation.COLUMN:
            value: Any = self._columns[x]
        elif operation == Operation.CONSTANT:
            value = x
        elif operation == Operation.ADD:
            value = self._value(x) + self._value(y)
        elif operation == Operation.SUBTRACT:
            value = self._value(x) - self._value(y)
        else:
            value = self._value(x) * self._value(y)
        return value if self._modulus is None else value % self._modulus
