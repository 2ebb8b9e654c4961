"""Solving and checking a constraint system in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from zkm._native import R1cs
from zkm.field import MODULUS
from zkm.wrap.r1cs import ConstraintSystem, Matrix


def native(system: ConstraintSystem) -> R1cs:
    """The system in the native solver."""
    matrices = ((m.indptr, m.wire, m.coefficient) for m in (system.a, system.b, system.c))
    return R1cs(
        system.n_public,
        system.n_private,
        *matrices,
        system.coefficients,
        system.solves,
        system.labels,
    )


class Rows:
    """A matrix as lists of (wire, coefficient)."""

    def __init__(self, system: ConstraintSystem, matrix: Matrix) -> None:
        wire = matrix.wire.tolist()
        value = [system.coefficients[i] for i in matrix.coefficient.tolist()]
        bounds = matrix.indptr.tolist()
        self.rows = [list(zip(wire[a:b], value[a:b], strict=True)) for a, b in pairwise(bounds)]

    def dot(self, row: int, witness: Sequence[int], skip: int = -1) -> int:
        return sum(c * witness[w] for w, c in self.rows[row] if w != skip) % MODULUS


class Reference:
    """The three matrices of a system."""

    def __init__(self, system: ConstraintSystem) -> None:
        self.system = system
        self.a, self.b, self.c = (Rows(system, m) for m in (system.a, system.b, system.c))
        self.solves = system.solves.tolist()
        self._native: R1cs | None = None

    def solve(self, public: Sequence[int], private: Sequence[int]) -> list[int]:
        """All wires, in one pass; what a check says is not looked at."""
        assert len(public) == self.system.n_public and len(private) == self.system.n_private
        witness = [1, *map(int, public), *map(int, private)]
        witness += [0] * (self.system.n_wires - len(witness))
        for i, wire in enumerate(self.solves):
            if wire < 0:
                continue
            if self.c.rows[i] == [(wire, 1)]:
                witness[wire] = self.a.dot(i, witness) * self.b.dot(i, witness) % MODULUS
            else:
                assert self.b.rows[i] == [(wire, 1)] and self.c.rows[i] == [(0, 1)]
                a = self.a.dot(i, witness)
                witness[wire] = pow(a, -1, MODULUS) if a else 0
        return witness

    def solve_fast(self, public: Sequence[int], private: Sequence[int]) -> list[int]:
        """The same, by the native solver of the system without its checks."""
        if self._native is None:
            keep = self.system.solves >= 0
            matrices = []
            for m in (self.system.a, self.system.b, self.system.c):
                sizes = np.diff(m.indptr)
                entries = np.repeat(keep, sizes)
                indptr = np.concatenate([[0], np.cumsum(sizes[keep])])
                matrices.append((indptr, m.wire[entries], m.coefficient[entries]))
            self._native = R1cs(
                self.system.n_public,
                self.system.n_private,
                *matrices,
                self.system.coefficients,
                self.system.solves[keep],
            )
        return self._native.solve(public, private).to_list()

    def holds(self, row: int, witness: Sequence[int]) -> bool:
        product = self.a.dot(row, witness) * self.b.dot(row, witness)
        return (product - self.c.dot(row, witness)) % MODULUS == 0

    def violated(self, witness: Sequence[int]) -> list[int]:
        """Constraints that do not hold."""
        return [i for i in range(len(self.solves)) if not self.holds(i, witness)]

    def failed_checks(self, witness: Sequence[int]) -> list[int]:
        """The same for a solved witness, where only checks can fail."""
        return [i for i, wire in enumerate(self.solves) if wire < 0 and not self.holds(i, witness)]
