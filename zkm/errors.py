"""Every exception that zkm raises on purpose, by area.

Malformed input of any kind ends in one of these, with a message that says what and where. A
wrong call from Python (a bad type, an index out of range) stays ``TypeError`` or ``ValueError``.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "ChainError",
    "ConstraintViolation",
    "GuestFault",
    "MalformedProof",
    "ParameterError",
    "ProgramError",
    "ProofError",
    "SetupError",
    "TraceError",
    "ZkmError",
]


class ZkmError(Exception):
    """Base of all errors of this package."""


class ProgramError(ZkmError):
    """A guest program cannot be loaded: a malformed or unsupported ELF file, or its arguments."""


class GuestFault(ZkmError):
    """A running guest did what the machine refuses: no such run can be proven.

    Attributes:
        exit_code: the exit code that a shell shows for such an end, 128 + signal.
        pc: address of the instruction, if it is known.
        word: the instruction's word, None if there is nothing at that address.
        cause: what it did, in words.
    """

    exit_code: int = 128 + 11
    pc: int | None = None
    word: int | None = None
    cause: str = ""

    def __init__(
        self,
        message: str,
        exit_code: int = 128 + 11,
        *,
        pc: int | None = None,
        word: int | None = None,
        cause: str = "",
    ) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.pc = pc
        self.word = word
        self.cause = cause


class ParameterError(ZkmError):
    """A run, program or system does not fit the chosen parameter set."""


class TraceError(ZkmError):
    """A trace is not what its program and tables say it should be."""


class ConstraintViolation(TraceError):
    """A constraint, bus or equation does not hold; the message names table, row and constraint."""


class ProofError(ZkmError):
    """A proof is not valid. Each step of the verifier raises its own subclass.

    Attributes:
        step: the step's name.
    """

    step: ClassVar[str] = "proof"


class MalformedProof(ProofError):
    """A proof's bytes have the wrong length, shape, version or range: nothing was computed."""


class SetupError(ZkmError):
    """Keys or a reference string are missing, damaged, too small or made for something else."""


class ChainError(ZkmError):
    """A node cannot be reached, a deployment is unknown, or a transaction failed."""
