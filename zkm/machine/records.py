"""What a run leaves for the tables: one record per executed row, and the edges of memory.

The trace is raw: it holds the values that the machine read and the distances in time between the
accesses of one address. Everything that follows from them (results, limbs, carries, selectors) is
computed by the tables, from the record and from the program row that it names. The layout of
:data:`RECORD` is shared with the native machine.

Time: row number n of a run executes at ts = 3n; its accesses A, B, C happen at ts, ts + 1, ts + 2
("tables", section 1). Addresses: a RAM word has its byte address, register i has
``zkm.isa.registers.REGISTER_BASE + i``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from zkm.program import Program

__all__ = [
    "MAXIMUM_GAP",
    "MEMORY",
    "RECORD",
    "REFRESH",
    "REGISTERS",
    "TICKS_PER_ROW",
    "Trace",
]

TICKS_PER_ROW: Final = 3
"""A row makes at most three accesses, one per tick, so one register may be named three times."""

MAXIMUM_GAP: Final = (1 << 16) - 1
"""Gaps are looked up in RANGE16; a longer one is bridged by one REFRESH entry."""

RECORD: Final = np.dtype(
    [
        ("row", "<u4"),  # index into Program.rows
        ("ts", "<u4"),
        ("delta", "<i8"),  # incoming δ = next pc − pc − 4; micro rows carry −2^36 each
        ("a", "<u8"),  # register r1 as read by access A
        ("b", "<u8"),  # register r2 as read by access B
        ("c", "<u8"),  # the OLD value of the register that access C (UNAL: T) writes
        ("v", "<u4"),  # the OLD word at access M
        ("x", "<u4"),  # the word that `in` delivered
        ("ga", "<u2"),  # gap of an access = its time − 1 − time of the address's last access
        ("gb", "<u2"),
        ("gm", "<u2"),
        ("gc", "<u2"),
    ]
)
"""One executed row (56 bytes). An access that the row does not make has value 0 and gap 0."""

MEMORY: Final = np.dtype([("word", "<u4"), ("v0", "<u4"), ("t0", "<i8"), ("vf", "<u4"), ("tf", "<i8")])
"""One touched RAM word: byte address / 4, first value and time, last value and time."""

REGISTERS: Final = np.dtype([("t0", "<i8"), ("vf", "<u8"), ("tf", "<i8")])
"""One register; its first value is the program's. Untouched: t0 = tf = 0, vf = v0."""

REFRESH: Final = np.dtype([("address", "<i8"), ("value", "<u8"), ("t_old", "<i8"), ("t_new", "<i8")])
"""One tuple of the memory bus re-sent with a later time, t_old < t_new ≤ t_old + 2^32."""


@dataclass(frozen=True, eq=False)
class Trace:
    """A complete run of a program, up to and including its `halt` row.

    The accesses of one address form a chain from (v0, t0) to (vf, tf): a first access has gap 0,
    hence t0 = its time − 1 (−1 for an access at time 0); every other one starts where the last
    access or REFRESH entry of the address ended.

    Attributes:
        program: what ran; records name its rows.
        records: per instruction table, by name, an array of RECORD in the order of execution.
        memory: array of MEMORY, ascending, one entry per touched RAM word.
        registers: 128 entries of REGISTERS.
        refresh: array of REFRESH in the order of execution.
        counts: uint32, executions per program row (PROGRAM's multiplicity n).
        output_words: uint32; index 0 is the exit code, 1 the output's length in bytes, then its
            big-endian words (the OUTPUT table).
        exit_code: as given to `halt`.
        output: the bytes written to standard output.
        row_count: executed rows; the run ends at ts = 3 · row_count.
        instruction_count: executed MIPS instructions, a fused delay slot's nop counted.
    """

    program: Program
    records: Mapping[str, npt.NDArray[Any]]
    memory: npt.NDArray[Any]
    registers: npt.NDArray[Any]
    refresh: npt.NDArray[Any]
    counts: npt.NDArray[np.uint32]
    output_words: npt.NDArray[np.uint32]
    exit_code: int
    output: bytes
    row_count: int
    instruction_count: int
