"""Random single rows of every row operation, with what they must do to the rest of the machine."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from tests.isa.interpreter import Machine
from tests.isa.vectors import value
from tests.tables.recorder import BIAS, Recorder, make_program
from zkm.field import MODULUS
from zkm.isa.registers import REGISTER_BASE, SINK
from zkm.isa.rowops import EXTRA_FLAGS, RowOp
from zkm.isa.rows import MICRO_STEP
from zkm.params import SMALL
from zkm.tables import bus
from zkm.tables.exact import RowEffect, row_effect
from zkm.tables.registry import machine_system

SYSTEM = machine_system(SMALL)
DATA, WORDS = 0x200000, 16
LOOKUPS = {bus.RANGE16.id, bus.AND.id, bus.PAIR.id, bus.POW.id}


@dataclass
class Case:
    """One row: its operation, its cells, and the tuples it must exchange with the other tables."""

    operation: RowOp
    cells: dict[str, int]
    expected: dict


def holds(bus_id: int, entries: tuple[int, ...]) -> bool:
    """Whether a lookup table holds a tuple, said once more by hand."""
    if bus_id == bus.RANGE16.id:
        return 0 <= entries[0] < 1 << 16
    if bus_id == bus.POW.id:
        return 0 <= entries[0] < 32 and entries[1] == 1 << entries[0]
    x, y = entries[:2]
    if not (0 <= x < 256 and 0 <= y < 256):
        return False
    return bus_id == bus.PAIR.id or entries[2] == x & y


def evaluate(table: str, cells: dict[str, int]) -> RowEffect:
    index = SYSTEM.index(table)
    return row_effect(SYSTEM.compiled[index], [cells[name] for name in SYSTEM.tables[index].all_columns])


def accepted(effect: RowEffect) -> dict | None:
    """The tuples for the other tables if constraints and lookups hold, else None."""
    if effect.broken:
        return None
    if any(not holds(*key) for key in effect.net if key[0] in LOOKUPS):
        return None
    return {key: count for key, count in effect.net.items() if key[0] not in LOOKUPS}


def is_possible(external: dict, honest: dict) -> bool:
    """Whether the rest of a proof could take part: the program has the honest row at this place and no
    other, and memory tuples name addresses that can be initialised: RAM words, registers, and what the
    prover may mark as touched in PROGRAM beside micro rows and padding."""

    def program(tuples: dict) -> dict:
        return {key: count for key, count in tuples.items() if key[0] == bus.PROG.id}

    addresses = [entries[0] for (bus_id, entries) in external if bus_id == bus.MEM.id]
    return program(external) == program(honest) and all(
        (address % 4 == 0 and 0 <= address < 15 * MICRO_STEP)
        or REGISTER_BASE <= address < REGISTER_BASE + 128
        or address == -(1 << 35)
        for address in addresses
    )


def make_cases(operation: RowOp, count: int, seed: int = 0) -> list[Case]:
    """`count` random executions of one operation, corner values included."""
    rng = random.Random(f"{operation.name} {seed}")
    rows, states = [], []
    for number in range(count):
        row, state = _draw(operation, rng, number)
        rows.append(row)
        states.append(state)
    recorder = Recorder(make_program(rows, segments=[], entry=rows[0]["address"]))
    expected = []
    for number, (row, (registers, memory, delta)) in enumerate(zip(rows, states, strict=True)):
        machine = recorder.machine
        machine.registers, machine.memory, machine.output = registers, memory, {}
        machine.pending = iter([value(rng)])
        machine.pc, machine.delta, machine.exit_code = row["address"], delta, None
        expected.append(_step(recorder, operation, number))
        recorder.ts += 3 * rng.choice((0, 0, 7, 9000))
    recorder.machine.exit_code = recorder.machine.length = None
    trace = recorder.trace()
    table = SYSTEM.table(operation.table)
    data = table.fill(trace).data
    assert data.shape[1] == count
    return [
        Case(operation, dict(zip(table.all_columns, map(int, cells), strict=True)), effect)
        for cells, effect in zip(data.T, expected, strict=True)
    ]


def _draw(operation: RowOp, rng: random.Random, number: int):
    """(row, (registers, memory, δ)) of one case."""
    name, table = operation.name, operation.table
    flags = {flag for flag in EXTRA_FLAGS[table] if rng.randrange(2)}
    if "sy" in flags:
        flags.add("lk")
    registers = [0] + [value(rng) for _ in range(127)]
    memory = {DATA + 4 * i: value(rng) for i in range(WORDS)}
    row = {"op": name, "flags": flags, "imm": _operand(operation, flags, rng)}
    some = [*range(1, SINK), *range(SINK + 1, 128)]
    for register in _named_registers(operation, flags):
        row[register] = rng.choice(some)
    if {"r1", "r2"} <= set(row) and rng.randrange(4) == 0:
        row["r2"] = row["r1"]
    if {"r1", "r3"} <= set(row) and rng.randrange(4) == 0:
        row["r3"] = rng.choice((row["r1"], row.get("r2", row["r1"])))

    if table == "BEQ" and rng.randrange(3) == 0:
        registers[row["r2"]] = registers[row["r1"]]
    if table in ("BZ", "BITS") and rng.randrange(3) == 0:
        registers[row["r1"]] = 0
    if table == "MUL" and "fi" not in flags:
        registers[row["r2"]] = _multiplier(name, rng)
        if registers[row["r1"]] == 1 << 32:  # a is a word, but r1 = r2 was drawn
            registers[row["r1"]] = 1
    if _uses_memory(operation):
        step = {"LW": 4, "SW": 4, "IO": 4}.get(table, 2 if name in ("lh", "lhu", "sh") else 1)
        registers[row["r1"]] = DATA + rng.randrange(0, 4 * WORDS, step) - row["imm"] + BIAS

    micro = rng.randrange(3) if "u" in EXTRA_FLAGS[table] else 0
    row["address"] = 4 * rng.randrange(1 << 18) + (number << 20) + micro * MICRO_STEP
    delta = 0
    if not ({"d", "L"} & flags) and table != "IO" and ("sy" in flags or table != "JUMP"):
        delta = rng.choice((0, 0, 4 * rng.randrange(-(1 << 18), 1 << 18)))
    return row, (registers, memory, delta - micro * MICRO_STEP)


def _uses_memory(operation: RowOp) -> bool:
    return operation.table in ("LW", "SW", "LB", "UNAL") or operation.name in ("in", "out")


def _named_registers(operation: RowOp, flags: set[str]) -> list[str]:
    """The register indexes that a row of this operation names; the others are 0."""
    name, table = operation.name, operation.table
    named = []
    if table != "LI" and name != "jump_imm":
        named.append("r1")
    if table in ("ADD", "SW", "UNAL", "BEQ") or name in ("out", "halt"):
        named.append("r2")
    if table in ("LOGIC", "MUL") and "fi" not in flags:
        named.append("r2")
    if table not in ("SW", "UNAL", "BZ", "BEQ", "JUMP", "IO") or "lk" in flags:
        named.append("r3")
    return named


def _operand(operation: RowOp, flags: set[str], rng: random.Random) -> int:
    name, table = operation.name, operation.table
    if table in ("LI", "ADDI") or (table == "LOGIC" and "fi" in flags):
        return value(rng)
    if table == "MUL" and "fi" in flags:
        return _multiplier(name, rng)
    if table == "SHIFT":
        return 1 << rng.randrange(32) if name == "shl" else 1 << rng.randrange(1, 33)
    if table in ("BZ", "BEQ") or name == "jump_imm":
        return 4 * rng.randrange(1 << 30)
    if _uses_memory(operation):
        return rng.choice((rng.randrange(1 << 16), 0, 0xFFFF, 0x8000))
    return 0


def _multiplier(name: str, rng: random.Random) -> int:
    """The second operand of a MUL operation: what the micro-code can give it."""
    if name == "select":
        return rng.randrange(2)
    power = 1 << rng.randrange(33)
    if name == "mul_rot":
        return power
    return rng.choice((value(rng), power if name.startswith("mul") else 0))


def _step(recorder: Recorder, operation: RowOp, number: int) -> dict:
    """Execute one row; what it sends and receives, from the state before and after."""
    machine: Machine = recorder.machine
    ts, pc, delta = recorder.ts, machine.pc, machine.delta
    seen: list[tuple[int, int, int, int]] = []
    plain = recorder.access

    def access(address: int, tick: int, held: int) -> int:
        gap = plain(address, tick, held)
        seen.append((address, tick, held, gap))
        return gap

    recorder.access = access  # type: ignore[method-assign]
    recorder.step()
    recorder.access = plain  # type: ignore[method-assign]

    net: Counter = Counter()

    def send(channel, entries, sign=1) -> None:
        net[channel.id, tuple(map(int, entries))] += sign

    send(bus.STATE, (ts, pc, delta), -1)
    if operation.name != "halt":
        send(bus.STATE, (ts + 3, machine.pc, machine.delta))
    rows = recorder.program.rows
    send(bus.PROG, (pc + (1 << 35), rows.keys()[number], rows.imm[number]))
    for address, tick, held, gap in seen:
        reads = address >= REGISTER_BASE and tick < 2
        send(bus.MEM, (address, held, ts + tick - 1 - gap), -1)
        send(bus.MEM, (address, held if reads else recorder.value(address), ts + tick))
    if operation.name == "out":
        ((index, word),) = machine.output.items()
        send(bus.OUTPUT, (index, word))
    if operation.name == "halt":
        send(bus.OUTPUT, (0, machine.exit_code))
        send(bus.OUTPUT, (1, machine.length))
    return {key: count for key, count in net.items() if count}


def changed_values(value: int, rng: random.Random) -> set[int]:
    """Other values for a cell: neighbours, bits, other words, and full field elements."""
    candidates = {
        value + 1,
        value - 1,
        0,
        1,
        rng.getrandbits(32),
        value + (1 << 16),
        value + (1 << 32),
        rng.randrange(MODULUS),
        value * pow(1 << 16, -1, MODULUS),
    }
    return {other % MODULUS for other in candidates} - {value % MODULUS}
