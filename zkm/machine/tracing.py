"""Runs a program with a trace."""

from __future__ import annotations

from typing import BinaryIO, Final

import numpy as np

from zkm.isa.rowops import INSTRUCTION_TABLES
from zkm.machine.counts import instructions_of_rows
from zkm.machine.host import Host
from zkm.machine.interpreter import Limits, Progress, execute
from zkm.machine.records import MEMORY, RECORD, REFRESH, REGISTERS, Trace
from zkm.machine.running import output_of
from zkm.program import Program

__all__ = ["trace"]

_MAX_ROWS: Final = 1 << 27
"""Rows of a trace without a given limit: 7.5 GB of records, more than any set proves."""


def trace(
    program: Program,
    stdin: bytes | BinaryIO | None = None,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
    *,
    max_instructions: int | None = None,
    max_rows: int = _MAX_ROWS,
    max_table_rows: int | None = None,
    progress: Progress | None = None,
) -> Trace:
    """Runs a program to its end and keeps what the tables need, 56 bytes per row.

    Args:
        program: what to run.
        stdin: the private input: bytes, a binary stream that is read when the guest reads, or None.
        stdout: where writes to fd 1 are shown at once.
        stderr: where writes to fd 2 are shown.
        max_instructions: stop with an error after so many executed instructions.
        max_rows: rows of the whole run; it bounds memory.
        max_table_rows: rows of any one instruction table, 2^K of the parameter set.
        progress: called now and then with the number of rows executed so far.

    Raises:
        GuestFault: the guest did something that cannot be proven (see `run`).
        OversizeError: the run has more than max_table_rows rows of a table; it says how many.
        ParameterError: another limit was not enough.
    """
    limits = Limits(instructions=max_instructions, rows=max_rows, table_rows=max_table_rows)
    machine = execute(program, Host(stdin, stdout, stderr), trace=True, limits=limits, progress=progress)
    records = {table: machine.records(number).view(RECORD) for number, table in enumerate(INSTRUCTION_TABLES)}
    refresh = machine.refreshes().view(REFRESH)
    counts = machine.counts()
    exit_code, output_words, output = output_of(machine)
    return Trace(
        program=program,
        records=records,
        memory=_structured(MEMORY, machine.memory()),
        registers=_structured(REGISTERS, machine.registers()),
        refresh=refresh,
        counts=counts.astype(np.uint32),
        output_words=output_words,
        exit_code=exit_code,
        output=output,
        row_count=machine.executed,
        instruction_count=int(counts @ instructions_of_rows(program.rows).astype(np.uint64)),
    )


def _structured(
    dtype: np.dtype[np.void], columns: tuple[np.ndarray[tuple[int], np.dtype[np.generic]], ...]
) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """The columns as one array of structures."""
    names = dtype.names or ()
    array = np.empty(len(columns[0]), dtype)
    for name, column in zip(names, columns, strict=True):
        array[name] = column
    return array
