"""How large the tables of a trace are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zkm.tables.registry import machine_tables

if TYPE_CHECKING:
    from zkm.machine.records import Trace
    from zkm.tables.table import Table

__all__ = ["TableStats", "stats"]


@dataclass(frozen=True)
class TableStats:
    """Size of one table.

    Attributes:
        name: the table.
        rows: rows in use (all rows of a table with a fixed height).
        cells: rows * committed columns.
        interactions: rows * interactions of the table, the leaves of its part of the LogUp tree.
    """

    name: str
    rows: int
    cells: int
    interactions: int


def stats(trace: Trace) -> list[TableStats]:
    """Sizes of all tables, in their order, without filling them."""
    return [_size(table, _rows(table, trace)) for table in machine_tables()]


def _size(table: Table, rows: int) -> TableStats:
    return TableStats(table.name, rows, rows * len(table.committed), rows * len(table.interactions))


def _rows(table: Table, trace: Trace) -> int:
    if table.fixed_height is not None:
        return 1 << table.fixed_height
    if table.name in trace.records:
        return len(trace.records[table.name])
    return {
        "PROGRAM": len(trace.counts),
        "WORDS": len(trace.memory),
        "REFRESH": len(trace.refresh),
        "OUTPUT": len(trace.output_words),
    }[table.name]
