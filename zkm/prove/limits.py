"""Whether a program or a run fits a parameter set, found out before any work on a proof starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from zkm.commit.stacking import place_blocks
from zkm.errors import ParameterError
from zkm.machine import OversizeError, Trace, trace
from zkm.program import Program
from zkm.tables.data import height_of
from zkm.tables.stats import stats
from zkm.tables.system import System

__all__ = ["check_program", "trace_within"]


def check_program(system: System, program: Program) -> None:
    """Refuse a program that is too large even if it does nothing.

    Raises:
        ParameterError: naming the smallest parameter set that its code and memory image fit.
    """
    _check_rows(system, program, {"PROGRAM": len(program.rows)})


def trace_within(
    system: System,
    program: Program,
    stdin: bytes | BinaryIO | None = None,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
    *,
    max_instructions: int | None = None,
) -> Trace:
    """The trace of a run that fits the system's parameter set; arguments as for :func:`zkm.machine.trace`.

    Raises:
        GuestFault: the guest did something that cannot be proven.
        ParameterError: max_instructions was not enough; or the run does not fit, which names the smallest
            parameter set that it fits.
    """
    limit = 1 << system.params.table_bits
    try:
        recorded = trace(
            program, stdin, stdout, stderr, max_instructions=max_instructions, max_table_rows=limit
        )
        rows = {entry.name: entry.rows for entry in stats(recorded)}
    except OversizeError as error:
        _check_rows(system, program, error.rows)
        raise
    _check_rows(system, program, rows)
    return recorded


def _check_rows(system: System, program: Program, rows: Mapping[str, int]) -> None:
    """Refuse tables of so many rows; those without a number have none."""
    heights = [
        height_of(rows.get(table.name, 0)) if table.fixed_height is None else table.fixed_height
        for table in system.tables
    ]
    try:
        place_blocks(system, heights)
    except ParameterError as error:
        raise ParameterError(f"{program.name}: {error}") from None
