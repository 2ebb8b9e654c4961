"""The list of all tables of the machine, in their order, which is part of the protocol."""

from __future__ import annotations

from functools import cache

from zkm.params import ParameterSet
from zkm.tables import (
    add,
    addi,
    beq,
    bits,
    boot,
    byte_pairs,
    bz,
    io,
    jump,
    lb,
    li,
    logic,
    lw,
    move,
    mul,
    output,
    powers,
    program,
    range16,
    refresh,
    shift,
    sw,
    unal,
    words,
)
from zkm.tables.system import System
from zkm.tables.table import Table

__all__ = ["machine_system", "machine_tables"]

_MODULES = (
    li,
    move,
    addi,
    add,
    logic,
    shift,
    mul,
    bits,
    lw,
    sw,
    lb,
    unal,
    bz,
    beq,
    jump,
    io,
    program,
    boot,
    words,
    refresh,
    output,
    range16,
    byte_pairs,
    powers,
)


@cache
def machine_tables() -> tuple[Table, ...]:
    """LI … IO, PROGRAM, BOOT, WORDS, REFRESH, OUTPUT, RANGE16, BYTES, POW."""
    return tuple(module.build() for module in _MODULES)


@cache
def machine_system(params: ParameterSet) -> System:
    """The system that proves runs of the machine.

    Raises:
        ValueError: the tables do not fit the parameter set.
    """
    return System(params, machine_tables())
