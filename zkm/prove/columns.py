"""The witness store that GKR, zerocheck and stacking share."""

from __future__ import annotations

from collections.abc import Sequence

from zkm import _native
from zkm.tables.data import TableData
from zkm.tables.system import System

__all__ = ["native_columns"]


def native_columns(system: System, data: Sequence[TableData]) -> _native.Columns:
    """The cells of every table of a system beside its compiled expressions.

    Raises:
        ValueError: cells of another shape than the tables', or expressions that the argument
            cannot prove.
    """
    tables = [
        (compiled.native(), len(table.committed))
        for table, compiled in zip(system.tables, system.compiled, strict=True)
    ]
    return _native.Columns(tables, [(table.height, table.data) for table in data])
