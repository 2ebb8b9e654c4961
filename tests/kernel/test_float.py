"""Floating point: the float image against QEMU 7.2, whole programs, what it must not touch, its cost."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.isa.interpreter import Machine
from tests.kernel import float_program
from tests.kernel.harness import section_rows
from tests.tables.cases import changed_values
from zkm.errors import GuestFault
from zkm.isa.decode import FLOAT_BASE, FLOAT_END, decode
from zkm.isa.encoding import Fields, Vectors
from zkm.isa.instructions import BY_NAME, INSTRUCTIONS
from zkm.isa.registers import EPC, FCSR, FPR, GP, HI, LLADDR, LO, SP, TLS, shadow
from zkm.isa.rowops import ROW_OPS
from zkm.isa.rows import Rows
from zkm.kernel import load_kernel
from zkm.machine import run, trace
from zkm.params import SMALL
from zkm.program import load
from zkm.tables.check import assert_valid
from zkm.tables.exact import CellChange, find_changed_violations
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system

COMPILER, QEMU = "mips-linux-gnu-gcc", "qemu-mips"
GUESTS = Path(__file__).parent / "guests"
EXAMPLES = Path(__file__).parents[2] / "examples" / "guests"
CODE = 0x400000

needs_tools = pytest.mark.skipif(
    shutil.which(COMPILER) is None or shutil.which(QEMU) is None,
    reason=f"{COMPILER} or {QEMU} is not installed",
)


def qemu(elf: Path, arguments: tuple[str, ...] = (), stdin: bytes = b"") -> tuple[int, bytes]:
    """Exit code (128 + signal) and output."""
    command = [QEMU, "-cpu", "24Kf", str(elf), *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=60)
    return done.returncode if done.returncode >= 0 else 128 - done.returncode, done.stdout


# ---------------------------------------------------------------- results


@pytest.fixture(scope="session")
def every_instruction(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return float_program.build(tmp_path_factory.mktemp("floats"))


@needs_tools
@settings(max_examples=4)
@given(seed=st.integers(0, 1 << 32))
def test_results_and_flags_equal_qemu(every_instruction: Path, seed: int) -> None:
    """All rounding modes, flush to zero or not, every kind of number, every instruction and condition."""
    records = float_program.records(1000, seed)
    code, output = qemu(every_instruction, stdin=records.tobytes())
    result = run(load(every_instruction), records.tobytes(), None, None)
    assert (result.exit_code, code) == (0, 0)
    ours, theirs = float_program.results(result.output), float_program.results(output)
    different = np.argwhere(ours != theirs)
    assert not len(different), [
        (float_program.INSTRUCTIONS[number][0], records[record], ours[record, number], theirs[record, number])
        for record, number in different[:5]
    ]


@needs_tools
def test_every_instruction_satisfies_the_tables(every_instruction: Path) -> None:
    recorded = trace(load(every_instruction), float_program.records(15, 7).tobytes())
    assert recorded.exit_code == 0
    system = machine_system(SMALL)
    assert_valid(system, fill(system, recorded))


@needs_tools
def test_changed_cells_are_caught(every_instruction: Path) -> None:
    system = machine_system(SMALL)
    data = fill(system, trace(load(every_instruction), float_program.records(3, 8).tobytes()))
    rng = random.Random(1)
    filled = [
        index for index, table in enumerate(system.tables) if table.columns and data[index].data.shape[1]
    ]
    for _ in range(60):
        index = rng.choice(filled)
        table = system.tables[index]
        column = rng.choice(table.columns)
        cells = data[index].column(table, column)
        row = rng.randrange(len(cells))
        new = rng.choice(sorted(changed_values(int(cells[row]), rng)))
        change = CellChange(table.name, row, column, new)
        assert find_changed_violations(system, data, [change]), change


@needs_tools
@pytest.mark.parametrize("flags", ["-O2", "-O1 -mfp32", "-O3 -mfp32 -ffast-math -fno-finite-math-only"])
def test_programs_equal_qemu(flags: str, tmp_path: Path) -> None:
    elf = build(tmp_path, flags)
    result = run(load(elf), b"", None, None)
    assert (result.exit_code, result.output) == qemu(elf)
    assert len(result.output) > 2000


def build(folder: Path, flags: str, name: str = "numbers") -> Path:
    elf, source = folder / name, GUESTS / f"{name}.c"
    subprocess.run([COMPILER, *flags.split(), "-static", "-o", elf, source, "-lm"], check=True)
    return elf


@needs_tools
def test_threads_keep_their_registers(tmp_path: Path) -> None:
    elf = build(tmp_path, "-O2 -frounding-math -pthread", "float_threads")
    result = run(load(elf), b"", None, None)
    assert (result.exit_code, result.output) == qemu(elf)
    assert len({line.split()[1] for line in result.output.splitlines()}) == 4


@needs_tools
@pytest.mark.parametrize(("how", "output"), [("trap", b"before\n"), ("control", b"")])
def test_an_enabled_exception_ends_with_sigfpe(how: str, output: bytes, tmp_path: Path) -> None:
    elf = build(tmp_path, "-O1")
    result = run(load(elf, [how]), b"", None, None)
    assert (result.exit_code, result.output) == qemu(elf, (how,)) == (136, output)


# ---------------------------------------------------------------- what the image is


def test_the_image_is_loaded_only_where_it_is_needed() -> None:
    image = load_kernel().float
    assert all(s.address >= FLOAT_BASE and s.address + 4 * len(s.words) <= FLOAT_END for s in image.sections)
    without = load(EXAMPLES / "fibonacci" / "fibonacci.elf")
    assert without.rows.address[without.rows.is_image_word()].max() < FLOAT_BASE


@needs_tools
def test_one_instruction_loads_the_image(tmp_path: Path) -> None:
    for name, text in {"moves": "mov.d $f2, $f4; ctc1 $2, $31", "sum": "add.s $f2, $f4, $f6"}.items():
        source = tmp_path / f"{name}.S"
        source.write_text(f".globl __start\n__start: {text}; li $4, 3; li $2, 4001; syscall\n")
        elf = tmp_path / name
        subprocess.run([COMPILER, *float_program.FLAGS, "-o", elf, source], check=True)
        program = load(elf)
        assert (program.rows.address >= FLOAT_BASE).any() or name == "moves"
        highest = program.rows.address[program.rows.is_image_word()].max()
        assert (highest >= FLOAT_BASE) == (name == "sum")
        assert run(program, b"", None, None).exit_code == 3


def test_every_routine_exists() -> None:
    names: set[str] = set()

    class Asking(Vectors):
        def routine(self, name: str) -> int:
            names.add(name)
            return 0

    for entry in INSTRUCTIONS:
        word = np.array([entry.pattern.match], np.int64)
        entry.micro(Fields(word, np.zeros(1, np.int64), np.zeros(1, np.bool_), Asking(0, 0, 0, 0)))
    assert len(names) > 25
    assert names == set(load_kernel().vectors.routines)


def test_the_image_is_small_and_uses_no_memory() -> None:
    """No stack, no variables, no constants: its state is the shadow registers, dead between instructions."""
    image = load_kernel().float
    assert len(image.sections) == 1 and 4 * len(image.code.words) <= 16 << 10
    rows = section_rows(image.code)
    tables = {ROW_OPS[code - 1].table for code in set(rows.code.tolist())}
    assert not tables & {"LW", "SW", "LB", "UNAL", "IO"}
    assert not (np.stack([rows.r1, rows.r2, rows.r3]) == shadow(SP)).any()


def test_the_shadow_set_is_apart() -> None:
    own = [shadow(register) for register in range(1, 34) if register != GP]
    others = {*range(34), TLS, LLADDR, EPC, *range(FPR, FPR + 32), FCSR}
    assert len(set(own)) == 32 and not set(own) & others
    assert shadow(GP) == FCSR and shadow(0) == 0
    word = np.array([BY_NAME["addu"].encode(rs=1, rt=2, rd=3)], np.uint32)
    for address, index in ((FLOAT_BASE - 4, 1), (FLOAT_BASE, 97), (FLOAT_END - 4, 97), (FLOAT_END, 1)):
        rows = decode(np.array([address]), word, load_kernel().vectors)
        assert (rows.r1[0], rows.r2[0], rows.r3[0]) == (index, index + 1, index + 2)


# ---------------------------------------------------------------- one instruction at a time


class FloatMachine(Machine):
    """A machine with a few words of user code, random registers, and $f2 = a, $f4 = b, $f6 = c."""

    def __init__(self, *words: int, operands: tuple[float, ...] = (), single: bool = False) -> None:
        kernel = load_kernel()
        code = decode(CODE + 4 * np.arange(len(words)), np.array(words, np.uint32), kernel.vectors)
        images = [*kernel.system.sections, *kernel.float.sections]
        super().__init__(Rows.concatenate([code, *map(section_rows, images)]), CODE)
        rng = random.Random(3)
        self.registers[1:] = [rng.getrandbits(32) for _ in range(127)]
        self.registers[FCSR] = 0
        for number, value in enumerate(operands):
            bits = struct.unpack(">I", struct.pack(">f", value)) if single else (0,)
            high, low = struct.unpack(">II", struct.pack(">d", value))
            self.registers[FPR + 2 + 2 * number] = bits[0] if single else low
            self.registers[FPR + 3 + 2 * number] = high

    def until(self, address: int) -> int:
        """Runs to an address; the number of rows."""
        before = self.row_count
        self.step()
        while (self.pc, self.delta) != (address, 0):
            self.step()
        return self.row_count - before


def encode(name: str) -> int:
    """The instruction with $f2, $f4, $f6 as operands and $f8 as result."""
    entry = BY_NAME[name]
    fields = {"fs": 2, "ft": 4, "fr": 6, "fd": 8, "cc": 2}
    return entry.encode(**{field: fields[field] for field in entry.pattern.fields})


ARITHMETIC = [entry.name for entry in INSTRUCTIONS if "float_arithmetic" in entry.micro.__module__]


@pytest.mark.parametrize("name", ARITHMETIC)
def test_no_other_register_changes(name: str) -> None:
    machine = FloatMachine(encode(name), operands=(1.5, 0.7, 3.0))
    before = list(machine.registers)
    machine.until(CODE + 4)
    changed = {index for index in range(97) if machine.registers[index] != before[index]}
    assert changed - {56, 57, *range(48, 54)} <= {FPR + 8, FPR + 9, FCSR}
    assert machine.registers[LLADDR] == before[LLADDR] and machine.registers[EPC] == before[EPC]
    assert [machine.registers[index] for index in (HI, LO)] == [before[HI], before[LO]]


@pytest.mark.parametrize("name", ["add.d", "c.lt.d", "madd.s"])
def test_in_the_slot_of_a_branch(name: str) -> None:
    nop, back = 0, BY_NAME["beq"].encode(imm=0xFFFF)
    likely = BY_NAME["bnel (rt = 0)"].encode(rs=1, imm=3)
    machine = FloatMachine(likely, encode(name), nop, back, nop, operands=(1.5, 2.5, 3.0))
    alone = FloatMachine(encode(name), nop, operands=(1.5, 2.5, 3.0))
    machine.registers[1] = 1
    machine.until(CODE + 16)
    alone.until(CODE + 4)
    floats = slice(FPR, FCSR + 1)
    assert machine.registers[floats] == alone.registers[floats]
    skipped = FloatMachine(likely, encode(name), nop, operands=(1.5, 2.5, 3.0))
    skipped.registers[1] = 0
    before = list(skipped.registers)
    skipped.until(CODE + 8)
    assert skipped.registers == before


def test_a_link_survives() -> None:
    words = [BY_NAME["ll"].encode(rs=1, rt=2), encode("mul.d"), BY_NAME["sc"].encode(rs=1, rt=3)]
    machine = FloatMachine(*words, operands=(1.5, 2.5))
    machine.registers[1] = 0x500000
    machine.until(CODE + 12)
    assert machine.registers[3] == 1


@needs_tools
def test_an_odd_double_is_no_instruction(tmp_path: Path) -> None:
    source = tmp_path / "odd.S"
    source.write_text(f".globl __start\n__start: .word {BY_NAME['add.d'].encode(fs=3, ft=4, fd=6)}\n")
    elf = tmp_path / "odd"
    subprocess.run([COMPILER, *float_program.FLAGS, "-o", elf, source], check=True)
    with pytest.raises(GuestFault) as fault:
        run(load(elf), b"", None, None)
    assert fault.value.exit_code == qemu(elf)[0] == 132


BUDGET = {
    "add.d": 110, "sub.d": 110, "mul.d": 110, "div.d": 175, "sqrt.d": 150, "madd.d": 210, "rsqrt.d": 310,
    "add.s": 80, "sub.s": 85, "mul.s": 70, "div.s": 95, "sqrt.s": 135,
    "cvt.d.s": 30, "cvt.s.d": 55, "cvt.d.w": 30, "cvt.s.w": 40, "cvt.w.d": 70, "trunc.w.d": 65,
    "c.lt.d": 40, "c.eq.d": 40, "c.lt.s": 30,
}  # fmt: skip
"""Rows of an instruction with ordinary operands, its own rows and those of the routine."""


def rows_of(name: str, count: int = 40) -> float:
    """Mean rows of an instruction with ordinary operands."""
    rng = random.Random(name)
    single = name.endswith(".s") or name == "cvt.d.s"
    total = 0
    for _ in range(count):
        a, b, c = (rng.uniform(0.01, 100) * rng.choice((1, -1)) for _ in range(3))
        a = abs(a) if "sqrt" in name else a
        machine = FloatMachine(encode(name), operands=(a, b, c), single=single)
        if name.endswith(".w"):
            machine.registers[FPR + 2] = rng.getrandbits(16)
        total += machine.until(CODE + 4)
    return total / count


@pytest.mark.parametrize("name", BUDGET)
def test_rows_of_an_operation(name: str) -> None:
    assert rows_of(name, 8) <= BUDGET[name]
