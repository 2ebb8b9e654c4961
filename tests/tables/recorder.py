"""A machine that records a trace: the plain interpreter of rows, with the accesses of every row.

Independent of the native machine. The accesses are listed here once more, by hand, so that a table that
forgets one does not agree with the trace.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from tests.isa.interpreter import Machine
from zkm.isa.registers import REGISTER_BASE
from zkm.isa.rowops import EXTRA_FLAGS, INSTRUCTION_TABLES, ROW_OPS
from zkm.isa.rows import Rows
from zkm.machine.records import MAXIMUM_GAP, MEMORY, RECORD, REFRESH, REGISTERS, Trace

BIAS = 1 << 15


class Recorder:
    """Runs a program row by row and keeps a record of each."""

    def __init__(self, program, stdin: bytes = b"") -> None:
        self.program = program
        self.machine = Machine(program.rows, program.entry, [int(v) for v in program.registers], {}, stdin)
        self.records: dict[str, list[tuple]] = {table: [] for table in INSTRUCTION_TABLES}
        self.first: dict[int, tuple[int, int]] = {}  # address -> (value, time before the first access)
        self.last: dict[int, int] = {}  # address -> time of the last access
        self.refresh: list[tuple] = []
        self.counts = [0] * len(program.rows)
        self.ts = 0

    def value(self, address: int) -> int:
        if address >= REGISTER_BASE:
            return self.machine.registers[address - REGISTER_BASE]
        return self.machine.memory.get(address, 0)

    def access(self, address: int, tick: int, value: int) -> int:
        """Note an access; returns its gap."""
        time = self.ts + tick
        if address not in self.last:
            self.first[address] = (value, time - 1)
            self.last[address] = time - 1
        gap = time - 1 - self.last[address]
        if gap > MAXIMUM_GAP:
            self.refresh.append((address, value, self.last[address], time - 1))
            gap = 0
        self.last[address] = time
        return gap

    def step(self) -> None:
        machine = self.machine
        number = machine.index[machine.pc]
        code, bits, r1, r2, r3, imm = machine.table[number]
        operation = ROW_OPS[code - 1]
        table, name = operation.table, operation.name
        flags = {flag: bits >> bit & 1 for bit, flag in enumerate(EXTRA_FLAGS[table])}
        record = dict.fromkeys(RECORD.names, 0)
        record.update(row=number, ts=self.ts, delta=machine.delta)
        a, b, c = (REGISTER_BASE + r for r in (r1, r2, r3))
        address = machine.registers[r1] + imm - BIAS
        accesses = []  # (tick, address, field of the value, field of the gap)
        if table != "LI" and name != "jump_imm":
            accesses.append((0, a, "a", "ga"))
        if table in ("ADD", "LOGIC", "MUL", "SW", "BEQ") and not flags.get("fi"):
            accesses.append((1, b, "b", "gb"))
        if name in ("out", "halt"):
            accesses.append((1, b, "b", "gb"))
        if table in ("LW", "LB", "UNAL"):
            accesses.append((1, address - address % 4, "v", "gm"))
        if table == "SW" or name in ("in", "out"):
            accesses.append((2, address, "v", "gm"))
        if table == "UNAL":
            accesses.append((2, b, "c", "gc"))
        if table not in ("SW", "UNAL", "BZ", "BEQ", "JUMP", "IO") or flags.get("lk"):
            accesses.append((2, c, "c", "gc"))
        for tick, where, value, gap in accesses:
            record[value] = self.value(where)
            record[gap] = self.access(where, tick, record[value])
        machine.step()
        if name == "in":
            record["x"] = machine.memory[address]
        self.records[table].append(tuple(record[field] for field in RECORD.names))
        self.counts[number] += 1
        self.ts += 3

    def run(self, limit: int = 1_000_000) -> Trace:
        while self.machine.exit_code is None:
            assert self.machine.row_count < limit
            self.step()
        return self.trace()

    def trace(self) -> Trace:
        machine, program = self.machine, self.program
        memory, registers = [], []
        for address in sorted(a for a in self.first if a < REGISTER_BASE):
            v0, t0 = self.first[address]
            memory.append((address // 4, v0, t0, machine.memory.get(address, 0), self.last[address]))
        for number in range(128):
            address = REGISTER_BASE + number
            t0 = self.first.get(address, (0, 0))[1]
            registers.append((t0, machine.registers[number], self.last.get(address, 0)))
        words = [machine.exit_code or 0, machine.length or 0]
        words += [machine.output[i] for i in sorted(machine.output)]
        return Trace(
            program=program,
            records={table: np.array(rows, dtype=RECORD) for table, rows in self.records.items()},
            memory=np.array(memory, dtype=MEMORY),
            registers=np.array(registers, dtype=REGISTERS),
            refresh=np.array(self.refresh, dtype=REFRESH),
            counts=np.array(self.counts, dtype=np.uint32),
            output_words=np.array(words, dtype=np.uint32),
            exit_code=machine.exit_code or 0,
            output=machine.output_bytes() if machine.length is not None else b"",
            row_count=machine.row_count,
            instruction_count=machine.row_count,
        )


def make_rows(rows: list[dict]) -> Rows:
    """Rows from dictionaries with address, op (name) or code, flags (names), r1, r2, r3, imm, word."""
    by_name = {operation.name: operation for operation in ROW_OPS}
    columns: dict[str, list[int]] = {name: [] for name in Rows.__dataclass_fields__}
    for row in rows:
        operation = by_name.get(row.get("op", ""))
        flags = 0
        for flag in row.get("flags", ()):
            flags |= operation.flag_bit(flag)
        values = {**row, "code": operation.code if operation else 0, "flags": flags}
        for name, column in columns.items():
            column.append(values.get(name, 0))
    types = {"address": np.int64, "word": np.uint32, "imm": np.int64}
    return Rows(**{name: np.array(values, types.get(name, np.uint8)) for name, values in columns.items()})


def make_program(rows: list[dict], registers: dict[int, int] | None = None, segments=None, entry=None):
    """A program of hand-written rows (no ELF file); its segments are the words of its rows."""
    decoded = make_rows(rows)
    words = (decoded.address[decoded.is_image_word()] // 4).tolist()
    if segments is None:
        segments = []
        for word in words:
            if segments and segments[-1][1] == word:
                segments[-1][1] = word + 1
            else:
                segments.append([word, word + 1])
    values = np.zeros(128, np.int64)
    for register, value in (registers or {}).items():
        values[register] = value
    return SimpleNamespace(
        rows=decoded,
        segments=np.array(segments, np.int64).reshape(-1, 2),
        entry=decoded.address[0] if entry is None else entry,
        registers=values,
        name="test",
    )
