"""Small programs of hand-written rows, and their filled tables."""

from __future__ import annotations

from functools import cache

from tests.tables.recorder import BIAS, Recorder, make_program
from zkm.machine.records import Trace
from zkm.params import TINY
from zkm.tables.data import TableData
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system

SYSTEM = machine_system(TINY)
CODE, RAM = 0x400000, 0x1000
HALT = {"op": "halt", "r1": 4, "r2": 5}
"""Exit code in register 4, output length in register 5."""


def place(rows: list[dict], start: int = CODE) -> list[dict]:
    """Rows one after the other; every row is an instruction word of its own."""
    return [{"address": start + 4 * i, "word": i + 1, **row} for i, row in enumerate(rows)]


def run(rows: list[dict], registers: dict[int, int] | None = None, **options) -> Trace:
    """The trace of a program that halts."""
    return Recorder(make_program(place(rows), registers, **options)).run()


def tables_of(trace: Trace) -> dict[str, TableData]:
    return dict(zip((table.name for table in SYSTEM.tables), fill(SYSTEM, trace), strict=True))


def access(op: str, register: int, address: int, base: int = 0) -> dict:
    """A load or store of a register; `base` is a register that holds 0."""
    field = "r2" if op in ("sw", "sb", "sh", "swl", "swr", "out") else "r3"
    return {"op": op, "r1": base, field: register, "imm": address + BIAS}


def _one_each() -> dict[str, dict]:
    return {
        "LI": {"op": "li", "r3": 6, "imm": 7},
        "MOVE": {"op": "move", "r1": 7, "r3": 6},
        "ADDI": {"op": "addi", "r1": 6, "r3": 6, "imm": 1},
        "ADD": {"op": "sub", "r1": 6, "r2": 7, "r3": 6},
        "LOGIC": {"op": "nor", "r1": 6, "r2": 7, "r3": 6},
        "SHIFT": {"op": "rot", "r1": 7, "r3": 6, "imm": 1 << 27},
        "MUL": {"op": "mul_his", "r1": 6, "r2": 7, "r3": 6},
        "BITS": {"op": "clz", "r1": 7, "r3": 6},
        "LW": access("lw", 6, RAM),
        "SW": access("sw", 7, RAM),
        "LB": access("lb", 6, RAM),
        "UNAL": {"op": "lwl", "r1": 0, "r2": 6, "imm": RAM + 1 + BIAS},
        "BZ": {"op": "bz_ne", "r1": 0, "imm": CODE},
        "BEQ": {"op": "beq", "r1": 0, "r2": 7, "imm": CODE},
    }


@cache
def program_with(table: str, count: int) -> Trace:
    """A run in which a table has exactly `count` rows, as far as there is a choice.

    IO has the halting row too, OUTPUT the two words it sends, and PROGRAM the rows that were needed.
    """
    rows, registers = [], {7: 0x80001234}
    if table in _one_each():
        rows = [_one_each()[table]] * count
    elif table == "JUMP":
        rows = [
            {"op": "jump_imm", "imm": CODE + 4 * (i + 1), "flags": {"lk"}, "r3": 31} for i in range(count)
        ]
    elif table == "WORDS":
        rows = [access("sw", 7, RAM + 8 * i) for i in range(count)]
    elif table in ("IO", "OUTPUT"):
        outputs = max(count - (1 if table == "IO" else 2), 0)
        registers[5] = 4 * outputs
        for i in range(outputs):
            rows += [
                {"op": "li", "r3": 8, "imm": i + 2},
                {"op": "out", "r1": 0, "r2": 8, "imm": RAM + BIAS},
            ]
    elif table == "REFRESH":
        # `count` registers rest during a loop of 44,000 ticks * 1.5.
        touch = [{"op": "move", "r1": 10 + i, "r3": 10 + i} for i in range(count)]
        loop = [
            {"op": "addi", "r1": 6, "r3": 6, "imm": 1},
            {"op": "bne", "r1": 6, "r2": 7, "imm": CODE + 4 * count},
        ]
        registers[7] = 11_000
        rows = [*touch, *loop, *touch]
    elif table == "PROGRAM":
        rows = []
    rows = [*rows, HALT]
    if table == "PROGRAM":
        rows += [{"word": 5}] * (count - len(rows))
    return run(rows, registers)
