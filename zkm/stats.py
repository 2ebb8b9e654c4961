"""How large a run is, and what a proof of it would cost: `zkm run --stats`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.table import Table as TextTable

from zkm.commit.stacking import place_blocks
from zkm.machine import Trace
from zkm.tables.data import height_of
from zkm.tables.stats import TableStats, stats
from zkm.tables.system import System

__all__ = ["RunStatistics", "predict_memory", "predict_seconds", "statistics_of"]

# Measured on two cores of a 2.8 GHz server processor (`make bench`); other machines differ by a factor.
SECONDS_WRAP: Final = 3.5
SECONDS_PER_CELL: Final = 4e-7
SECONDS_PER_LEAF: Final = 5e-7
SECONDS_PER_OPENED_CELL: Final = 5e-6
BYTES_BASE: Final = 300 << 20
BYTES_PER_CELL: Final = 32
BYTES_PER_LEAF: Final = 96
BYTES_PER_OPENED_CELL: Final = 160


def predict_seconds(cells: int, leaves: int, opened: int) -> float:
    """Seconds from ELF to wrapped proof: a linear model of cells, LogUp leaves and slot length."""
    argument = cells * SECONDS_PER_CELL + leaves * SECONDS_PER_LEAF
    return SECONDS_WRAP + argument + opened * SECONDS_PER_OPENED_CELL


def predict_memory(cells: int, leaves: int, opened: int) -> int:
    """Peak bytes: cells are 8 bytes in their table and 8 in their slot, and field elements (32) are made
    of the columns of one sumcheck round; leaves are two field elements with one tree above them.
    """
    return BYTES_BASE + cells * BYTES_PER_CELL + leaves * BYTES_PER_LEAF + opened * BYTES_PER_OPENED_CELL


@dataclass(frozen=True)
class RunStatistics:
    """Sizes of one run.

    Attributes:
        instructions: executed MIPS instructions.
        rows: executed rows.
        tables: rows, cells and interactions of every table.
        cells: committed cells, padded to powers of two.
        slots: committed slots of the proof.
        seconds: predicted time of a proof.
        memory: predicted peak memory, bytes.
    """

    instructions: int
    rows: int
    tables: list[TableStats]
    cells: int
    slots: int
    seconds: float
    memory: int

    def table(self) -> TextTable:
        """For a terminal."""
        text = TextTable(
            title=f"{self.instructions:,} instructions, {self.rows:,} rows", title_justify="left"
        )
        for heading in ("table", "rows", "cells", "interactions"):
            text.add_column(heading, justify="left" if heading == "table" else "right")
        for entry in self.tables:
            text.add_row(entry.name, f"{entry.rows:,}", f"{entry.cells:,}", f"{entry.interactions:,}")
        totals = [sum(entry.rows for entry in self.tables)]
        totals.append(sum(entry.cells for entry in self.tables))
        totals.append(sum(entry.interactions for entry in self.tables))
        text.add_section()
        text.add_row("all", *(f"{total:,}" for total in totals))
        text.caption = (
            f"proof: about {self.seconds:.0f} s and {self.memory / 2**30:.1f} GiB on two cores, "
            f"{self.slots} slots"
        )
        text.caption_justify = "left"
        return text


def statistics_of(system: System, trace: Trace) -> RunStatistics:
    """Sizes of a trace and the cost of proving it.

    Raises:
        ParameterError: it does not fit the parameter set.
    """
    tables = stats(trace)
    heights = [
        height_of(entry.rows) if fixed is None else fixed
        for entry, fixed in zip(tables, system.fixed_heights, strict=True)
    ]
    placement = place_blocks(system, heights)
    leaves = sum(entry.interactions for entry in tables)
    return RunStatistics(
        instructions=trace.instruction_count,
        rows=trace.row_count,
        tables=tables,
        cells=placement.cells,
        slots=placement.slots,
        seconds=predict_seconds(placement.cells, leaves, placement.used),
        memory=predict_memory(placement.cells, leaves, placement.used),
    )
