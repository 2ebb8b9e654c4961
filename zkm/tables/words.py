"""Given the image and the segments, this table proves that every word of memory that is accessed
starts with its value in the image (mi), or, if it lies in no segment, with 0 (mf).

Memory is a flat, zero-filled 4 GB: mapping costs nothing, and what is proven is that flat machine.

# Soundness

- mf, mi and their sum are boolean.
- mi: image(4w + 2^35, v0) is sent by the one PROGRAM row of that word, at most once.
- mf: mf v0 = 0, and the link chain lets no fresh word occur twice or lie in a segment
  (zkm.tables.chain). Together: every word has at most one initialiser, so one history. w needs no
  other check: a word outside [0, 2^30) is on no chain and in no image (but for those that no access
  can reach, see PROGRAM).
- t0, tf, vf: as in BOOT. g0 and g1 are looked up where mf is 1, and 0 where mi is 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zkm.tables import bus
from zkm.tables.chain import is_image_word, predecessors
from zkm.tables.head import PROGRAM_BASE
from zkm.tables.limbs import LOW
from zkm.tables.table import Builder, Cells, Table

if TYPE_CHECKING:
    from zkm.machine.records import Trace

__all__ = ["build"]

COLUMNS = "mf mi w g0 g1 t0 v0 vf tf"


def build() -> Table:
    """The table of accessed words of memory."""
    table = Builder("WORDS", COLUMNS)
    mf, mi, w, g0, g1, t0, v0, vf, tf = table.get(COLUMNS)
    live = mf + mi
    table.boolean("mf", "mi")
    table.require("mf + mi is boolean", live * (live - 1))
    table.zero_if(mf, "mf", "v0")
    table.zero_if(mi, "mi", "g0", "g1")
    table.receive("link before", bus.LINK, (w - g0 - (1 << 16) * g1,), mf)
    table.send("link after", bus.LINK, (w + mf,), mf)
    table.send("g0", bus.RANGE16, (g0,), mf)
    table.send("g1", bus.RANGE16, (g1,), mf)
    table.receive("image word", bus.IMAGE, (4 * w + PROGRAM_BASE * mi, v0), mi)
    table.send("word first", bus.MEM, (4 * w, v0, t0), live)
    table.receive("word last", bus.MEM, (4 * w, vf, tf), live)
    return table.build(__doc__ or "", fill=_fill)


def _fill(trace: Trace) -> Cells:
    memory = trace.memory
    cells = Cells(COLUMNS.split(), len(memory))
    for column, field in (("w", "word"), ("t0", "t0"), ("v0", "v0"), ("vf", "vf"), ("tf", "tf")):
        cells[column] = memory[field]
    words = cells["w"]
    in_image = is_image_word(words, trace.program.segments)
    cells["mi"] = in_image
    cells["mf"] = ~in_image
    gap = np.where(in_image, 0, words - predecessors(trace, words))
    cells["g0"] = gap & LOW
    cells["g1"] = gap >> 16
    return cells
