"""A program that puts every floating-point instruction through records of operands, for whole runs.

It reads records from standard input and writes, for each record and instruction, the result and FCSR.
qemu-mips runs the same file: the comparison needs nothing of ours but the machine itself.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from tests.isa import floats

RECORD = np.dtype([("double", ">u8", 3), ("single", ">u4", 3), ("control", ">u4")])
RESULT = np.dtype([("value", ">u4", 2), ("control", ">u4"), ("unused", ">u4")])

FLAGS = (
    *("-EB", "-march=mips32r2", "-mabi=32", "-mfp32", "-mno-abicalls", "-fno-pic", "-G0"),
    *("-nostdlib", "-static", "-Wl,--build-id=none", "-Wl,-z,noexecstack"),
)

_TERNARY = ("madd", "msub", "nmadd", "nmsub")
_BINARY = ("add", "sub", "mul", "div")
_UNARY = ("sqrt", "recip", "rsqrt")
_CONVERSIONS = {"cvt.d.s": "sd", "cvt.s.d": "ds", "cvt.d.w": "sd", "cvt.s.w": "ss"}
_TO_WORD = ("cvt.w", "round.w", "trunc.w", "ceil.w", "floor.w")
_CONDITIONS = (
    *("f", "un", "eq", "ueq", "olt", "ult", "ole", "ule"),
    *("sf", "ngle", "seq", "ngl", "lt", "nge", "le", "ngt"),
)


def _instructions() -> list[tuple[str, str]]:
    """(assembler text, letter of the result's format: s, d or - for none)."""
    made: list[tuple[str, str]] = []
    for fmt, (a, b, c) in (("s", ("$f12", "$f14", "$f16")), ("d", ("$f2", "$f4", "$f6"))):
        made += [(f"{name}.{fmt} $f8, {c}, {a}, {b}", fmt) for name in _TERNARY]
        made += [(f"{name}.{fmt} $f8, {a}, {b}", fmt) for name in _BINARY]
        made += [(f"{name}.{fmt} $f8, {a}", fmt) for name in _UNARY]
        made += [(f"{name}.{fmt} $f8, {a}", "s") for name in _TO_WORD]
        made += [(f"c.{name}.{fmt} $fcc{n % 8}, {a}, {b}", "-") for n, name in enumerate(_CONDITIONS)]
    made += [
        (f"{name} $f8, {'$f12' if source == 's' else '$f2'}", result)
        for name, (source, result) in _CONVERSIONS.items()
    ]
    # In delay slots, and with a destination that is a source.
    made += [("b 1f\n\tadd.d $f8, $f2, $f4\n1:", "d"), ("bal 1f\n\tc.lt.s $fcc3, $f12, $f14\n1:", "-")]
    made += [("mov.d $f8, $f2\n\tmadd.d $f8, $f8, $f8, $f8", "d")]
    return made


INSTRUCTIONS = _instructions()

_HEAD = """
	.set	noreorder
	.set	noat
	.globl	__start
__start:
	lui	$16, %hi(input)
	addiu	$16, $16, %lo(input)
	move	$17, $16
1:	li	$4, 0
	move	$5, $17
	lui	$6, 0x10
	li	$2, 4003
	syscall
	blez	$2, 2f
	nop
	b	1b
	addu	$17, $17, $2
2:	lui	$18, %hi(output)
	addiu	$18, $18, %lo(output)
	move	$20, $18
record:
	beq	$16, $17, finish
	lw	$19, 36($16)
"""

_TAIL = """
	b	record
	addiu	$16, $16, 40
finish:
	subu	$6, $18, $20
	beqz	$6, 1f
	li	$4, 1
	move	$5, $20
	li	$2, 4004
	syscall
	b	finish
	addu	$20, $20, $2
1:	li	$4, 0
	li	$2, 4001
	syscall
	.bss
	.balign	8
input:	.space	0x1000000
output:	.space	0x8000000
"""


def source() -> str:
    """The program in assembler."""
    lines = [_HEAD]
    for text, result in INSTRUCTIONS:
        lines += [f"\tldc1 $f{2 + 2 * n}, {8 * n}($16)" for n in range(3)]
        lines += [f"\tlwc1 $f{12 + 2 * n}, {24 + 4 * n}($16)" for n in range(3)]
        lines += ["\tctc1 $19, $31", f"\t{text}"]
        lines += [{"d": "\tsdc1 $f8, 0($18)", "s": "\tswc1 $f8, 0($18)", "-": ""}[result]]
        lines += ["\tcfc1 $8, $31", "\tsw $8, 8($18)", "\taddiu $18, $18, 16"]
    return "\n".join([*lines, _TAIL])


def build(folder: Path) -> Path:
    """The ELF file."""
    assembler, elf = folder / "floats.S", folder / "floats"
    assembler.write_text(source())
    subprocess.run(["mips-linux-gnu-gcc", *FLAGS, "-o", elf, assembler], check=True)
    return elf


def records(count: int, seed: int) -> np.ndarray:
    """Operands of every kind, without enabled exceptions."""
    rng = np.random.default_rng(seed)
    made = np.zeros(count, RECORD)
    words = floats.registers(rng, count)
    made["double"] = words[:, 1:6:2].astype(np.uint64) << np.uint64(32) | words[:, 0:6:2]
    made["single"] = floats.registers(rng, count)[:, 8:11]
    made["control"] = floats.control(rng, count) & np.uint32(0xFFFFF07F)
    return made


def results(output: bytes) -> np.ndarray:
    """What the program wrote, by record and instruction."""
    return np.frombuffer(output, RESULT).reshape(-1, len(INSTRUCTIONS))
