"""The debug mode: checks every constraint and every bus balance of filled tables, and says what is wrong.

Rows are evaluated in bulk, modulo two 31-bit primes: an identity between small integers that holds in
the field holds modulo both, and one that fails does not pass both by accident. This finds mistakes;
against values made up to deceive it, use :mod:`zkm.tables.exact`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zkm.errors import ConstraintViolation
from zkm.tables.compiled import CompiledInteraction
from zkm.tables.data import TableData
from zkm.tables.exact import row_effect
from zkm.tables.system import System
from zkm.tables.values import NodeValues

__all__ = ["PRIMES", "Violation", "assert_valid", "find_violations"]

PRIMES: Final = (2**31 - 1, 2**31 - 19)
CHUNK: Final = 1 << 15
"""Rows evaluated at once, so that their values stay in the cache."""

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Violation:
    """One finding.

    Attributes:
        table: name of the table; for a bus, of a table that takes part in the unbalanced tuple.
        row: row of that table, −1 if the finding is about the table.
        what: the constraint, or the bus and the tuple.
    """

    table: str
    row: int
    what: str

    def __str__(self) -> str:
        where = self.table if self.row < 0 else f"{self.table}, row {self.row}"
        return f"{where}: {self.what}"


def assert_valid(system: System, data: Sequence[TableData]) -> None:
    """Check everything.

    Raises:
        ConstraintViolation: something does not hold; the message names the first findings.
    """
    violations = find_violations(system, data, limit=5)
    if violations:
        raise ConstraintViolation("; ".join(map(str, violations)))


def find_violations(system: System, data: Sequence[TableData], limit: int = 100) -> list[Violation]:
    """Everything that does not hold, at most `limit` findings: heights and structured columns, then
    constraints, then bus balances.
    """
    found = list(_shapes(system, data))
    if found:
        return found[:limit]
    balances = _Balances()
    for index, table in enumerate(system.tables):
        compiled, cells = system.compiled[index], data[index].data
        for start in range(0, cells.shape[1], CHUNK):
            chunk = cells[:, start : start + CHUNK]
            modular = [NodeValues(compiled, chunk, prime) for prime in PRIMES]
            for constraint, node in zip(table.constraints, compiled.constraints.tolist(), strict=True):
                broken = (modular[0][node] != 0) | (modular[1][node] != 0)
                for row in np.flatnonzero(broken)[:limit]:
                    what = f"constraint '{constraint.name}' is not 0"
                    found.append(Violation(table.name, start + int(row), what))
            for position, interaction in enumerate(compiled.interactions):
                balances.add(index, position, start, interaction, modular)
        if len(found) >= limit:
            return found[:limit]
    found.extend(balances.violations(system, data, limit - len(found)))
    return found


def _shapes(system: System, data: Sequence[TableData]) -> Iterator[Violation]:
    for table, limit, values in zip(system.tables, system.max_heights, data, strict=True):
        height, (columns, rows) = values.height, values.data.shape
        if columns != len(table.all_columns) or rows > 1 << height:
            yield Violation(table.name, -1, f"shape {columns} x {rows} at height {height}")
        elif table.fixed_height not in (None, height) or height > limit:
            yield Violation(table.name, -1, f"height {height}, not {table.fixed_height or f'<= {limit}'}")
        else:
            for index, structured in enumerate(table.structured, len(table.committed)):
                if not np.array_equal(values.data[index], structured.values(height)):
                    yield Violation(table.name, -1, f"structured column {structured.name}")


class _Balances:
    """Tuples of all rows as 62-bit fingerprints, with signed multiplicities modulo both primes."""

    def __init__(self) -> None:
        generator = np.random.default_rng(0)
        # Per prime: a coefficient of the bus id and of each tuple entry.
        self._weights = generator.integers(1, min(PRIMES), size=(2, 8)).tolist()
        self._keys: list[Integers] = []
        self._counts: list[Integers] = []
        self._sources: list[tuple[int, int, Integers]] = []

    def add(
        self,
        table: int,
        position: int,
        start: int,
        interaction: CompiledInteraction,
        modular: Sequence[NodeValues],
    ) -> None:
        counts = np.array([values[interaction.multiplicity] for values in modular])
        live = np.flatnonzero(counts.any(axis=0))
        if not len(live):
            return
        parts = []
        for prime, weights, values in zip(PRIMES, self._weights, modular, strict=True):
            mark = np.full(len(live), interaction.bus * weights[0] % prime)
            for weight, (node, shift) in zip(weights[1:], interaction.entries, strict=False):
                mark = (mark + weight * values.entry(node, shift)[live]) % prime
            parts.append(mark)
        self._keys.append(parts[0] << 31 | parts[1])
        self._counts.append(interaction.sign * counts[:, live])
        self._sources.append((table, position, live + start))

    def violations(self, system: System, data: Sequence[TableData], limit: int) -> list[Violation]:
        if not self._keys:
            return []
        keys = np.concatenate(self._keys)
        counts = np.concatenate(self._counts, axis=1)
        order = np.argsort(keys, kind="stable")
        first = np.flatnonzero(np.diff(keys[order], prepend=-1))
        sums = np.add.reduceat(counts[:, order], first, axis=1) % np.array(PRIMES)[:, None]
        found = []
        for group in np.flatnonzero(sums.any(axis=0))[:limit]:
            net = int(sums[0, group])
            found.append(self._explain(system, data, int(order[first[group]]), net))
        return found

    def _explain(self, system: System, data: Sequence[TableData], member: int, net: int) -> Violation:
        """The finding for an unbalanced tuple, given one of its occurrences."""
        ends = np.cumsum([len(rows) for _, _, rows in self._sources])
        source = int(np.searchsorted(ends, member, side="right"))
        table, position, rows = self._sources[source]
        row = int(rows[member - int(ends[source])])  # negative: counted from the source's end
        values = [int(value) for value in data[table].data[:, row]]
        effect = row_effect(system.compiled[table], values)
        interaction = system.tables[table].interactions[position]
        fields = ", ".join(
            f"{name} = {value}"
            for name, value in zip(interaction.bus.fields, effect.tuples[position], strict=True)
        )
        surplus = net if net < PRIMES[0] // 2 else net - PRIMES[0]
        what = f"bus {interaction.bus.name} ({fields}) is sent {surplus} times more than received"
        return Violation(system.tables[table].name, row, f"{what}, see '{interaction.name}'")
