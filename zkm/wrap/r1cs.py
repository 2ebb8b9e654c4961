"""Rank-1 constraint systems: recording one in the order in which its wires are solved.

Constraint i says (A_i·w)(B_i·w) = C_i·w over the wires w: wire 0 is one, then public inputs, private
inputs, and solved wires. A constraint either *solves* the next wire, which stands alone in C
(product) or B (inverse), or is a *check*. So a witness is one pass over the constraints.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from zkm.field import MODULUS

__all__ = ["ONE", "ConstraintSystem", "Matrix", "Recorder", "Terms"]

ONE = 0
"""The wire that is always 1."""

Terms = Mapping[int, int]
"""A linear combination: wire -> coefficient in [1, r)."""

CHECK = -1


@dataclass(frozen=True, eq=False)
class Matrix:
    """Rows of linear combinations, compressed (CSR).

    Attributes:
        indptr: int64[rows + 1]; row i is the range indptr[i] … indptr[i + 1] of the others.
        wire: int32, the wires, ascending within a row.
        coefficient: int32, positions in the system's coefficient table.
    """

    indptr: NDArray[np.int64]
    wire: NDArray[np.int32]
    coefficient: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class ConstraintSystem:
    """A finished constraint system.

    Attributes:
        n_public, n_private: inputs; public wires are 1 … n_public, private ones follow.
        n_wires: all wires, wire 0 included.
        a, b, c: one row for each constraint.
        coefficients: the distinct coefficients, canonical.
        solves: int32 per constraint: the wire it solves, or -1 for a check.
        labels: what a check says, by constraint.
        sections: (name, constraints) in order of first use.
    """

    n_public: int
    n_private: int
    n_wires: int
    a: Matrix
    b: Matrix
    c: Matrix
    coefficients: list[int]
    solves: NDArray[np.int32]
    labels: dict[int, str]
    sections: dict[str, int]

    @property
    def n_constraints(self) -> int:
        """Products, inverses and checks together."""
        return len(self.solves)

    def digest(self) -> bytes:
        """SHA-256 of the constraints: two systems of one digest accept the same witnesses."""
        digest = hashlib.sha256()
        sizes = [self.n_public, self.n_private, self.n_wires, self.n_constraints]
        digest.update(np.array(sizes, dtype="<u8").tobytes())
        digest.update(b"".join(value.to_bytes(32, "big") for value in self.coefficients))
        for matrix in (self.a, self.b, self.c):
            digest.update(matrix.indptr.astype("<i8").tobytes())
            digest.update(matrix.wire.astype("<i4").tobytes())
            digest.update(matrix.coefficient.astype("<i4").tobytes())
        return digest.digest()


@dataclass
class _Rows:
    """A matrix under construction: finished pieces, and rows that are still Python lists."""

    pieces: list[Matrix] = field(default_factory=list)
    ends: list[int] = field(default_factory=lambda: [0])
    wire: list[int] = field(default_factory=list)
    coefficient: list[int] = field(default_factory=list)

    def flush(self) -> None:
        if len(self.ends) > 1:
            self.pieces.append(
                Matrix(
                    np.array(self.ends, dtype=np.int64),
                    np.array(self.wire, dtype=np.int32),
                    np.array(self.coefficient, dtype=np.int32),
                )
            )
            self.ends, self.wire, self.coefficient = [0], [], []

    def matrix(self) -> Matrix:
        self.flush()
        sizes = np.concatenate([[0], *(np.diff(p.indptr) for p in self.pieces)])
        empty = np.zeros(0, dtype=np.int32)
        return Matrix(
            np.cumsum(sizes, dtype=np.int64),
            np.concatenate([empty, *(p.wire for p in self.pieces)]),
            np.concatenate([empty, *(p.coefficient for p in self.pieces)]),
        )


class Recorder:
    """Collects constraints. Inputs are declared first, public before private."""

    def __init__(self, n_public: int, n_private: int) -> None:
        self.n_public = n_public
        self.n_private = n_private
        self.n_wires = 1 + n_public + n_private
        self.sections: dict[str, int] = {}
        self._section = ""
        self._rows = (_Rows(), _Rows(), _Rows())
        self._solves: list[NDArray[np.int32]] = []
        self._pending: list[int] = []
        self._count = 0
        self._labels: dict[int, str] = {}
        self._table: dict[int, int] = {}

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Count the constraints made inside under this name (and no other)."""
        outer, self._section = self._section, name
        try:
            yield
        finally:
            self._section = outer

    def product(self, a: Terms, b: Terms) -> int:
        """Solve a new wire: a·b."""
        wire = self._new_wire()
        self._append(a, b, {wire: 1}, wire)
        return wire

    def inverse(self, a: Terms, label: str) -> int:
        """Solve a new wire: 1/a; there is no witness where a is 0."""
        wire = self._new_wire()
        self._labels[self._count] = label
        self._append(a, {wire: 1}, {ONE: 1}, wire)
        return wire

    def check(self, a: Terms, b: Terms, c: Terms, label: str) -> None:
        """Require a·b = c."""
        self._labels[self._count] = label
        self._append(a, b, c, CHECK)

    def splice(self, other: ConstraintSystem, inputs: Iterable[int]) -> NDArray[np.int64]:
        """Append a copy of a system of products whose private inputs are these wires.

        Returns:
            int64: for each wire of `other`, the wire that it became.
        """
        first = 1 + other.n_private
        solved = np.arange(other.n_wires - first, dtype=np.int64) + self.n_wires
        mapping = np.concatenate([[ONE], np.fromiter(inputs, dtype=np.int64), solved])
        coefficients = np.array([self._coefficient(x) for x in other.coefficients], dtype=np.int32)
        for rows, matrix in zip(self._rows, (other.a, other.b, other.c), strict=True):
            rows.flush()
            rows.pieces.append(
                Matrix(
                    matrix.indptr,
                    mapping[matrix.wire].astype(np.int32),
                    coefficients[matrix.coefficient],
                )
            )
        self._flush_solves()
        self._solves.append(mapping[other.solves].astype(np.int32))
        self.n_wires += len(solved)
        self._add_count(other.n_constraints)
        return mapping

    def finish(self) -> ConstraintSystem:
        """The system recorded so far."""
        self._flush_solves()
        a, b, c = (rows.matrix() for rows in self._rows)
        return ConstraintSystem(
            self.n_public,
            self.n_private,
            self.n_wires,
            a,
            b,
            c,
            list(self._table),
            np.concatenate([np.zeros(0, dtype=np.int32), *self._solves]),
            dict(self._labels),
            dict(self.sections),
        )

    def _new_wire(self) -> int:
        wire = self.n_wires
        self.n_wires += 1
        return wire

    def _append(self, a: Terms, b: Terms, c: Terms, solves: int) -> None:
        for rows, terms in zip(self._rows, (a, b, c), strict=True):
            for wire in sorted(terms):
                rows.wire.append(wire)
                rows.coefficient.append(self._coefficient(terms[wire]))
            rows.ends.append(len(rows.wire))
        self._pending.append(solves)
        self._add_count(1)

    def _add_count(self, constraints: int) -> None:
        self._count += constraints
        self.sections[self._section] = self.sections.get(self._section, 0) + constraints

    def _flush_solves(self) -> None:
        if self._pending:
            self._solves.append(np.array(self._pending, dtype=np.int32))
            self._pending = []

    def _coefficient(self, value: int) -> int:
        if not 0 < value < MODULUS:
            raise ValueError("a coefficient is not in [1, r)")
        return self._table.setdefault(value, len(self._table))
