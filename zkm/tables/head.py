"""The shared head of every instruction row: state, program and register accesses (tables, section 2).

An instruction table's rows are executed steps. Its one-hot *selectors* say which row operation a
row performs; m, their sum, is 1 in a real row and 0 in padding. Each row

- receives state(ts, pc, δ), where δ = next_pc − pc − 4 is a pending jump, and sends the state after
  it, so that all real rows of a proof lie on the one path that BOOT starts;
- sends prog(pc + 2^35, key, imm), so that the program holds exactly this operation, with these
  flags and registers, at pc.

# Soundness

- Selectors and flags are boolean, m(m − 1) = 0, and every further flag has flag (1 − m) = 0. A row
  with m = 0 therefore has no live interaction: it is outside the path and must not touch anything.
- *Packing.* key = code + Σ 2^(8+j) flag_j + 2^12 r1 + 2^20 r2 + 2^28 r3 must be the key of a program
  row, an integer below 2^35. A register index without access is pinned to 0. One with an access must
  exist as an address REG + r: either r is in [0, 128), or it names a RAM word or the image word of
  a micro row, and then r <= −2^36, so that the key is negative: no other term can make up for it.
- *Micro rows.* A row with u = 1 is followed by the row at pc + S, S = 2^36; δ becomes δ − S, so that
  X = pc + 4 + δ, the address of the next instruction, stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from zkm.isa.registers import REGISTER_BASE
from zkm.isa.rowops import EXTRA_FLAGS, operations_of
from zkm.isa.rows import MICRO_STEP
from zkm.machine.records import TICKS_PER_ROW
from zkm.tables import bus
from zkm.tables.expression import Expression, constant
from zkm.tables.table import Builder, Cells, Table

if TYPE_CHECKING:
    from zkm.machine.records import Trace

__all__ = ["IMMEDIATE_BIAS", "PROGRAM_BASE", "WORD", "InstructionBuilder", "Operations"]

WORD: Final = 1 << 32
"""One more than the largest register or memory value."""

PROGRAM_BASE: Final = 1 << 35
"""Offset of addresses on the buses prog and image. A zero padding row of PROGRAM then names address
−2^35, which no row can reach."""

IMMEDIATE_BIAS: Final = 1 << 15
"""A load or store holds its signed 16-bit offset as offset + 2^15, in [0, 2^16)."""

FLAG_SHIFT, R1_SHIFT, R2_SHIFT, R3_SHIFT = 8, 12, 20, 28
"""Places of the flags and register indexes in a program key (as Rows.keys packs them)."""


class Operations:
    """The records of one instruction table beside the program rows that they execute.

    Attributes:
        record: array of RECORD, one per row.
        pc, imm: int64; code, flags: uint8; one per row, from the program.
    """

    def __init__(self, table: str, trace: Trace) -> None:
        rows = trace.program.rows
        self.record: NDArray[Any] = trace.records[table]
        self._where = self.record["row"]
        self.pc: NDArray[np.int64] = rows.address[self._where]
        self.imm: NDArray[np.int64] = rows.imm[self._where]
        self.code: NDArray[np.uint8] = rows.code[self._where]
        self.flags: NDArray[np.uint8] = rows.flags[self._where]
        self._rows = rows

    def register(self, name: str) -> NDArray[np.uint8]:
        """The register index r1, r2 or r3 of each row."""
        indexes: NDArray[np.uint8] = getattr(self._rows, name)[self._where]
        return indexes

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        """A field of the records as int64."""
        return self.record[name].astype(np.int64)


Complete = Callable[[Cells, Operations], None]
"""Fills the columns that are particular to one table; the shared ones are there already."""

_FROM_RECORD: Final = {
    "ts": "ts",
    "delta": "delta",
    "a": "a",
    "b": "b",
    "c0": "c",
    "gap_a": "ga",
    "gap_b": "gb",
    "gap_c": "gc",
    "gap_m": "gm",
    "gap_t": "gc",
}
"""Columns that are copies of a field of the record."""


class InstructionBuilder(Builder):
    """Builder of an instruction table.

    `columns` lists the columns between the head and the flags. The head is ts, pc, delta and, where
    the table has that flag, u; selectors and further flags come last, from the list of row
    operations.

    Attributes:
        m: 1 in real rows, 0 in padding.
        ts, pc: head columns; delta: the pending jump (0 for IO, which is never in a delay slot).
        following: X, the address of the next instruction; 0 in the zero row.
    """

    def __init__(self, name: str, columns: str, *, pending_jump: bool = True) -> None:
        self._operations = operations_of(name)
        self._extra = EXTRA_FLAGS[name]
        head = ["ts", "pc", *(["delta"] if pending_jump else [])]
        if "u" in self._extra:
            head.append("u")
        selectors = [operation.selector for operation in self._operations]
        flags = [flag for flag in self._extra if flag != "u"]
        super().__init__(name, " ".join([*head, columns, *selectors, *flags]))

        self.m = self.sum(*selectors)
        self.ts, self.pc = self["ts"], self["pc"]
        self.delta = self["delta"] if pending_jump else constant(0)
        self.following = self.pc + 4 * self.m + self.delta
        self.boolean(*selectors, *self._extra)
        if len(selectors) > 1:
            self.require("m is boolean", self.m * (self.m - 1))
        self.zero_unless(self.m, "m", *self._extra)
        self.receive("state before", bus.STATE, (self.ts, self.pc, self.delta), self.m)

    def sum(self, *names: str) -> Expression:
        """The sum of some columns."""
        total = self[names[0]]
        for name in names[1:]:
            total = total + self[name]
        return total

    def read_a(self, value: Expression, *, live: Expression | None = None) -> None:
        """Access A: the register named by r1 holds `value`."""
        self.register("A", "r1", value, value, "gap_a", 0, live)

    def read_b(self, value: Expression, *, live: Expression | None = None) -> None:
        """Access B: the register named by r2 holds `value`."""
        self.register("B", "r2", value, value, "gap_b", 1, live)

    def write(self, new: Expression, *, live: Expression | None = None) -> None:
        """Access C: the register named by r3 changes from c0 to `new`."""
        self.register("C", "r3", self["c0"], new, "gap_c", 2, live)

    def register(
        self,
        name: str,
        index: str,
        old: Expression,
        new: Expression,
        gap: str,
        tick: int,
        live: Expression | None = None,
    ) -> None:
        """An access to the register whose index is in column `index`."""
        live = self.m if live is None else live
        self._access(name, REGISTER_BASE * self.m + self[index], old, new, gap, tick, live)

    def memory(
        self,
        address: Expression,
        old: Expression,
        new: Expression,
        tick: int,
        *,
        gap: str = "gap_m",
        live: Expression | None = None,
    ) -> None:
        """Access M, to a word of RAM.

        No range or alignment check: an address that is no multiple of 4, or not in [0, 2^32), was
        never initialised, so the bus cannot balance.
        """
        self._access("M", address, old, new, gap, tick, self.m if live is None else live)

    def _access(
        self,
        name: str,
        address: Expression,
        old: Expression,
        new: Expression,
        gap: str,
        tick: int,
        live: Expression,
    ) -> None:
        time = self.ts + tick * self.m
        bus.access(self, name, address, old, new, gap=self[gap], time=time, live=live)

    def effective_address(self) -> Expression:
        """a + offset; the immediate is the offset + 2^15."""
        return self["a"] + self["imm"] - IMMEDIATE_BIAS * self.m

    def next_micro_row(self) -> tuple[Expression, Expression]:
        """(pc, δ) of the next row: the next micro row if u, else the next instruction."""
        x = self.following
        if "u" not in self:
            return x, constant(0)
        u = self["u"]
        return x + u * (self.pc + MICRO_STEP - x), u * (self.delta - MICRO_STEP)

    def finish(
        self,
        statement: str,
        complete: Complete | None = None,
        *,
        imm: Expression | None = None,
        following: tuple[Expression, Expression] | None = None,
        live_after: Expression | None = None,
    ) -> Table:
        """Add the program lookup and the state after the row; `following` is its (pc, δ).

        `imm` is the operand that the program row must hold (none: 0).
        """
        key = self.sum_of((operation.code, operation.selector) for operation in self._operations)
        for bit, flag in enumerate(self._extra):
            key = key + (1 << FLAG_SHIFT + bit) * self[flag]
        for register, shift in (("r1", R1_SHIFT), ("r2", R2_SHIFT), ("r3", R3_SHIFT)):
            if register in self:
                key = key + (1 << shift) * self[register]
        operand = constant(0) if imm is None else imm
        self.send("program", bus.PROG, (self.pc + PROGRAM_BASE * self.m, key, operand), self.m)
        pc, delta = following or self.next_micro_row()
        after = self.m if live_after is None else live_after
        self.send("state after", bus.STATE, (self.ts + TICKS_PER_ROW * self.m, pc, delta), after)
        return self.build(statement, fill=self._filler(complete))

    def sum_of(self, terms: Iterable[tuple[int, str]]) -> Expression:
        """Σ coefficient * column over (coefficient, name) pairs."""
        total = constant(0)
        for coefficient, name in terms:
            total = total + coefficient * self[name]
        return total

    def _filler(self, complete: Complete | None) -> Callable[[Trace], Cells]:
        name, columns = self.name, self._columns
        operations, extra = self._operations, self._extra

        def fill(trace: Trace) -> Cells:
            rows = Operations(name, trace)
            cells = Cells(columns, len(rows.record))
            cells["pc"] = rows.pc
            for column_name, field in _FROM_RECORD.items():
                if column_name in cells:
                    cells[column_name] = rows.record[field]
            for register in ("r1", "r2", "r3"):
                if register in cells:
                    cells[register] = rows.register(register)
            if "imm" in cells:
                cells["imm"] = rows.imm
            for operation in operations:
                cells[operation.selector] = rows.code == operation.code
            for bit, flag in enumerate(extra):
                cells[flag] = rows.flags >> bit & 1
            if complete is not None:
                complete(cells, rows)
            return cells

        return fill
