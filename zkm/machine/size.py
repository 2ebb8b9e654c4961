"""How large the tables of a run are, also of one whose records would not fit.

A parameter set allows so many rows of a table. A run that needs more is not proven with it, but it is
worth knowing which set would do: so it goes on to its end, its records dropped as they come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zkm.errors import ParameterError
from zkm.isa.rowops import INSTRUCTION_TABLES
from zkm.machine.counts import rows_of_tables
from zkm.machine.records import REFRESH
from zkm.params import PARAMETER_SETS

if TYPE_CHECKING:
    from zkm import _native
    from zkm.program import Program

__all__ = ["OversizeError", "TraceSize"]

_LARGEST = max(1 << params.table_bits for params in PARAMETER_SETS.values())
"""Rows of a table in any parameter set; there is no use in counting on."""


class OversizeError(ParameterError):
    """A run is too long for the limit that was given.

    Attributes:
        rows: rows per table, by name, of those that depend on the run and the program.
    """

    def __init__(self, message: str, rows: Mapping[str, int]) -> None:
        super().__init__(message)
        self.rows = rows


class TraceSize:
    """Watches the records of a machine with a trace.

    Args:
        program: what runs.
        machine: where.
        table_rows: records of any one table that are kept; None is no limit.
    """

    def __init__(self, program: Program, machine: _native.Machine, table_rows: int | None) -> None:
        self._program = program
        self._machine = machine
        self._limit = table_rows
        self._refreshes = 0
        self._exceeded: str | None = None

    def check(self) -> None:
        """Called now and then: drops the records if they are too many.

        Raises:
            ParameterError: they are too many for any parameter set.
        """
        if self._exceeded is None:
            lengths = self._machine.stream_lengths()
            self._exceeded = self._above(dict(zip(INSTRUCTION_TABLES, lengths, strict=False)), self._limit)
        if self._exceeded is not None:
            self._drop()
            if table := self._above(self._instruction_rows(), _LARGEST):
                raise ParameterError(
                    f"{self._program.name}: more than {_LARGEST:,} rows of table {table}, "
                    "and no parameter set fits"
                )

    def check_end(self) -> None:
        """Called when the run has ended.

        Raises:
            OversizeError: a table has more rows than the limit.
        """
        self.check()
        if self._exceeded is not None:
            message = f"{self._program.name}: more than {self._limit:,} rows of table {self._exceeded}"
            raise OversizeError(message, self._rows())

    @staticmethod
    def _above(rows: Mapping[str, int], limit: int | None) -> str | None:
        """A table with too many rows."""
        return next((table for table, count in rows.items() if limit is not None and count > limit), None)

    def _instruction_rows(self) -> dict[str, int]:
        return rows_of_tables(self._program.rows, self._machine.counts())

    def _drop(self) -> None:
        for stream in range(len(INSTRUCTION_TABLES)):
            self._machine.records(stream)
        self._refreshes += len(self._machine.refreshes().view(REFRESH))

    def _rows(self) -> dict[str, int]:
        words, *_ = self._machine.memory()
        return {
            **self._instruction_rows(),
            "PROGRAM": len(self._program.rows),
            "WORDS": len(words),
            "REFRESH": self._refreshes,
            "OUTPUT": 2 + len(self._machine.output()),
        }
