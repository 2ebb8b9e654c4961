"""Runs a program without a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from zkm import _native
from zkm.machine.counts import are_kernel_rows, instructions_of_rows, rows_of_tables
from zkm.machine.ending import cause_of_end
from zkm.machine.host import Host
from zkm.machine.interpreter import Limits, Progress, execute
from zkm.program import Program

__all__ = ["RunResult", "output_of", "run"]


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Attributes:
        exit_code: what the guest's exit call, or the kernel's handler of a trap, gave.
        output: the bytes written to standard output: those that a proof is about.
        instructions: executed MIPS instructions.
        kernel_instructions: those of them that are the kernel's.
        rows: executed rows.
        table_rows: the same per instruction table.
        cause: what ended the program, if it was not its own exit call.
    """

    exit_code: int
    output: bytes
    instructions: int
    kernel_instructions: int
    rows: int
    table_rows: Mapping[str, int]
    cause: str | None = None


def run(
    program: Program,
    stdin: bytes | BinaryIO | None = None,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
    *,
    max_instructions: int | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Runs a program to its end.

    Args:
        program: what to run.
        stdin: the input: bytes, a binary stream that is read when the guest reads, or None.
        stdout: where writes to fd 1 are shown at once; the result holds them in any case.
        stderr: where writes to fd 2 are shown.
        max_instructions: stop with an error after so many executed instructions.
        progress: called now and then with the number of rows executed so far.

    Raises:
        GuestFault: the guest did something that cannot be proven: a jump to nowhere, a word that is
            no instruction, an access that is misaligned or of a null pointer.
        ParameterError: max_instructions, or 1 GiB of memory, was not enough.
    """
    limits = Limits(instructions=max_instructions)
    machine = execute(program, Host(stdin, stdout, stderr), trace=False, limits=limits, progress=progress)
    exit_code, _, output = output_of(machine)
    counts = machine.counts()
    instructions = counts * instructions_of_rows(program.rows).astype(np.uint64)
    return RunResult(
        exit_code=exit_code,
        output=output,
        instructions=int(instructions.sum()),
        kernel_instructions=int(instructions[are_kernel_rows(program.rows)].sum()),
        rows=machine.executed,
        table_rows=rows_of_tables(program.rows, counts),
        cause=cause_of_end(program, counts, exit_code),
    )


def output_of(
    machine: _native.Machine,
) -> tuple[int, np.ndarray[tuple[int], np.dtype[np.uint32]], bytes]:
    """Exit code, output words (code and length first) and output bytes of a machine that halted."""
    assert machine.halted is not None
    exit_code, length = machine.halted
    words = machine.output()
    all_words = np.concatenate([np.array([exit_code, length], np.uint32), words])
    return exit_code, all_words, words.astype(">u4").tobytes()[:length]
