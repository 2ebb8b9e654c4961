"""Given words a and b (b the operand imm where fi is set), this table proves r3 = a & b (fand),
a | b (for), a ^ b (fxor) or ~(a | b) (fnor).

# Soundness

Four lookups prove that the bytes of a and b are bytes, so that their composition is unique, and that
w = a & b. The other results follow: a | b = a + b − w, a ^ b = a + b − 2w, ~x = 2^32 − 1 − x. With fi
there is no access B: its register and gap are pinned to 0, and the program supplies imm = b.
"""

from __future__ import annotations

import numpy as np

from zkm.tables import bus
from zkm.tables.head import WORD, InstructionBuilder, Operations
from zkm.tables.limbs import fill_bytes, word_of_bytes
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operations and, or, xor and nor."""
    columns = "r1 r2 r3 a0 a1 a2 a3 b0 b1 b2 b3 w0 w1 w2 w3 c0 gap_a gap_b gap_c"
    table = InstructionBuilder("LOGIC", columns)
    parts = {prefix: table.get(" ".join(f"{prefix}{j}" for j in range(4))) for prefix in "abw"}
    a, b, w = (word_of_bytes(parts[prefix]) for prefix in "abw")
    fand, for_, fxor, fnor, fi = table.get("fand for fxor fnor fi")
    for j in range(4):
        entries = [parts[prefix][j] for prefix in "abw"]
        table.send(f"byte {j}", bus.AND, entries, table.m)
    table.zero_if(fi, "fi", "r2", "gap_b")
    table.read_a(a)
    table.read_b(b, live=table.m - fi)
    either = a + b - w
    table.write(fand * w + for_ * either + fxor * (either - w) + fnor * (WORD - 1 - either))
    return table.finish(__doc__ or "", _complete, imm=fi * b)


def _complete(cells: Cells, rows: Operations) -> None:
    a = rows["a"]
    b = np.where(cells["fi"] == 1, rows.imm, rows["b"])
    fill_bytes(cells, "a", a)
    fill_bytes(cells, "b", b)
    fill_bytes(cells, "w", a & b)
