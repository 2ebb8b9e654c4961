"""From a trace to the cells of all tables.

Instruction and memory tables are made from the trace, column by column; then the multiplicities of the
lookup tables are counted from the interactions of the tables themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zkm.errors import ParameterError, TraceError
from zkm.tables.compiled import CompiledInteraction
from zkm.tables.data import TableData
from zkm.tables.values import NodeValues

if TYPE_CHECKING:
    from zkm.machine.records import Trace
    from zkm.tables.system import System
    from zkm.tables.table import Lookup, Table

__all__ = ["fill"]

Integers = NDArray[np.int64]


def fill(system: System, trace: Trace) -> list[TableData]:
    """The data of every table of the machine's system, in the system's order.

    Raises:
        ParameterError: a table has more rows than the parameter set allows.
        TraceError: a value is outside the table it is looked up in (the trace is not a machine's).
    """
    committed: list[Integers | None] = []
    for table, limit in zip(system.tables, system.max_heights, strict=True):
        columns = None if table.fill is None else table.fill(trace).data
        if columns is not None and columns.shape[1] > 1 << limit:
            raise ParameterError(
                f"table {table.name} has {columns.shape[1]} rows, more than 2^{limit}"
                f" (parameter set {system.params.name})"
            )
        committed.append(columns)
    lookups = {
        lookup.bus.id: (table, lookup, np.zeros(1 << (table.fixed_height or 0), dtype=np.int64))
        for table in system.tables
        for lookup in table.lookups
    }
    for table, compiled, columns in zip(system.tables, system.compiled, committed, strict=True):
        if columns is not None and columns.shape[1]:
            values = NodeValues(compiled, columns)
            for position, interaction in enumerate(compiled.interactions):
                if interaction.bus in lookups:
                    name = f"{table.name}, {table.interactions[position].name}"
                    _, lookup, counts = lookups[interaction.bus]
                    counts += _count(name, lookup, values, interaction, len(counts))
    for index, table in enumerate(system.tables):
        if table.lookups:
            committed[index] = np.zeros(
                (len(table.committed), 1 << (table.fixed_height or 0)), dtype=np.int64
            )
    for table, lookup, counts in lookups.values():
        columns = committed[system.index(table.name)]
        assert columns is not None
        columns[table.committed.index(lookup.column)] = counts
    return [_data(table, columns) for table, columns in zip(system.tables, committed, strict=True)]


def _data(table: Table, columns: Integers | None) -> TableData:
    if columns is None:
        raise ValueError(f"table {table.name} has neither a fill nor lookups")
    return TableData.of(table, columns)


def _count(
    name: str, lookup: Lookup, values: NodeValues, interaction: CompiledInteraction, size: int
) -> Integers:
    """How often an interaction looks up each of the `size` rows of a lookup table."""
    rows = lookup.row([values.entry(node, shift) for node, shift in interaction.entries])
    live = values[interaction.multiplicity]
    if not live.all():
        rows, live = rows[live != 0], live[live != 0]
    if len(rows) and not (rows.min() >= 0 and rows.max() < size):
        raise TraceError(f"{name}: a value is not in the table of bus {lookup.bus.name}")
    if (live == 1).all():
        return np.bincount(rows, minlength=size)
    return np.bincount(rows, weights=live, minlength=size).astype(np.int64)
