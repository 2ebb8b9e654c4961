"""What the executions of each row add up to: instructions, and rows of each table."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from zkm.isa.decode import KERNEL_BASE
from zkm.isa.rowops import INSTRUCTION_TABLES, ROW_OPS
from zkm.isa.rows import MICRO_STEP, Rows

__all__ = ["STREAM_OF_CODE", "are_kernel_rows", "instructions_of_rows", "rows_of_tables"]

STREAM_OF_CODE: Final = (0, *(INSTRUCTION_TABLES.index(operation.table) for operation in ROW_OPS))
"""Per code of a row operation, the number of its table in INSTRUCTION_TABLES."""


def instructions_of_rows(rows: Rows) -> npt.NDArray[np.int64]:
    """How many MIPS instructions each row stands for, int64[len(rows)].

    The first row of an instruction counts 1, a branch or jump whose delay slot is a nop without a
    row counts that nop too (also where a likely branch is not taken and skips it).
    """
    first = rows.is_image_word() & (rows.code != 0)
    fused = np.zeros(len(rows), np.bool_)
    for operation in ROW_OPS:
        if operation.table in ("BZ", "BEQ"):
            delayed, likely = operation.flag_bit("d"), operation.flag_bit("L")
            fused |= (rows.code == operation.code) & (rows.flags & (delayed | likely) == likely)
        elif operation.table == "JUMP":
            # `eret`, a jump without a delay slot, is not the first row of its instruction.
            slotted = rows.flags & (operation.flag_bit("d") | operation.flag_bit("sy"))
            fused |= (rows.code == operation.code) & (slotted == 0) & first
    instructions: npt.NDArray[np.int64] = first.astype(np.int64)
    instructions += fused
    return instructions


def are_kernel_rows(rows: Rows) -> npt.NDArray[np.bool_]:
    """Which rows are the kernel's, bool[len(rows)]."""
    kernel: npt.NDArray[np.bool_] = rows.address % MICRO_STEP >= KERNEL_BASE
    return kernel


def rows_of_tables(rows: Rows, counts: npt.NDArray[np.uint64]) -> dict[str, int]:
    """Executed rows per instruction table, from the executions of each program row."""
    streams = np.array(STREAM_OF_CODE)[rows.code]
    sums = np.zeros(len(INSTRUCTION_TABLES), np.uint64)
    np.add.at(sums, streams, counts)
    return {table: int(count) for table, count in zip(INSTRUCTION_TABLES, sums, strict=True)}
