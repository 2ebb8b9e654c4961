"""Given a register a (and b), this table proves the three row operations by which the kernel meets the
world: in: the word at a + offset becomes any word v, the prover's private input; out: word number b
of the output is the word at a + offset; halt: the run ends, word 0 of the output is the exit code a
and word 1 its length b in bytes.

# Soundness

- v of `in` is free by design, but a word (range check). `out` reads: v = c0, else it would write.
- halt receives the state and sends none, and BOOT sends exactly one, so exactly one row of a proof
  halts, nothing runs after it, and words 0 and 1 of the output are sent by it. OUTPUT takes each word
  number once, so an `out` to 0 or 1 has no proof.
- There is no δ column: the row receives and sends δ = 0, so none of the operations can be in a delay
  slot. The address needs no check, as in LW.
- Cells without meaning are pinned to 0: r2, b and gap_b of `in`; v, c0 and gap_m of `halt`; lo but
  for `in`. The operand is the program's (0 for halt).
"""

from __future__ import annotations

from zkm.tables import bus
from zkm.tables.expression import constant
from zkm.tables.head import InstructionBuilder, Operations
from zkm.tables.limbs import LOW
from zkm.tables.table import Cells, Table

__all__ = ["build"]


def build() -> Table:
    """Row operations in, out and halt."""
    columns = "r1 r2 imm a b v lo c0 gap_a gap_b gap_m"
    table = InstructionBuilder("IO", columns, pending_jump=False)
    a, b, v, lo, c0, fin, fout, fh = table.get("a b v lo c0 fin fout fh")
    moves = fin + fout
    table.require("out keeps the word", fout * (v - c0))
    table.zero_if(fin, "fin", "r2", "b", "gap_b")
    table.zero_if(fh, "fh", "v", "c0", "gap_m")
    table.zero_unless(fin, "fin", "lo")
    table.read_a(a)
    table.read_b(b, live=fout + fh)
    table.memory(table.effective_address(), c0, v, 2, live=moves)
    bus.range_check(table, "v", v, lo, fin)
    table.send("output word", bus.OUTPUT, (fout * b, fout * v + fh * a), fout + fh)
    table.send("output length", bus.OUTPUT, (fh, b), fh)
    return table.finish(
        __doc__ or "",
        _complete,
        imm=table["imm"],
        following=(table.following, constant(0)),
        live_after=moves,
    )


def _complete(cells: Cells, rows: Operations) -> None:
    fin = cells["fin"]
    old = rows["v"]
    cells["c0"] = old
    cells["v"] = fin * rows["x"] + (1 - fin) * old
    cells["lo"] = fin * (cells["v"] & LOW)
