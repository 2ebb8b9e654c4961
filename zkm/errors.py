"""The errors that zkm raises for input it does not accept."""

from __future__ import annotations


class ZkmError(Exception):
    """Base of all errors that a user's input can cause; its text says what is wrong and where."""


class ProgramError(ZkmError):
    """An ELF file, or its arguments, that cannot become a program."""
