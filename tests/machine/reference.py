"""The trace, computed a second time: slowly, from the plain interpreter and the list of accesses.

`accesses` is the tables' description of who is accessed when (tables, sections 1 to 3 and 6); the
plain interpreter of tests/isa does the computing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tests.isa.interpreter import Machine
from zkm.isa.registers import REGISTER_BASE
from zkm.isa.rowops import EXTRA_FLAGS, INSTRUCTION_TABLES, ROW_OPS
from zkm.machine.records import MEMORY, RECORD, REFRESH, REGISTERS, Trace
from zkm.program import Program

READS_A = set(INSTRUCTION_TABLES) - {"LI"}
READS_B = {"ADD", "LOGIC", "MUL", "SW", "BEQ"}
WRITES_C = {"LI", "MOVE", "ADDI", "ADD", "LOGIC", "SHIFT", "MUL", "BITS", "LW", "LB"}
MEMORY_TICK = {"LW": 1, "LB": 1, "UNAL": 1, "SW": 2, "IO": 2}


def accesses(name: str, table: str, flags: dict[str, int]) -> Iterator[tuple[str, str, int]]:
    """(kind, operand, tick) of the accesses of a row: kinds a, b, c, m; operands r1, r2, r3, memory."""
    if table in READS_A and name != "jump_imm":
        yield "a", "r1", 0
    if (table in READS_B and not flags.get("fi")) or name in ("out", "halt"):
        yield "b", "r2", 1
    if table in MEMORY_TICK and name != "halt":
        yield "m", "memory", MEMORY_TICK[table]
    if table in WRITES_C or flags.get("lk"):
        yield "c", "r3", 2
    if table == "UNAL":
        yield "c", "r2", 2


@dataclass
class Tracer:
    """Runs a program row by row and notes what a trace holds."""

    program: Program
    stdin: bytes = b""
    records: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)
    refresh: list[tuple[int, ...]] = field(default_factory=list)
    first: dict[int, int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        program = self.program
        self.machine = Machine(program.rows, program.entry, program.registers.tolist(), input=self.stdin)
        self.initial = dict(self.machine.memory)
        self.counts = np.zeros(len(program.rows), np.uint32)
        self.records = {table: [] for table in INSTRUCTION_TABLES}

    def run(self) -> Tracer:
        while self.machine.exit_code is None:
            self._step()
        return self

    def _step(self) -> None:
        machine = self.machine
        ts, number = 3 * machine.row_count, machine.index[machine.pc]
        code, bits, r1, r2, r3, imm = machine.table[number]
        operation = ROW_OPS[code - 1]
        flags = {name: bits >> j & 1 for j, name in enumerate(EXTRA_FLAGS[operation.table])}
        record = dict.fromkeys(RECORD.names, 0) | {"row": number, "ts": ts, "delta": machine.delta}
        word = (machine.registers[r1] + imm - 0x8000) & ~3
        for kind, operand, tick in accesses(operation.name, operation.table, flags):
            if operand == "memory":
                address, value = word, machine.memory.get(word, 0)
            else:
                register = {"r1": r1, "r2": r2, "r3": r3}[operand]
                address, value = REGISTER_BASE + register, machine.registers[register]
            record["v" if kind == "m" else kind] = value
            record["g" + kind] = self._access(address, value, ts + tick)
        machine.step()
        if operation.name == "in":
            record["x"] = machine.memory[word]
        self.records[operation.table].append(tuple(record.values()))
        self.counts[number] += 1

    def _access(self, address: int, value: int, t: int) -> int:
        before = self.last.get(address)
        self.last[address] = t
        if before is None:
            self.first[address] = t
            return 0
        if t - 1 - before > 0xFFFF:
            self.refresh.append((address, value, before, t - 1))
            return 0
        return t - 1 - before

    def memory(self) -> np.ndarray:
        words = sorted(address for address in self.first if address < REGISTER_BASE)
        rows = [
            (
                address // 4,
                self.initial.get(address, 0),
                self.first[address] - 1,
                self.machine.memory.get(address, 0),
                self.last[address],
            )
            for address in words
        ]
        return np.array(rows, MEMORY)

    def registers(self) -> np.ndarray:
        rows = []
        for number, value in enumerate(self.machine.registers):
            address = REGISTER_BASE + number
            touched = address in self.first
            t0 = self.first[address] - 1 if touched else 0
            rows.append((t0, value, self.last.get(address, 0)))
        return np.array(rows, REGISTERS)


def assert_equal_to_reference(trace: Trace, stdin: bytes = b"") -> None:
    """Every field of a trace against a second computation."""
    expected = Tracer(trace.program, stdin).run()
    machine = expected.machine
    for table in INSTRUCTION_TABLES:
        rows = np.array(expected.records[table], RECORD)
        np.testing.assert_array_equal(trace.records[table], rows, table)
    np.testing.assert_array_equal(trace.refresh, np.array(expected.refresh, REFRESH))
    np.testing.assert_array_equal(trace.memory, expected.memory())
    np.testing.assert_array_equal(trace.registers, expected.registers())
    np.testing.assert_array_equal(trace.counts, expected.counts)
    assert trace.row_count == machine.row_count
    assert (trace.exit_code, trace.output) == (machine.exit_code, machine.output_bytes())
    words = [machine.exit_code, machine.length, *(machine.output[i] for i in sorted(machine.output))]
    assert trace.output_words.tolist() == words
