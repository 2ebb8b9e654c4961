"""What BZ and BEQ share: the condition and the next state of a conditional branch.

`imm` is the target. The flags (d, L) say what the delay slot is: (1, 0) executed; (1, 1) executed
only if the branch is taken ("likely"); (0, 1) a nop without a row; (0, 0) there is none: a trap.

# Soundness

t, boolean, says "taken", q = fe t + fn (1 − t) says "equal". Both outcomes are proven:
q (a − b) = 0, and where q = 0, (1 − 2σ)(a − b) − 1 is a word with a boolean σ, so a != b. Where q = 1, σ
and the limb are pinned to 0. With X the address of the next instruction the next (pc, δ) is

- not taken: (X + 4L, 0), skipping a nullified or fused slot;
- taken, d = 1: (X, imm − X − 4), the slot comes first;
- taken, d = 0: (imm, 0).

(m − q is 0 or 1: where m = 0, t and both selectors are 0.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkm.tables.bus import range_check
from zkm.tables.expression import Expression, constant
from zkm.tables.head import InstructionBuilder, Operations
from zkm.tables.limbs import LOW
from zkm.tables.table import Cells, Table

__all__ = ["fill_branch", "finish_branch"]


def finish_branch(table: InstructionBuilder, statement: str, b: Expression | None) -> Table:
    """Compare column a with `b` (None: with 0) and finish the table."""
    a, target, t, lo, fe, fn, d, likely = table.get("a imm t lo fe fn d L")
    m, x = table.m, table.following
    table.boolean("t")
    table.zero_unless(m, "m", "t")
    equal = fe * t + fn - fn * t
    difference = a if b is None else a - b
    table.require("equal values if equal", equal * difference)
    table.require("lo is 0 if equal", equal * lo)
    sign: Expression = constant(0)
    if b is not None:
        sign = table["sigma"]
        table.boolean("sigma")
        table.require("sigma is 0 if equal", equal * sign)
    range_check(table, "distance", (1 - 2 * sign) * difference - m, lo, m - equal)
    following = (
        x + 4 * likely * (1 - t) + t * (1 - d) * (target - x),
        t * d * (target - x - 4 * m),
    )
    complete = _complete_with_zero if b is None else fill_branch
    return table.finish(statement, complete, imm=target, following=following)


def _complete_with_zero(cells: Cells, _rows: Operations) -> None:
    _fill(cells, cells["a"], np.zeros_like(cells["a"]))


def fill_branch(cells: Cells, _rows: Operations) -> None:
    """Fill t, lo and sigma from a and b."""
    _fill(cells, cells["a"], cells["b"])
    cells["sigma"] = cells["a"] < cells["b"]


def _fill(cells: Cells, a: NDArray[np.int64], b: NDArray[np.int64]) -> None:
    equal = a == b
    cells["t"] = equal == (cells["fe"] == 1)
    cells["lo"] = np.where(equal, 0, np.abs(a - b) - 1 & LOW)
