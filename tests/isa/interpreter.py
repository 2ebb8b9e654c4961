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


@dataclass(frozen=True)
class Step:
    """One row about to be executed, with the state before it."""

    name: str
    flags: dict[str, int]
    r1: int
    r2: int
    r3: int
    imm: int
    pc: int
    delta: int

    @property
    def after(self) -> int:
        """Address of the next instruction."""
        return self.pc + 4 + self.delta

    @property
    def in_slot(self) -> bool:
        """A jump is pending; row i of an instruction has i steps less in delta."""
        return self.delta % MICRO_STEP != 0


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
        step = Step(operation.name, flags, r1, r2, r3, imm, self.pc, self.delta)
        self.pc, self.delta = step.after, 0
        getattr(self, operation.table.lower())(step)
        if flags.get("u"):
            self.pc, self.delta = step.pc + MICRO_STEP, step.delta - MICRO_STEP
        self.row_count += 1

    def li(self, s):
        self.write(s.r3, s.imm)

    def move(self, s):
        self.write(s.r3, self.registers[s.r1])

    def addi(self, s):
        a = self.registers[s.r1]
        self.write(s.r3, (a + s.imm) % WORD if s.name == "addi" else int(a < s.imm))

    def add(self, s):
        a, b = self.registers[s.r1], self.registers[s.r2]
        self.write(s.r3, {"add": (a + b) % WORD, "sub": (a - b) % WORD, "ltu": int(a < b)}[s.name])

    def logic(self, s):
        a, b = self.registers[s.r1], s.imm if s.flags["fi"] else self.registers[s.r2]
        assert a < WORD and b < WORD
        self.write(s.r3, {"and": a & b, "or": a | b, "xor": a ^ b, "nor": WORD - 1 - (a | b)}[s.name])

    def shift(self, s):
        product = self.registers[s.r1] * s.imm
        assert product < 1 << 64
        low, high = product % WORD, product >> 32
        self.write(s.r3, {"shl": low, "shr": high, "rot": low + high}[s.name])

    def mul(self, s):
        a, b = self.registers[s.r1], s.imm if s.flags["fi"] else self.registers[s.r2]
        if s.name == "select":
            assert b in (0, 1)
            result = a if b else self.registers[s.r3]
        elif s.name == "lt":
            result = int(signed(a) < signed(b))
        elif s.name == "div_q":
            result = a // b if b else a
        elif s.name == "div_r":
            result = a % b if b else 0
        elif s.name == "mul_his":
            result = (signed(a) * b >> 32) % WORD
        else:
            product = a * b
            assert product < 1 << 64
            low, high = product % WORD, product >> 32
            result = {"mul_lo": low, "mul_hi": high, "mul_rot": low + high}[s.name]
            assert result < WORD
        self.write(s.r3, result)

    def bits(self, s):
        a = self.registers[s.r1]
        self.write(
            s.r3, {"pow": 1 << (a & 31), "copow": 1 << (32 - (a & 31)), "clz": 32 - a.bit_length()}[s.name]
        )

    def lw(self, s):
        self.write(s.r3, self.load(self.registers[s.r1] + s.imm - 0x8000))

    def sw(self, s):
        self.store(self.registers[s.r1] + s.imm - 0x8000, self.registers[s.r2])

    def lb(self, s):
        address = self.registers[s.r1] + s.imm - 0x8000
        offset = address % 4
        size = 1 if s.name in ("lb", "lbu") else 2
        if offset % size:
            raise Fault(f"{s.name} at {address:#x}")
        data = bytes(to_bytes(self.load(address - offset))[offset : offset + size])
        self.write(s.r3, int.from_bytes(data, "big", signed=s.name in ("lb", "lh")) % WORD)

    def unal(self, s):
        address = self.registers[s.r1] + s.imm - 0x8000
        k = address % 4
        x = to_bytes(self.load(address - k))
        y = to_bytes(self.registers[s.r2])
        if s.name == "sh" and k % 2:
            raise Fault(f"sh at {address:#x}")
        merged = {
            "lwl": x[k:] + y[4 - k :],
            "lwr": y[: 3 - k] + x[: k + 1],
            "sb": x[:k] + y[3:] + x[k + 1 :],
            "sh": x[:k] + y[2:] + x[k + 2 :],
            "swl": x[:k] + y[: 4 - k],
            "swr": y[3 - k :] + x[k + 1 :],
        }[s.name]
        value = int.from_bytes(bytes(merged), "big")
        if s.name in ("lwl", "lwr"):
            self.write(s.r2, value)
        else:
            self.store(address - k, value)

    def bz(self, s):
        self.branch((self.registers[s.r1] == 0) == (s.name == "bz_eq"), s)

    def beq(self, s):
        self.branch((self.registers[s.r1] == self.registers[s.r2]) == (s.name == "beq"), s)

    def branch(self, taken: bool, s: Step) -> None:
        if s.in_slot and (s.flags["d"] or s.flags["L"]):
            raise Fault("branch in a delay slot")
        if taken and s.flags["d"]:
            self.pc, self.delta = s.after, s.imm - s.after - 4
        elif taken:
            self.pc = s.imm
        elif s.flags["L"]:
            self.pc = s.after + 4

    def jump(self, s):
        if s.in_slot and not s.flags["sy"]:
            raise Fault("jump in a delay slot")
        target = self.registers[s.r1] if s.name == "jump_reg" else s.imm
        if s.flags["lk"]:
            self.write(s.r3, s.after if s.flags["sy"] else s.pc + 8)
        if s.flags["d"]:
            self.pc, self.delta = s.pc + 4, target - s.pc - 8
        else:
            self.pc = target

    def io(self, s):
        a, b = self.registers[s.r1], self.registers[s.r2]
        if s.name == "halt":
            self.exit_code, self.length = a, b
        elif s.name == "in":
            self.store(a + s.imm - 0x8000, next(self.pending))
        else:
            assert b not in self.output
            self.output[b] = self.load(a + s.imm - 0x8000)
