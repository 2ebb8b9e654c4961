"""What a table is: columns, row-local constraints and interactions with the buses.

A table of height k is a matrix with 2^k rows of field elements (small signed integers when the
prover is honest). Its columns are, in this order:

- *preprocessed*: fixed by the program and committed in its key;
- *witness*: committed, chosen by the prover;
- *structured*: never committed, a fixed function of the row index whose multilinear extension
  the verifier computes.

Source: protocol, section 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zkm.tables.bus import Bus
from zkm.tables.expression import Entry, Expression, Operation, column, constant

if TYPE_CHECKING:
    from zkm.machine.records import Trace

__all__ = [
    "MAX_DEGREE",
    "Builder",
    "Cells",
    "Constraint",
    "Fill",
    "Interaction",
    "Lookup",
    "Structured",
    "Table",
]

MAX_DEGREE: Final = 3
"""Largest degree of a constraint, tuple entry or multiplicity (a zerocheck round sends three
coefficients: protocol, section 5)."""

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Structured:
    """A column that is a fixed function of the row index.

    Attributes:
        name: the column's name.
        values: height k -> its 2^k values.
        evaluate: its multilinear extension at a point given as a list of K coordinates (lowest
            bit first) of any arithmetic with + - * among elements and with int; coordinates from
            the table's height on are 0. Without the pad factor, which the caller multiplies in.
    """

    name: str
    values: Callable[[int], Integers]
    evaluate: Callable[[Sequence[Any]], Any]


class Constraint(NamedTuple):
    """`expression` is 0 in every row."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Interaction:
    """Every row adds sign * multiplicity copies of a tuple to a bus (+1 sends, -1 receives)."""

    name: str
    bus: Bus
    sign: int
    tuple: tuple[Entry, ...]
    multiplicity: Expression


class Cells:
    """Columns of one table under construction, int64, addressed by name; zero at first."""

    def __init__(self, columns: Sequence[str], rows: int) -> None:
        self.data: Integers = np.zeros((len(columns), rows), dtype=np.int64)
        self._index = {name: index for index, name in enumerate(columns)}

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.data.shape[1])

    def __contains__(self, name: object) -> bool:
        return name in self._index

    def __getitem__(self, name: str) -> Integers:
        view: Integers = self.data[self._index[name]]
        return view

    def __setitem__(self, name: str, values: Any) -> None:
        self.data[self._index[name]] = values


Fill = Callable[["Trace"], Cells]
"""Trace -> preprocessed and witness columns of the real rows."""


@dataclass(frozen=True)
class Lookup:
    """A bus whose tuples a lookup table holds, one per row.

    Attributes:
        bus: the bus it receives from.
        column: witness column that counts how often each row is looked up.
        row: the entries of tuples (one int64 array per field) -> the rows that hold them.
    """

    bus: Bus
    column: str
    row: Callable[[Sequence[Integers]], Integers]


@dataclass(frozen=True)
class Table:
    """One table of a system.

    Attributes:
        name: upper-case name, unique in the system.
        statement: what the table proves, and why (the documentation of its module).
        preprocessed, columns: names of the committed columns.
        structured: columns that the verifier computes.
        constraints, interactions: over the columns in the order of :attr:`all_columns`.
        fixed_height: k where the verifier fixes it, None where the prover chooses.
        fill: makes the committed columns from a trace; None for lookup tables and toys.
        lookups: for a lookup table, which column counts which bus.
    """

    name: str
    statement: str
    preprocessed: tuple[str, ...]
    columns: tuple[str, ...]
    structured: tuple[Structured, ...]
    constraints: tuple[Constraint, ...]
    interactions: tuple[Interaction, ...]
    fixed_height: int | None = None
    fill: Fill | None = field(default=None, compare=False)
    lookups: tuple[Lookup, ...] = ()

    @property
    def committed(self) -> tuple[str, ...]:
        """Preprocessed, then witness columns."""
        return self.preprocessed + self.columns

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Names in the order of column indexes."""
        return self.committed + tuple(s.name for s in self.structured)


class Builder:
    """Collects the parts of a table and refuses what the argument cannot prove.

    Names are given as one string, separated by blanks.
    """

    def __init__(
        self,
        name: str,
        columns: str,
        *,
        preprocessed: str = "",
        structured: Sequence[Structured] = (),
    ) -> None:
        self.name = name
        self._preprocessed = tuple(preprocessed.split())
        self._columns = tuple(columns.split())
        self._structured = tuple(structured)
        names = self._preprocessed + self._columns + tuple(s.name for s in structured)
        if len(set(names)) != len(names):
            raise ValueError(f"{name}: a column name occurs twice")
        self._nodes = {n: column(index, n) for index, n in enumerate(names)}
        self._constraints: list[Constraint] = []
        self._interactions: list[Interaction] = []

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def __getitem__(self, name: str) -> Expression:
        """The column of that name."""
        return self._nodes[name]

    def get(self, names: str) -> list[Expression]:
        """Several columns."""
        return [self._nodes[name] for name in names.split()]

    def require(self, name: str, expression: Expression) -> None:
        """Add the constraint `expression = 0`."""
        self._check(name, expression)
        self._constraints.append(Constraint(name, expression))

    def boolean(self, *names: str) -> None:
        """Each of these columns is 0 or 1."""
        for name in names:
            self.require(f"{name} is boolean", self[name] * (self[name] - 1))

    def zero_unless(self, condition: Expression, reason: str, *names: str) -> None:
        """Each of these columns is 0 where the 0/1 expression `condition` is 0."""
        for name in names:
            self.require(f"{name} is 0 unless {reason}", (1 - condition) * self[name])

    def zero_if(self, condition: Expression, reason: str, *names: str) -> None:
        """Each of these columns is 0 where the 0/1 expression `condition` is 1."""
        for name in names:
            self.require(f"{name} is 0 if {reason}", condition * self[name])

    def send(
        self,
        name: str,
        bus: Bus,
        entries: Sequence[Expression | Entry | int],
        multiplicity: Expression,
    ) -> None:
        """Add `multiplicity` copies of a tuple to a bus."""
        self._interact(name, bus, 1, entries, multiplicity)

    def receive(
        self,
        name: str,
        bus: Bus,
        entries: Sequence[Expression | Entry | int],
        multiplicity: Expression,
    ) -> None:
        """Take `multiplicity` copies of a tuple from a bus."""
        self._interact(name, bus, -1, entries, multiplicity)

    def build(
        self,
        statement: str,
        *,
        fixed_height: int | None = None,
        fill: Fill | None = None,
        lookups: Sequence[Lookup] = (),
    ) -> Table:
        """The finished table."""
        return Table(
            self.name,
            statement,
            self._preprocessed,
            self._columns,
            self._structured,
            tuple(self._constraints),
            tuple(self._interactions),
            fixed_height,
            fill,
            tuple(lookups),
        )

    def _interact(
        self,
        name: str,
        bus: Bus,
        sign: int,
        entries: Sequence[Expression | Entry | int],
        multiplicity: Expression,
    ) -> None:
        if len(entries) != bus.arity:
            raise ValueError(f"{self.name}, {name}: bus {bus.name} takes {bus.arity} entries")
        made = []
        for entry in entries:
            node = constant(entry) if isinstance(entry, int) else entry
            made.append(node if isinstance(node, Entry) else Entry(node))
        for value in (*(entry.numerator for entry in made), multiplicity):
            self._check(name, value)
        self._interactions.append(Interaction(name, bus, sign, tuple(made), multiplicity))

    def _check(self, name: str, expression: Expression) -> None:
        """Degree at most 3 and value 0 in the all-zero row.

        The zero row must satisfy everything and contribute nothing, its tuples included: a table
        is extended by zeros beyond its height, and there only the constant term φ + bus of a
        fingerprint is switched off (protocol, section 5).
        """
        if expression.degree > MAX_DEGREE:
            raise ValueError(f"{self.name}, {name}: degree {expression.degree}")
        if _at_zero(expression, {}) != 0:
            raise ValueError(f"{self.name}, {name}: not 0 in the all-zero row")


def _at_zero(node: Expression, known: dict[int, int]) -> int:
    if id(node) not in known:
        if node.operation is Operation.COLUMN:
            value = 0
        elif node.operation is Operation.CONSTANT:
            value = node.value
        else:
            left, right = (_at_zero(operand, known) for operand in node.operands)
            value = {
                Operation.ADD: left + right,
                Operation.SUBTRACT: left - right,
                Operation.MULTIPLY: left * right,
            }[node.operation]
        known[id(node)] = value
    return known[id(node)]
