"""Given the program (preprocessed: initial registers, entry point, segments of the image), this table
proves that every register starts with its initial value, that the run starts once, at the entry
point, and that no word outside the segments is initialised twice and none inside them by WORDS as
a fresh word.

Row i holds register i; rows 0 … segments + 1 also hold the `link` chain: row 0 begins it (ls), one row
per segment moves it from at most s to e (lr and ls), the next one ends it at 2^30 (lr).

# Soundness

- The height is a constant, 7: a lower one would drop registers and segments.
- Row i's register address comes from the row index, not from a column.
- t0 and tf are free: only their place on the path of the register's accesses matters, and a path
  that starts here ends here (protocol, section 1, Chains). vf is what the bus holds. An untouched
  register has (vf, tf) = (v0, t0).
- g0 + 2^16 g1, both looked up, is how far the chain has to jump; they are 0 where lr is 0. Soundness
  of the chain: see zkm.tables.chain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from zkm.isa.registers import REGISTER_BASE, REGISTER_COUNT
from zkm.tables import bus
from zkm.tables.chain import CHAIN_END, predecessors
from zkm.tables.limbs import LOW
from zkm.tables.structured import row_index
from zkm.tables.table import Builder, Cells, Table

if TYPE_CHECKING:
    from zkm.machine.records import Trace
    from zkm.program import Program

__all__ = ["BOOT_HEIGHT", "MAX_SEGMENTS", "build", "preprocessed"]

BOOT_HEIGHT: Final = 7
MAX_SEGMENTS: Final = REGISTER_COUNT - 2
"""Two rows begin and end the chain."""

PREPROCESSED = "rg v0 st entry ls lr s e"
COLUMNS = "t0 vf tf g0 g1"


def build() -> Table:
    """The table of registers, entry point and segments."""
    table = Builder("BOOT", COLUMNS, preprocessed=PREPROCESSED, structured=(row_index("i"),))
    rg, v0, st, entry, ls, lr, s, e, t0, vf, tf, g0, g1, i = table.get(f"{PREPROCESSED} {COLUMNS} i")
    table.zero_unless(lr, "lr", "g0", "g1")
    address = REGISTER_BASE * rg + i
    table.send("register first", bus.MEM, (address, v0, t0), rg)
    table.receive("register last", bus.MEM, (address, vf, tf), rg)
    table.send("start", bus.STATE, (0, entry, 0), st)
    table.receive("link before", bus.LINK, (s - g0 - (1 << 16) * g1,), lr)
    table.send("link after", bus.LINK, (e,), ls)
    table.send("g0", bus.RANGE16, (g0,), lr)
    table.send("g1", bus.RANGE16, (g1,), lr)
    return table.build(__doc__ or "", fixed_height=BOOT_HEIGHT, fill=_fill)


def preprocessed(program: Program) -> NDArray[np.int64]:
    """The preprocessed columns, int64 (8, 128).

    Raises:
        ValueError: more segments than rows to hold them.
    """
    segments = program.segments
    count = len(segments)
    if count > MAX_SEGMENTS:
        raise ValueError(f"{count} segments of memory, at most {MAX_SEGMENTS} are possible")
    cells = Cells(PREPROCESSED.split(), REGISTER_COUNT)
    cells["rg"] = 1
    cells["v0"] = program.registers
    cells["st"][0] = 1
    cells["entry"][0] = program.entry
    cells["ls"][: count + 1] = 1
    cells["lr"][1 : count + 2] = 1
    cells["s"][1 : count + 1] = segments[:, 0]
    cells["e"][1 : count + 1] = segments[:, 1]
    cells["s"][count + 1] = CHAIN_END
    return cells.data


def _fill(trace: Trace) -> Cells:
    names = PREPROCESSED.split()
    cells = Cells(names + COLUMNS.split(), REGISTER_COUNT)
    cells.data[: len(names)] = preprocessed(trace.program)
    for name in ("t0", "vf", "tf"):
        cells[name] = trace.registers[name]
    linked = np.flatnonzero(cells["lr"])
    starts = cells["s"][linked]
    gap = starts - predecessors(trace, starts)
    cells["g0"][linked] = gap & LOW
    cells["g1"][linked] = gap >> 16
    return cells
