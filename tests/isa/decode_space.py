"""The whole decode space: words for every value of every field that selects an instruction.

`qemu_accepts` asks qemu-mips, `we_accept` the decoder; `mnemonics` names words as binutils does.
"""

from __future__ import annotations

import itertools
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from tests.isa.vectors import VECTORS
from zkm.isa.decode import decode
from zkm.isa.families.system import reserved  # noqa: F401

SIGILL = 4
COMPILER, DISASSEMBLER = "mips-linux-gnu-gcc", "mips-linux-gnu-objdump"
ASSEMBLER = ("mips-linux-gnu-as", "-march=24kf", "-EB", "-mno-micromips")
QEMU = "qemu-mips"
TEXT = 0x400000

# The debugger's breakpoint: qemu-mips itself gives up there.
_SDBBP = 0x7000003F

# Register numbers that tell forms apart: zero or not, one (rotr, movt), even ones for pairs of $f registers.
_REGISTERS = tuple(itertools.product((0, 1, 2), (0, 1, 4), (0, 6)))


def words() -> np.ndarray:
    """uint32: every opcode with every value of the fields below it, the others zero or small.

    SPECIAL: function, sa. REGIMM: rt. COP0 and COP2: rs, function. COP1: format, function. COP1X: function.
    SPECIAL2, SPECIAL3: function, sa. Other opcodes: none. Immediates are multiples of 8.
    """
    made: list[int] = []
    for opcode in range(64):
        base = opcode << 26
        if opcode in (0, 0o34, 0o37):
            for function, sa, (rs, rt, rd) in itertools.product(range(64), range(32), _REGISTERS):
                made.append(base | rs << 21 | rt << 16 | rd << 11 | sa << 6 | function)
        elif opcode == 1:
            made += [base | rs << 21 | rt << 16 | 8 for rt in range(32) for rs in (0, 2)]
        elif opcode in (0o20, 0o21, 0o22):
            # Condition flags have any number, doubles even ones (bc1t is format 8, movt.d function 0x11).
            fields = itertools.product(range(32), range(64), range(4), (0, 4), (0, 2))
            made += [
                base | rs << 21 | rt << 16 | rd << 11 | fd << 6 | function
                for rs, function, rt, rd, fd in fields
                if rt % 2 == 0 or rs == 8 or function == 0x11
            ]
            made += [
                base | rs << 21 | rt << 16 | rd << 11 for rs in range(16) for rt in (0, 4) for rd in range(32)
            ]
        elif opcode == 0o23:
            fields = itertools.product(range(64), (0, 2), (0, 4), (0, 6), (0, 8))
            made += [base | rs << 21 | rt << 16 | rd << 11 | fd << 6 | f for f, rs, rt, rd, fd in fields]
        else:
            made += [base | rs << 21 | rt << 16 | n for rs in (0, 2) for rt in (0, 1, 4) for n in (0, 8)]
    # rdhwr's register, and the codes of `cache`, `pref` and `synci`.
    made += [0o37 << 26 | 4 << 16 | rd << 11 | 0o73 for rd in range(32)]
    made += [opcode << 26 | 2 << 21 | rt << 16 | 8 for opcode in (0o57, 0o63) for rt in range(32)]
    space = np.array(sorted(set(made)), np.uint32)
    return space[(space & 0xFC00003F) != _SDBBP]


def we_accept(space: np.ndarray) -> np.ndarray:
    """Which words are an instruction outside of the kernel.

    Each is decoded by itself with a word between, so that none is another's delay slot.
    """
    both = np.zeros(2 * len(space), np.uint32)
    both[::2] = space
    both[1::2] = 0x24000000
    rows = decode(TEXT + 4 * np.arange(len(both), dtype=np.int64), both, VECTORS)
    first = rows.is_image_word()
    refused = (rows.code == 0) | ((rows.imm == VECTORS.reserved) & (rows.word != 0))
    return ~refused[first][::2]


def build_probe(folder: Path) -> Path:
    """The probe as a static program."""
    elf = folder / "probe"
    command = [COMPILER, "-O1", "-static", str(Path(__file__).with_name("probe.c")), "-o", str(elf)]
    subprocess.run(command, check=True)
    return elf


def qemu_accepts(space: np.ndarray, cpu: str = "24Kf") -> np.ndarray:
    """Which words qemu's processor does not answer with SIGILL in user mode."""
    with tempfile.TemporaryDirectory() as folder:
        command = [QEMU, "-cpu", cpu, str(build_probe(Path(folder)))]
        done = subprocess.run(command, input=space.astype(">u4").tobytes(), capture_output=True, check=True)
    signals = np.frombuffer(done.stdout, np.uint8)
    assert len(signals) == len(space)
    return signals != SIGILL


def mnemonics(space: np.ndarray) -> list[str]:
    """binutils' name of each word on a 24Kf, which has no extension but MIPS16; empty if it has none."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder, "words.s"), Path(folder, "words.o")
        source.write_text(".text\n.insn\n" + "".join(f".word {word:#x}\n" for word in space.tolist()))
        subprocess.run([*ASSEMBLER, "-o", str(program), str(source)], check=True)
        command = [DISASSEMBLER, "-D", "-z", "-j", ".text", "-M", "no-aliases", str(program)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        lines = [line.split("\t") for line in done.stdout.splitlines() if line[:1] == " " and ":\t" in line]
        assert len(lines) == len(space)
        # "c1 0xb0" is a word of coprocessor 1 without a name.
        names = [parts[2].split()[0] for parts in lines]
        names = ["" if name.startswith((".word", "0x", "c0", "c1", "c2")) else name for name in names]
        # The disassembler knows every extension, the assembler those of the processor.
        texts = [" ".join(parts[2:]).split("<")[0] for parts in lines]
        source.write_text(
            "".join(f"{text if name else ''}\n" for name, text in zip(names, texts, strict=True))
        )
        done = subprocess.run(
            [*ASSEMBLER, "-o", "/dev/null", str(source)], check=False, capture_output=True, text=True
        )
    for number in re.findall(r":(\d+): Error: (?:opcode not supported|unrecognized opcode)", done.stderr):
        names[int(number) - 1] = ""
    return names
