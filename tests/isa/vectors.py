"""Test vectors for single instructions, with QEMU's processor model (unicorn) as the oracle.

`make_cases` draws random and corner cases for one entry of the instruction list; `oracle` runs them.
Case i has its code at CODE + 16 i: for `sc` an `ll` before it, for branches and jumps the delay slot
after it. All cases share one data window at DATA; each brings its own contents.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import unicorn as uc
from unicorn import mips_const as mips

from tests.isa import floats
from zkm.isa.encoding import Fields, Vectors
from zkm.isa.instruction import Instruction
from zkm.isa.instructions import BY_NAME
from zkm.isa.registers import FCSR, FPR, HI, LLADDR, LO, NO_LINK, TLS
from zkm.kernel import load_kernel

CODE, CASE_BYTES = 0x100000, 16
STUB = 0x300000
DATA, DATA_WORDS = 0x200000, 32
VECTORS = Vectors(
    syscall=0x80000000,
    breakpoint=0x80000010,
    arithmetic=0x80000020,
    reserved=0x80000030,
    routines=load_kernel().vectors.routines,
)

CORNERS = (
    0,
    1,
    2,
    31,
    32,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0x80000001,
    0xFFFFFFFF,
)

ALIGNMENT = {
    **dict.fromkeys(("lb", "lbu", "sb", "lwl", "lwr", "swl", "swr"), 1),
    **dict.fromkeys(("lh", "lhu", "sh"), 2),
    **dict.fromkeys(("lw", "sw", "ll", "sc", "lwc1", "swc1", "lwxc1", "swxc1"), 4),
    **dict.fromkeys(("ldc1", "sdc1", "ldxc1", "sdxc1"), 8),
}
NAMED_CONTROL_REGISTERS = (0, 1, 5, 25, 26, 28)
"""Those that `cfc1` and `ctc1` have entries of their own for (31 reads alike in both)."""
BRANCHES = ("b", "j")
"""First letters of the mnemonics with a delay slot, `break` excepted."""

SLOT = BY_NAME["addiu"].encode(rs=20, rt=20, imm=1)
"""The instruction in the delay slot, unless it is a nop."""
STOP = BY_NAME["beq"].encode(imm=0xFFFF)


@dataclass
class Cases:
    """code: uint32[n, 4]; registers: int64[n, 128]; data: uint32[n, DATA_WORDS]."""

    entry: Instruction
    code: np.ndarray
    registers: np.ndarray
    data: np.ndarray

    @property
    def has_slot(self) -> bool:
        return has_slot(self.entry)

    @property
    def instructions(self) -> int:
        """How many instructions a case runs, a branch and its slot counted as one."""
        return 2 if self.entry.mnemonic == "sc" else 1

    def addresses(self) -> np.ndarray:
        return CODE + 4 * np.arange(self.code.size, dtype=np.int64)


@dataclass
class Results:
    """State afterwards; pc = -1 after a trap."""

    pc: np.ndarray
    registers: np.ndarray
    data: np.ndarray


def has_slot(entry: Instruction) -> bool:
    return entry.mnemonic[0] in BRANCHES and entry.mnemonic != "break"


def value(rng: random.Random) -> int:
    kind = rng.randrange(8)
    if kind < 3:
        return rng.choice(CORNERS)
    if kind == 3:
        return 1 << rng.randrange(32)
    if kind == 4:
        return -rng.getrandbits(rng.randrange(1, 17)) % (1 << 32)
    return rng.getrandbits(rng.choice((5, 8, 16, 32, 32, 32)))


def make_cases(entry: Instruction, count: int, seed: int = 0) -> Cases:
    rng = random.Random(f"{entry.name} {seed}")
    code = np.zeros((count, 4), np.uint32)
    registers = np.zeros((count, 128), np.int64)
    data = np.zeros((count, DATA_WORDS), np.uint32)
    bulk = np.random.default_rng(rng.getrandbits(64))
    float_values, control = floats.registers(bulk, count), floats.control(bulk, count)
    for number in range(count):
        state = [0] + [value(rng) for _ in range(31)]
        registers[number, :32] = state
        registers[number, [HI, LO, TLS]] = [value(rng) for _ in range(3)]
        registers[number, FPR : FPR + 32] = float_values[number]
        registers[number, FCSR] = control[number]
        registers[number, LLADDR] = NO_LINK
        data[number] = [value(rng) for _ in range(DATA_WORDS)]
        code[number] = _draw_code(entry, rng, registers[number], CODE + CASE_BYTES * number)
    return Cases(entry, code, registers, data)


def _draw_code(entry: Instruction, rng: random.Random, registers: np.ndarray, pc: int) -> list[int]:
    fields = _draw_fields(entry, rng)
    while not is_predictable(entry, fields):
        fields = _draw_fields(entry, rng)
    before: list[int] = []
    if entry.mnemonic in ALIGNMENT:
        address = _aim(rng, registers, fields, ALIGNMENT[entry.mnemonic])
        if entry.mnemonic == "sc":
            before = [_link(rng, registers, fields, address)]
    if has_slot(entry):
        # Distances that stay inside the code, and never lead to the slot itself.
        if "imm" in fields:
            fields["imm"] = rng.choice((-300, -2, -1, 1, 2, 3, 700)) % (1 << 16)
        if "index" in fields:
            fields["index"] = (pc >> 2) + rng.choice((-100, -1, 0, 2, 3, 1000))
        if "rs" in fields and "imm" not in fields:
            registers[fields["rs"]] = pc + 4 * rng.choice((-100, -1, 0, 2, 3, 1000))
    # What follows ends the block that unicorn translates.
    after = [rng.choice((0, SLOT))] if has_slot(entry) else [STOP]
    return [*before, entry.encode(**fields), *after, 0, 0, 0][:4]


def is_predictable(entry: Instruction, fields: dict[str, int]) -> bool:
    """The fields make this instruction, the manual defines what happens, and the case can be run."""
    mnemonic = entry.mnemonic
    if entry.valid is not None:
        word = np.array([entry.encode(**fields)], np.int64)
        if not entry.valid(Fields(word, np.zeros(1, np.int64), np.zeros(1, np.bool_), VECTORS)).all():
            return False
    if mnemonic in ("cfc1", "ctc1") and "n" in fields and fields["n"] in NAMED_CONTROL_REGISTERS:
        return False
    if mnemonic.startswith("jalr") and fields["rs"] == fields["rd"]:
        return False
    if mnemonic.endswith(("al", "all")) and fields.get("rs") == 31:
        return False
    if mnemonic.endswith("xc1") and fields["rs"] == fields["rt"]:
        return False
    needs_base = mnemonic in ALIGNMENT or mnemonic.startswith(("jr", "jalr"))
    return not needs_base or fields["rs"] != 0


def _draw_fields(entry: Instruction, rng: random.Random) -> dict[str, int]:
    fields: dict[str, int] = {}
    for name, (_, width) in entry.pattern.fields.items():
        fields[name] = rng.getrandbits(width)
        if width == 16:
            fields[name] = rng.choice((fields[name], 0, 1, 0x7FFF, 0x8000, 0xFFFF, rng.getrandbits(8)))
        if width == 5 and rng.randrange(8) == 0:
            fields[name] = 0
        if name in ("fr", "ft", "fs", "fd") and rng.randrange(10):
            fields[name] &= ~1
    names = [name for name in fields if name in ("rs", "rt", "rd")]
    if len(names) > 1 and rng.randrange(4) == 0:
        first, second = rng.sample(names, 2)
        fields[first] = fields[second]
    return fields


def _aim(rng: random.Random, registers: np.ndarray, fields: dict[str, int], alignment: int) -> int:
    """Sets the base register so that the access falls into the data window."""
    address = DATA + rng.randrange(0, 4 * DATA_WORDS, alignment)
    offset = (fields["imm"] ^ 0x8000) - 0x8000 if "imm" in fields else registers[fields["rt"]]
    registers[fields["rs"]] = (address - offset) % (1 << 32)
    return address


def _link(rng: random.Random, registers: np.ndarray, fields: dict[str, int], address: int) -> int:
    """An `ll` into a register that `sc` does not use, of the same address or another."""
    base, target = _spare(fields)
    registers[base] = rng.choice((address, DATA + 4 * rng.randrange(DATA_WORDS)))
    return BY_NAME["ll"].encode(rs=base, rt=target)


def _spare(fields: dict[str, int]) -> tuple[int, int]:
    free = [register for register in (9, 10, 11, 12) if register not in (fields["rs"], fields["rt"])]
    return free[0], free[1]


_REGISTERS = {
    **{number: mips.UC_MIPS_REG_0 + number for number in range(32)},
    HI: mips.UC_MIPS_REG_HI,
    LO: mips.UC_MIPS_REG_LO,
    **{FPR + number: mips.UC_MIPS_REG_F0 + number for number in range(32)},
}
"""Our register indexes and unicorn's names for them."""


def compared_registers(entry: Instruction) -> list[int]:
    """Registers whose values must agree afterwards; `$f0` to `$f31` and FCSR only where they can change."""
    if not floats.uses_float(entry):
        return [index for index in _REGISTERS if index < FPR]
    return [*_REGISTERS, FCSR]


class _Control:
    """FCSR, which unicorn has no name for: two instructions at STUB that move it to and from $1."""

    def __init__(self, machine: uc.Uc) -> None:
        self.machine = machine
        machine.mem_map(STUB, 0x1000)
        words = [BY_NAME["ctc1 (FCSR)"].encode(rt=1), BY_NAME["cfc1"].encode(rt=1, n=31), 0]
        machine.mem_write(STUB, np.array(words, ">u4").tobytes())

    def write(self, value: int) -> None:
        self.machine.reg_write(mips.UC_MIPS_REG_1, value)
        self.machine.emu_start(STUB, STUB + 4)

    def read(self) -> int:
        self.machine.emu_start(STUB + 4, STUB + 8)
        return int(self.machine.reg_read(mips.UC_MIPS_REG_1)) & 0xFFFFFFFF


def oracle(cases: Cases) -> Results:
    """What QEMU's 24Kf makes of the cases."""
    machine = uc.Uc(uc.UC_ARCH_MIPS, uc.UC_MODE_MIPS32 | uc.UC_MODE_BIG_ENDIAN)
    machine.ctl_set_cpu_model(mips.UC_CPU_MIPS32_24KF)
    code = np.zeros(max(0x1000, -(-cases.code.nbytes // 0x1000) * 0x1000), np.uint8)
    code[: cases.code.nbytes] = np.frombuffer(cases.code.astype(">u4").tobytes(), np.uint8)
    machine.mem_map(CODE, len(code))
    machine.mem_write(CODE, code.tobytes())
    machine.mem_map(DATA, 0x1000)
    traps: list[int] = []
    machine.hook_add(uc.UC_HOOK_INTR, lambda m, number, _: (traps.append(number), m.emu_stop()))

    compared = [index for index in compared_registers(cases.entry) if index != FCSR]
    control = _Control(machine) if floats.uses_float(cases.entry) else None
    results = Results(np.zeros(len(cases.code), np.int64), cases.registers.copy(), cases.data.copy())
    for number in range(len(cases.code)):
        before = cases.registers[number].tolist()
        if control:
            control.write(before[FCSR])
        machine.reg_write_batch([(_REGISTERS[index], before[index]) for index in compared])
        machine.reg_write(mips.UC_MIPS_REG_CP0_USERLOCAL, before[TLS])
        machine.mem_write(DATA, cases.data[number].astype(">u4").tobytes())
        traps.clear()
        start = CODE + CASE_BYTES * number
        try:
            machine.emu_start(start, CODE + len(code) - 4, count=cases.instructions)
            if cases.has_slot and machine.reg_read(mips.UC_MIPS_REG_PC) == start + 4:
                # unicorn sometimes stops between a branch that is not taken and its slot
                machine.emu_start(start + 4, CODE + len(code) - 4, count=1)
        except uc.UcError:
            if not traps:
                raise
        after = results.registers[number]
        values = machine.reg_read_batch([_REGISTERS[index] for index in compared])
        after[compared] = np.array(values, np.int64) & 0xFFFFFFFF
        results.data[number] = np.frombuffer(machine.mem_read(DATA, 4 * DATA_WORDS), ">u4")
        results.pc[number] = -1 if traps else machine.reg_read(mips.UC_MIPS_REG_PC)
        if control:
            after[FCSR] = control.read()
    if control:
        numbers = slice(FPR, FPR + 32)
        results.registers[:, numbers] = floats.with_default_nans(
            cases.code[:, 0].astype(np.int64), cases.registers[:, numbers], results.registers[:, numbers]
        )
    return results
