"""The values of one table in one proof."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkm.tables.table import Table

__all__ = ["TableData", "height_of"]


@dataclass(frozen=True, eq=False)
class TableData:
    """All columns of a table.

    Attributes:
        height: k; the table has 2^k rows.
        data: int64 (columns, rows), C-contiguous, in the order preprocessed, witness, structured.
            Rows from its end to 2^k are zero; a table with structured columns has all 2^k rows.
    """

    height: int
    data: NDArray[np.int64]

    @classmethod
    def of(cls, table: Table, committed: NDArray[np.int64]) -> TableData:
        """Append the structured columns to the committed ones, int64 (columns, rows).

        Raises:
            ValueError: wrong number of columns, or more rows than a fixed height has.
        """
        columns, rows = committed.shape
        if columns != len(table.committed):
            raise ValueError(f"{table.name}: {columns} columns, not {len(table.committed)}")
        height = height_of(rows) if table.fixed_height is None else table.fixed_height
        if rows > 1 << height:
            raise ValueError(f"{table.name}: {rows} rows do not fit height {height}")
        if not table.structured:
            return cls(height, np.ascontiguousarray(committed))
        data = np.zeros((len(table.all_columns), 1 << height), dtype=np.int64)
        data[:columns, :rows] = committed
        for index, structured in enumerate(table.structured, columns):
            data[index] = structured.values(height)
        return cls(height, data)

    def column(self, table: Table, name: str) -> NDArray[np.int64]:
        """One column by name (a view)."""
        view: NDArray[np.int64] = self.data[table.all_columns.index(name)]
        return view


def height_of(rows: int) -> int:
    """The smallest k with 2^k >= rows; 0 for no rows."""
    return max(rows - 1, 0).bit_length()
