"""How large a run is, and what a proof of it would cost: `zkm run --stats`."""

from __future__ import annotations

from dataclasses import dataclass

from rich.table import Table as TextTable

from zkm.commit.stacking import place_blocks
from zkm.machine import Trace
from zkm.machine.counts import are_kernel_rows
from zkm.machine.ending import cause_of_end
from zkm.prove.costs import WRAP_SECONDS, core_seconds, peak_bytes
from zkm.tables.data import height_of
from zkm.tables.stats import TableStats, stats
from zkm.tables.system import System

__all__ = ["RunStatistics", "statistics_of"]


@dataclass(frozen=True)
class RunStatistics:
    """Sizes of one run.

    Attributes:
        instructions: executed MIPS instructions.
        rows: executed rows.
        kernel_rows: those of them that are the kernel's.
        tables: rows, cells and interactions of every table.
        cells: committed cells, padded to powers of two.
        slots: committed slots of the proof.
        seconds: predicted time of a proof.
        memory: predicted peak memory, bytes.
        cause: what ended the program, if it was not its own exit call.
    """

    instructions: int
    rows: int
    kernel_rows: int
    tables: list[TableStats]
    cells: int
    slots: int
    seconds: float
    memory: int
    cause: str | None

    def table(self) -> TextTable:
        """For a terminal; behind cells and interactions their number per executed instruction."""
        share = 100 * self.kernel_rows / self.rows
        title = f"{self.instructions:,} instructions, {self.rows:,} rows, {share:.1f} % of them the kernel's"
        text = TextTable(title=title, title_justify="left")
        text.add_column("table")
        for heading in ("rows", "cells", "per instr.", "interactions", "per instr."):
            text.add_column(heading, justify="right")
        for entry in self.tables:
            text.add_row(*self._line(entry))
        text.add_section()
        text.add_row(*self._line(self.total()))
        text.caption = (
            f"proof: about {self.seconds:.0f} s and {self.memory / 2**30:.1f} GiB on two cores, "
            f"{self.slots} slots"
        )
        text.caption_justify = "left"
        return text

    def total(self) -> TableStats:
        """All tables together."""
        return TableStats(
            "all",
            sum(entry.rows for entry in self.tables),
            sum(entry.cells for entry in self.tables),
            sum(entry.interactions for entry in self.tables),
        )

    def _line(self, entry: TableStats) -> tuple[str, ...]:
        return (
            entry.name,
            f"{entry.rows:,}",
            f"{entry.cells:,}",
            f"{entry.cells / self.instructions:.2f}",
            f"{entry.interactions:,}",
            f"{entry.interactions / self.instructions:.2f}",
        )


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
    cost = (placement.cells, leaves, placement.used)
    return RunStatistics(
        instructions=trace.instruction_count,
        rows=trace.row_count,
        kernel_rows=int(trace.counts[are_kernel_rows(trace.program.rows)].sum()),
        tables=tables,
        cells=placement.cells,
        slots=placement.slots,
        seconds=sum(core_seconds(*cost).values()) + sum(WRAP_SECONDS.values()),
        memory=peak_bytes(*cost),
        cause=cause_of_end(trace.program, trace.counts, trace.exit_code),
    )
