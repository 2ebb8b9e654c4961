"""Given the program (preprocessed: address, word, key and operand of every image word and of the
further rows of multi-row instructions), this table proves that executed rows are rows of the program
and that image words have their initial values.

# Soundness

- n is free: it is the table side of a lookup. Rows without an instruction have key 0, and every
  executed row's key is at least 1, so data and padding cannot be executed.
- touched is boolean, and each image word has one row, so an image word is initialised at most once.
- Addresses are shifted by 2^35 here and on the other side. The touched of a padding row, whose
  preprocessed cells are 0, is the prover's: it offers image(0, 0), the word at address −2^35, which
  no access can reach. As address 0 it would initialise word 0 once more. Likewise the touched of a
  further micro row offers an address of at least 2^36, out of reach of any load or store.
- The table's height is part of the program key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zkm.tables import bus
from zkm.tables.head import PROGRAM_BASE
from zkm.tables.table import Builder, Cells, Table

if TYPE_CHECKING:
    from zkm.machine.records import Trace
    from zkm.program import Program

__all__ = ["build", "preprocessed"]

PREPROCESSED = "address word key imm"
COLUMNS = "n touched"


def build() -> Table:
    """The table of the program's rows."""
    table = Builder("PROGRAM", COLUMNS, preprocessed=PREPROCESSED)
    address, word, key, imm, n, touched = table.get("address word key imm n touched")
    table.boolean("touched")
    table.receive("executions", bus.PROG, (address, key, imm), n)
    table.send("image word", bus.IMAGE, (address, word), touched)
    return table.build(__doc__ or "", fill=_fill)


def preprocessed(program: Program) -> NDArray[np.int64]:
    """The preprocessed columns, int64 (4, rows): address + 2^35, word, key, operand."""
    rows = program.rows
    columns = (rows.address + PROGRAM_BASE, rows.word, rows.keys(), rows.imm)
    return np.array(columns, dtype=np.int64).reshape(4, len(rows))


def _fill(trace: Trace) -> Cells:
    rows = trace.program.rows
    names = PREPROCESSED.split()
    cells = Cells(names + COLUMNS.split(), len(rows))
    cells.data[: len(names)] = preprocessed(trace.program)
    cells["n"] = trace.counts
    # First rows of words have ascending addresses.
    first = np.flatnonzero(rows.is_image_word())
    accessed = trace.memory["word"].astype(np.int64) * 4
    cells["touched"][first] = np.isin(rows.address[first], accessed, assume_unique=True)
    return cells
