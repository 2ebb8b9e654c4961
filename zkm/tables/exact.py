"""The debug mode in exact field arithmetic, row by row, for any cells, full field elements included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from zkm.field import MODULUS
from zkm.tables.compiled import CompiledTable
from zkm.tables.data import TableData
from zkm.tables.system import System

__all__ = [
    "BusTuple",
    "CellChange",
    "RowEffect",
    "find_changed_violations",
    "find_exact_violations",
    "row_effect",
]

BusTuple = tuple[int, tuple[int, ...]]
"""(bus id, entries), the entries signed: in (−r/2, r/2)."""


class CellChange(NamedTuple):
    """A new value, any field element, for one cell."""

    table: str
    row: int
    column: str
    value: int


@dataclass(frozen=True)
class RowEffect:
    """What one row does.

    Attributes:
        broken: indexes of the constraints that are not 0.
        tuples: per interaction its tuple, entries in (−r/2, r/2).
        multiplicities: per interaction its signed multiplicity, in (−r/2, r/2).
        net: bus tuple -> how often the row sends it more than it receives it, zeros left out.
    """

    broken: tuple[int, ...]
    tuples: tuple[tuple[int, ...], ...]
    multiplicities: tuple[int, ...]
    net: Mapping[BusTuple, int]


def row_effect(compiled: CompiledTable, values: Sequence[int]) -> RowEffect:
    """Evaluate one row; `values` holds one integer per column, any representative of the element."""
    nodes = compiled.evaluate(values)
    broken = tuple(i for i, node in enumerate(compiled.constraints.tolist()) if nodes[node] % MODULUS)
    tuples, multiplicities = [], []
    net: Counter[BusTuple] = Counter()
    for interaction in compiled.interactions:
        entries = tuple(
            _signed(nodes[node] * _inverse_power(shift) if shift else nodes[node])
            for node, shift in interaction.entries
        )
        multiplicity = _signed(interaction.sign * nodes[interaction.multiplicity])
        tuples.append(entries)
        multiplicities.append(multiplicity)
        net[interaction.bus, entries] += multiplicity
    net_mod = {key: _signed(count) for key, count in net.items() if count % MODULUS}
    return RowEffect(broken, tuple(tuples), tuple(multiplicities), net_mod)


def find_exact_violations(system: System, data: Sequence[TableData]) -> list[str]:
    """Everything that does not hold; slow (20,000 rows a second), for small tables."""
    found = []
    balance: Counter[BusTuple] = Counter()
    for table, compiled, values in zip(system.tables, system.compiled, data, strict=True):
        for number, cells in enumerate(values.data.T.tolist()):
            effect = row_effect(compiled, cells)
            names = (table.constraints[i].name for i in effect.broken)
            found += [f"{table.name}, row {number}: constraint '{name}' is not 0" for name in names]
            _add(balance, effect, 1)
    return found + _unbalanced(system, balance)


def find_changed_violations(
    system: System, data: Sequence[TableData], changes: Iterable[CellChange]
) -> list[str]:
    """What no longer holds after some cells of tables that hold everything were changed.

    Only the changed rows are evaluated: the others did and do hold, and balanced with the rows as they
    were.

    Args:
        system: the system.
        data: its tables, without violations.
        changes: the cells; the row may be a padding row, below 2^height.

    Raises:
        IndexError: a change lies outside its table.
    """
    rows: dict[tuple[int, int], list[int]] = {}
    balance: Counter[BusTuple] = Counter()
    for change in changes:
        index = system.index(change.table)
        if not 0 <= change.row < 1 << data[index].height:
            raise IndexError(f"{change.table} has no row {change.row}")
        key = index, change.row
        if key not in rows:
            rows[key] = _row(data[index], change.row)
            _add(balance, row_effect(system.compiled[index], rows[key]), -1)
        rows[key][system.tables[index].all_columns.index(change.column)] = change.value
    found = []
    for (index, number), cells in rows.items():
        table, effect = system.tables[index], row_effect(system.compiled[index], cells)
        names = (table.constraints[i].name for i in effect.broken)
        found += [f"{table.name}, row {number}: constraint '{name}' is not 0" for name in names]
        _add(balance, effect, 1)
    return found + _unbalanced(system, balance)


def _row(data: TableData, row: int) -> list[int]:
    if row >= data.data.shape[1]:
        return [0] * data.data.shape[0]
    return [int(value) for value in data.data[:, row]]


def _add(balance: Counter[BusTuple], effect: RowEffect, sign: int) -> None:
    for key, count in effect.net.items():
        balance[key] += sign * count


def _unbalanced(system: System, balance: Mapping[BusTuple, int]) -> list[str]:
    names = {i.bus.id: i.bus.name for table in system.tables for i in table.interactions}
    return [
        f"bus {names[bus]} {entries} is sent {_signed(count)} times more than received"
        for (bus, entries), count in balance.items()
        if count % MODULUS
    ]


def _signed(value: int) -> int:
    value %= MODULUS
    return value if value <= MODULUS // 2 else value - MODULUS


def _inverse_power(shift: int) -> int:
    return pow(2, -shift, MODULUS)
