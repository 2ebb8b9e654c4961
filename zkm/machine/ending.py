"""Why a run ended, where the kernel ended it and not the program."""

from __future__ import annotations

import signal
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from zkm.kernel import load_kernel
from zkm.program import Program

__all__ = ["cause_of_end"]

EXIT_SIGNAL: Final = 128
"""Exit code of an end by a signal: this plus the signal (as in the kernel's kernel.h)."""

DEADLOCK: Final = EXIT_SIGNAL + signal.SIGKILL


def cause_of_end(
    program: Program, counts: npt.NDArray[np.unsignedinteger[Any]], exit_code: int
) -> str | None:
    """What ended a program other than its own exit call, in words for a person; None for a normal end.

    A program can give any exit code itself: where the kernel's fault handlers did not run, what is said of a
    code above 128 is how such a code usually comes about.

    Args:
        program: what ran.
        counts: executions of each program row.
        exit_code: how it ended.
    """
    vectors = load_kernel().vectors
    faults = {
        vectors.breakpoint: "SIGTRAP: a break instruction, or a trap whose condition held",
        vectors.arithmetic: "SIGFPE: an overflow, a division by zero, or an enabled floating-point exception",
        vectors.reserved: "SIGILL: an instruction that only the kernel may use",
    }
    for address, text in faults.items():
        if counts[program.rows.address == address].any():
            return text
    if exit_code == DEADLOCK:
        return "every thread waits for another (or the program gave this exit code itself)"
    known = {int(number) for number in signal.Signals}
    if exit_code - EXIT_SIGNAL in known:
        name = signal.Signals(exit_code - EXIT_SIGNAL).name
        return f"{name}: the program sent it to itself (or gave this exit code)"
    return None
