"""The debug mode in exact field arithmetic, row by row, for any cells, full field elements included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zkm.field import MODULUS
from zkm.tables.compiled import CompiledTable
from zkm.tables.data import TableData
from zkm.tables.system import System

__all__ = ["BusTuple", "RowEffect", "find_exact_violations", "row_effect"]

BusTuple = tuple[int, tuple[int, ...]]
"""(bus id, entries), the entries signed: in (−r/2, r/2)."""


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


def find_exact_violations(
    system: System,
    data: Sequence[TableData],
    changes: Iterable[tuple[str, int, str, int]] = (),
) -> list[str]:
    """Everything that does not hold after some cells were changed.

    Args:
        system: the system.
        data: its tables.
        changes: (table, row, column, value) with any field element as value; the row may be a
            padding row, below 2^height.

    Raises:
        IndexError: a change lies outside its table.
    """
    rows = [table.data.T.tolist() for table in data]
    for name, row, column, value in changes:
        index = system.index(name)
        if not 0 <= row < 1 << data[index].height:
            raise IndexError(f"{name} has no row {row}")
        padding = [0] * len(system.tables[index].all_columns)
        while len(rows[index]) <= row:
            rows[index].append(list(padding))
        rows[index][row][system.tables[index].all_columns.index(column)] = value
    found = []
    balance: Counter[BusTuple] = Counter()
    for table, compiled, values in zip(system.tables, system.compiled, rows, strict=True):
        for number, cells in enumerate(values):
            effect = row_effect(compiled, cells)
            names = (table.constraints[i].name for i in effect.broken)
            found += [f"{table.name}, row {number}: constraint '{name}' is not 0" for name in names]
            for key, count in effect.net.items():
                balance[key] += count
    names_of = {i.bus.id: i.bus.name for table in system.tables for i in table.interactions}
    found += [
        f"bus {names_of[bus]} {entries} is sent {_signed(count)} times more than received"
        for (bus, entries), count in balance.items()
        if count % MODULUS
    ]
    return found


def _signed(value: int) -> int:
    value %= MODULUS
    return value if value <= MODULUS // 2 else value - MODULUS


def _inverse_power(shift: int) -> int:
    return pow(2, -shift, MODULUS)
