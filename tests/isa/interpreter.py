"""A plain interpreter of rows, the reference for what each row operation means.

One Python function per table, written from the description in zkm/isa/rowops.py and independent of the
native machine. Slow (about 300k rows a second) and strict: whatever could not be proven is a Fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from zkm.isa.registers import A2, SINK
from zkm.isa.rowops import EXTRA_FLAGS, ROW_OPS
from zkm.isa.rows import MICRO_STEP, Rows

WORD = 1 << 32
SIGN = 1 << 31


class Fault(Exception):
    """The machine cannot continue."""


def signed(value: int) -> int:
    return value - WORD if value & SIGN else value


def to_bytes(word: int) -> list[int]:
    return list(word.to_bytes(4, "big"))


@dataclass
class Machine:
    """State of a run: registers, memory words by byte address, host input and output words."""

    rows: Rows
    pc: int
    registers: list[int] = field(default_factory=lambda: [0] * 128)
    memory: dict[int, int] = field(default_factory=dict)
    input: bytes = b""
    more_than_asked: bool = False
    delta: int = 0
    row_count: int = 0
    output: dict[int, int] = field(default_factory=dict)
    exit_code: int | None = None
    length: int | None = None

    def __post_init__(self) -> None:
        rows = self.rows
        self.index = {address: number for number, address in enumerate(rows.address.tolist())}
        columns = (rows.code, rows.flags, rows.r1, rows.r2, rows.r3, rows.imm)
        self.table = list(zip(*(column.tolist() for column in columns), strict=True))
        for address, word in zip(rows.address.tolist(), rows.word.tolist(), strict=True):
            if address < MICRO_STEP:
                self.memory.setdefault(address, word)
        self.pending = self.read_words()

    def read_words(self):
        """What the host answers to `in`: for each read its length, then its words."""
        position = 0
        while True:
            count = min(self.registers[A2], len(self.input) - position)
            if self.more_than_asked:
                count = self.registers[A2] + 1
            yield count
            data = self.input[position : position + count].ljust(count, b"\0")
            position += count
            for start in range(0, count, 4):
                yield int.from_bytes(data[start : start + 4].ljust(4, b"\0"), "big")

    def run(self, limit: int = 2_000_000) -> None:
        """Until the program halts or `limit` rows are done (a Fault)."""
        for _ in range(limit):
            if self.exit_code is not None:
                return
            self.step()
        raise Fault("row limit")

    def output_bytes(self) -> bytes:
        words = (self.length + 3) // 4
        assert sorted(self.output) == list(range(2, 2 + words))
        data = b"".join(self.output[number + 2].to_bytes(4, "big") for number in range(words))
        assert not any(data[self.length :])
        return data[: self.length]

    def load(self, address: int) -> int:
        if address % 4 or not 0 <= address < WORD:
            raise Fault(f"load or store at {address:#x}")
        return self.memory.get(address, 0)

    def store(self, address: int, value: int) -> None:
        self.load(address)
        assert 0 <= value < WORD
        self.memory[address] = value

    def write(self, register: int, value: int) -> None:
        assert register != 0 and 0 <= value <= WORD
        self.registers[register] = value

    def step(self) -> None:
        number = self.index.get(self.pc)
        if number is None:
            raise Fault(f"no code at {self.pc:#x}")
        code, bits, r1, r2, r3, imm = self.table[number]
        if code == 0:
            raise Fault(f"no instruction at {self.pc:#x}")
        assert r1 != SINK
        operation = ROW_OPS[code - 1]
        flags = {name: bits >> bit & 1 for bit, name in enumerate(EXTRA_FLAGS[operation.table])}
        assert bits >> len(flags) == 0
        pc, delta = self.pc, self.delta
        after = pc + 4 + delta
        self.pc, self.delta = after, 0
        handler = getattr(self, operation.table.lower())
        handler(operation.name, flags, r1, r2, r3, imm, pc, delta, after)
        if flags.get("u"):
            self.pc, self.delta = pc + MICRO_STEP, delta - MICRO_STEP
        self.row_count += 1

    def li(self, name, flags, r1, r2, r3, imm, *state):
        self.write(r3, imm)

    def move(self, name, flags, r1, r2, r3, imm, *state):
        self.write(r3, self.registers[r1])

    def addi(self, name, flags, r1, r2, r3, imm, *state):
        a = self.registers[r1]
        self.write(r3, (a + imm) % WORD if name == "addi" else int(a < imm))

    def add(self, name, flags, r1, r2, r3, imm, *state):
        a, b = self.registers[r1], self.registers[r2]
        self.write(r3, {"add": (a + b) % WORD, "sub": (a - b) % WORD, "ltu": int(a < b)}[name])

    def logic(self, name, flags, r1, r2, r3, imm, *state):
        a, b = self.registers[r1], imm if flags["fi"] else self.registers[r2]
        assert a < WORD and b < WORD
        self.write(r3, {"and": a & b, "or": a | b, "xor": a ^ b, "nor": WORD - 1 - (a | b)}[name])

    def shift(self, name, flags, r1, r2, r3, imm, *state):
        product = self.registers[r1] * imm
        assert product < 1 << 64
        low, high = product % WORD, product >> 32
        self.write(r3, {"shl": low, "shr": high, "rot": low + high}[name])

    def mul(self, name, flags, r1, r2, r3, imm, *state):
        a, b = self.registers[r1], imm if flags["fi"] else self.registers[r2]
        if name == "select":
            assert b in (0, 1)
            result = a if b else self.registers[r3]
        elif name == "lt":
            result = int(signed(a) < signed(b))
        elif name == "div_q":
            result = a // b if b else a
        elif name == "div_r":
            result = a % b if b else 0
        elif name == "mul_his":
            result = (signed(a) * b >> 32) % WORD
        else:
            product = a * b
            assert product < 1 << 64
            low, high = product % WORD, product >> 32
            result = {"mul_lo": low, "mul_hi": high, "mul_rot": low + high}[name]
            assert result < WORD
        self.write(r3, result)

    def bits(self, name, flags, r1, r2, r3, imm, *state):
        a = self.registers[r1]
        self.write(r3, {"pow": 1 << (a & 31), "copow": 1 << (32 - (a & 31)), "clz": 32 - a.bit_length()}[name])

    def lw(self, name, flags, r1, r2, r3, imm, *state):
        self.write(r3, self.load(self.registers[r1] + imm - 0x8000))

    def sw(self, name, flags, r1, r2, r3, imm, *state):
        self.store(self.registers[r1] + imm - 0x8000, self.registers[r2])

    def lb(self, name, flags, r1, r2, r3, imm, *state):
        address = self.registers[r1] + imm - 0x8000
        offset = address % 4
        size = 1 if name in ("lb", "lbu") else 2
        if offset % size:
            raise Fault(f"{name} at {address:#x}")
        data = bytes(to_bytes(self.load(address - offset))[offset : offset + size])
        self.write(r3, int.from_bytes(data, "big", signed=name in ("lb", "lh")) % WORD)

    def unal(self, name, flags, r1, r2, r3, imm, *state):
        address = self.registers[r1] + imm - 0x8000
        k = address % 4
        x = to_bytes(self.load(address - k))
        y = to_bytes(self.registers[r2])
        if name == "sh" and k % 2:
            raise Fault(f"sh at {address:#x}")
        merged = {
            "lwl": x[k:] + y[4 - k :],
            "lwr": y[: 3 - k] + x[: k + 1],
            "sb": x[:k] + y[3:] + x[k + 1 :],
            "sh": x[:k] + y[2:] + x[k + 2 :],
            "swl": x[:k] + y[: 4 - k],
            "swr": y[3 - k :] + x[k + 1 :],
        }[name]
        value = int.from_bytes(bytes(merged), "big")
        if name in ("lwl", "lwr"):
            self.write(r2, value)
        else:
            self.store(address - k, value)

    def bz(self, name, flags, r1, r2, r3, imm, pc, delta, after):
        self.branch((self.registers[r1] == 0) == (name == "bz_eq"), flags, imm, delta, after)

    def beq(self, name, flags, r1, r2, r3, imm, pc, delta, after):
        self.branch((self.registers[r1] == self.registers[r2]) == (name == "beq"), flags, imm, delta, after)

    def branch(self, taken: bool, flags, target: int, delta: int, after: int) -> None:
        # In row i of an instruction, pc is i steps up and delta as many down.
        in_slot = delta % MICRO_STEP != 0
        if in_slot and (flags["d"] or flags["L"]):
            raise Fault("branch in a delay slot")
        if taken and flags["d"]:
            self.pc, self.delta = after, target - after - 4
        elif taken:
            self.pc = target
        elif flags["L"]:
            self.pc = after + 4

    def jump(self, name, flags, r1, r2, r3, imm, pc, delta, after):
        if delta % MICRO_STEP != 0 and not flags["sy"]:
            raise Fault("jump in a delay slot")
        target = self.registers[r1] if name == "jump_reg" else imm
        if flags["lk"]:
            self.write(r3, after if flags["sy"] else pc + 8)
        if flags["d"]:
            self.pc, self.delta = pc + 4, target - pc - 8
        else:
            self.pc = target

    def io(self, name, flags, r1, r2, r3, imm, *state):
        a, b = self.registers[r1], self.registers[r2]
        if name == "halt":
            self.exit_code, self.length = a, b
        elif name == "in":
            self.store(a + imm - 0x8000, next(self.pending))
        else:
            assert b not in self.output
            self.output[b] = self.load(a + imm - 0x8000)
