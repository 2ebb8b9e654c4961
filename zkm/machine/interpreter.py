"""Drives the native interpreter: input, display, limits, faults, progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from zkm import _native
from zkm.errors import GuestFault, ParameterError
from zkm.isa.rowops import EXTRA_FLAGS, INSTRUCTION_TABLES, ROW_OPS
from zkm.machine.counts import instructions_of_rows
from zkm.machine.host import Host
from zkm.machine.size import TraceSize
from zkm.program import Program

__all__ = ["Limits", "Progress", "execute"]

Progress = Callable[[int], None]
"""Told of the rows executed so far, several times a second."""

_CHUNK: Final = 1 << 21
"""Rows between two looks at limits, signals (Ctrl-C) and progress: some 20 ms."""

_SIGNALS: Final = {"instruction": 4, "alignment": 7}
"""The kinds of faults that are not SIGSEGV (11): SIGILL, and SIGBUS by the number that qemu-mips and
a shell on the usual hosts show (10 on MIPS)."""


@dataclass(frozen=True)
class Limits:
    """What a run may use; None is no limit.

    Attributes:
        instructions: executed MIPS instructions.
        rows: executed rows.
        table_rows: rows of any one instruction table (with a trace): 2^K of the parameter set. A run that
            has more goes on without records, for its size to be known.
        pages: pages of 4 KiB that the guest's memory may have.
    """

    instructions: int | None = None
    rows: int | None = None
    table_rows: int | None = None
    pages: int = 1 << 18


def execute(
    program: Program,
    host: Host,
    *,
    trace: bool,
    limits: Limits,
    progress: Progress | None = None,
) -> _native.Machine:
    """Runs a program to its `halt` and returns the machine.

    Raises:
        GuestFault: the guest did something that no row can do.
        OversizeError: the run ended, with more rows of a table than the limit.
        ParameterError: another limit was reached.
    """
    machine = _machine(program, host, limits, trace=trace)
    size = TraceSize(program, machine, limits.table_rows) if trace else None
    per_row = instructions_of_rows(program.rows).astype(np.uint64)
    while True:
        event = machine.run(_budget(program, machine, limits, per_row))
        match event:
            case "input":
                host.supply(machine)
            case "system":
                host.show(machine)
            case "halt":
                if size is not None:
                    size.check_end()
                return machine
            case "fault":
                raise _fault(program, machine)
            case "budget":
                if size is not None:
                    size.check()
                if progress is not None:
                    progress(machine.executed)


def _machine(program: Program, host: Host, limits: Limits, *, trace: bool) -> _native.Machine:
    rows = program.rows
    return _native.Machine(
        (rows.address, rows.word, rows.code, rows.flags, rows.r1, rows.r2, rows.r3, rows.imm),
        [
            (
                operation.code,
                operation.name,
                INSTRUCTION_TABLES.index(operation.table),
                list(EXTRA_FLAGS[operation.table]),
            )
            for operation in ROW_OPS
        ],
        program.entry,
        program.registers.tolist(),
        host.watch,
        limits.pages,
        trace=trace,
    )


def _budget(
    program: Program,
    machine: _native.Machine,
    limits: Limits,
    per_row: np.ndarray[tuple[int], np.dtype[np.uint64]],
) -> int:
    """Rows to execute before the limits are looked at again.

    Raises:
        ParameterError: none are left.
    """
    left = (
        machine.row_limit if limits.rows is None else min(limits.rows, machine.row_limit)
    ) - machine.executed
    if left <= 0:
        raise ParameterError(f"{program.name}: more than {machine.executed:,} rows are executed")
    if limits.instructions is None:
        return min(left, _CHUNK)
    instructions = limits.instructions - int(machine.counts() @ per_row)
    if instructions <= 0:
        raise ParameterError(f"{program.name}: more than {limits.instructions:,} instructions are executed")
    # A row stands for two instructions at most.
    return min(left, _CHUNK, -(-instructions // 2))


def _fault(program: Program, machine: _native.Machine) -> Exception:
    assert machine.fault is not None
    pc, word, kind, cause = machine.fault
    if kind == "limit":
        return ParameterError(f"{program.name}: {cause}")
    at = f"pc = {pc:#010x}" + (f", word {word:#010x}" if word is not None else "")
    code = 128 + _SIGNALS.get(kind, 11)
    return GuestFault(f"{program.name}: {cause} ({at})", code, pc=pc, word=word, cause=cause)
