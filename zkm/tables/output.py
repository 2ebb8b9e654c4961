"""This table holds the public output of the run: p in row x is word x, the exit code for x = 0, the
length in bytes for x = 1, then the bytes in big-endian words, the last one zero-padded.

# Soundness

The index is the row's number, no column, and used is boolean, so each word number is received at most
once; every output tuple that is sent must be received, so p is the output. p (1 − used) = 0: words
that were never sent count as 0 in the fingerprint that the contract compares (protocol, section 3).
p is the first column of its block, as the fingerprint's weight assumes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkm.tables import bus
from zkm.tables.structured import row_index
from zkm.tables.table import Builder, Cells, Table

if TYPE_CHECKING:
    from zkm.machine.records import Trace

__all__ = ["build"]

COLUMNS = "p used"


def build() -> Table:
    """The table of output words."""
    table = Builder("OUTPUT", COLUMNS, structured=(row_index("index"),))
    p, used, index = table.get("p used index")
    table.boolean("used")
    table.zero_unless(used, "used", "p")
    table.receive("word", bus.OUTPUT, (index, p), used)
    return table.build(__doc__ or "", fill=_fill)


def _fill(trace: Trace) -> Cells:
    cells = Cells(COLUMNS.split(), len(trace.output_words))
    cells["p"] = trace.output_words
    cells["used"] = 1
    return cells
