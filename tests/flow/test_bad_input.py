"""What a user sees of guests that go wrong and of damaged files: one clear line and an exit code."""

from __future__ import annotations

import dataclasses

import pytest
from click.testing import CliRunner

from tests.program.elf_file import CODE, GOOD, PT_DYNAMIC, READ, WRITE, ElfFile, Load
from zkm.cli import main
from zkm.isa.instructions import BY_NAME

DATA = 0x410000


def op(name: str, **fields: int) -> int:
    return BY_NAME[name].encode(**fields)


def address(value: int) -> list[int]:
    """$8 = value."""
    return [op("lui", rt=8, imm=value >> 16), op("ori", rs=8, rt=8, imm=value & 0xFFFF)]


def guest(*words: int) -> bytes:
    text = b"".join(word.to_bytes(4, "big") for word in words)
    return ElfFile([Load(0x400000, text), Load(DATA, b"data", READ | WRITE)]).build()


LOAD, STORE = op("lw", rs=8, rt=9), op("sh", rs=8, rt=9)
# Words, exit code (128 + SIGSEGV 11, SIGBUS 7, SIGILL 4, SIGFPE 8, SIGTRAP 5; 125: a limit), text.
FAULTS = {
    "null pointer": ([op("lw", rt=9)], 139, "unmapped first 64 KiB"),
    "above the address space": ([*address(0xFFFFFFFC), op("lw", rs=8, rt=9, imm=8)], 139, "address space"),
    "unaligned word": ([*address(DATA + 2), LOAD], 135, "misaligned address 0x410002"),
    "unaligned half": ([*address(DATA + 1), STORE], 135, "misaligned address 0x410001"),
    "jump to nowhere": ([*address(0x20000000), op("jr", rs=8), 0], 139, "no program at this address"),
    "jump to data": ([*address(DATA), op("jr", rs=8), 0], 132, "not an instruction"),
    "unaligned jump": ([*address(0x400001), op("jr", rs=8), 0], None, "no multiple of 4"),
    "illegal instruction": ([0xFFFFFFFF], 132, "not an instruction"),
    "branch in a slot": ([op("beq", imm=3), op("beq", imm=2), 0, 0, 0], None, "delay slot"),
    "off the end": ([op("addiu", rt=2)], 139, "no program at this address"),
    "endless loop": ([op("beq", imm=0xFFFF), 0], 125, "more than 100,000 instructions"),
}
PROVABLE = {
    "division check": ([op("teq", code=7)], 136, "SIGFPE: an overflow, a division by zero"),
    "overflow": ([*address(0x7FFFFFFF), op("add", rs=8, rt=8, rd=9)], 136, "SIGFPE"),
    "break": ([op("break")], 133, "SIGTRAP: a break instruction, or a trap"),
    "trap": ([op("tne", rs=29)], 133, "SIGTRAP"),
    "kernel instruction": ([op("eret")], 132, "SIGILL: an instruction that only the kernel may use"),
}


def zkm_run(elf: bytes, folder) -> tuple[int, str]:
    path = folder / "guest.elf"
    path.write_bytes(elf)
    result = CliRunner().invoke(main, ["run", "--max-instructions", "100000", str(path)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_one_line_and_an_exit_code(name: str, tmp_path) -> None:
    words, code, text = FAULTS[name]
    exit_code, shown = zkm_run(guest(*words), tmp_path)
    assert text in shown and shown.count("\n") == 1 and shown.startswith("zkm: guest.elf: ")
    assert exit_code == code if code is not None else exit_code > 128


@pytest.mark.parametrize("name", PROVABLE)
def test_signals_of_the_machine_are_exit_codes(name: str, tmp_path) -> None:
    words, code, cause = PROVABLE[name]
    exit_code, shown = zkm_run(guest(*words), tmp_path)
    assert exit_code == code
    assert shown.startswith(f"zkm: guest.elf: ended with exit code {code}, {cause}")


BAD_FILES = {
    "empty": (b"", "not an ELF file"),
    "a script": (b"#!/bin/sh\necho\n", "not an ELF file"),
    "cut in its header": (GOOD.build()[:40], "truncated"),
    "cut in its program headers": (GOOD.build()[:80], "truncated"),
    "cut in its contents": (GOOD.build()[:-3], "segment 1: truncated"),
    "64-bit": (dataclasses.replace(GOOD, ident=b"\x7fELF\x02\x02\x01").build(), "not a 32-bit"),
    "little-endian": (dataclasses.replace(GOOD, ident=b"\x7fELF\x01\x01\x01").build(), "not big-endian"),
    "for another processor": (dataclasses.replace(GOOD, machine=40).build(), "not a MIPS program"),
    "position independent": (dataclasses.replace(GOOD, type=3).build(), "statically linked"),
    "dynamic": (ElfFile([*GOOD.loads, Load(0, b"x", type=PT_DYNAMIC)]).build(), "dynamically linked"),
    "entry outside": (dataclasses.replace(GOOD, entry=DATA + 0x10000).build(), "no executable segment"),
    "in the kernel's place": (
        ElfFile([Load(0x80000000, CODE)], entry=0x80000000).build(),
        "reaches above 0x7f000000",
    ),
    "over the stack": (
        ElfFile([Load(0x400000, CODE), Load(0x7EFFF000, b"x", memsz=0x1001)]).build(),
        "reaches above 0x7f000000",
    ),
    "around the end": (
        ElfFile([Load(0x400000, CODE), Load(0xFFFFFFF0, b"x", memsz=0x20)]).build(),
        "reaches above",
    ),
    "overlapping": (ElfFile([Load(0x400000, CODE), Load(0x400004, b"data")]).build(), "segments overlap"),
    "huge": (
        ElfFile([Load(0x400000, CODE), Load(0x500000, b"x", filesz=1 << 30, memsz=1 << 30)]).build(),
        "more than 67,108,864 bytes",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_one_line(name: str, tmp_path) -> None:
    file, text = BAD_FILES[name]
    exit_code, shown = zkm_run(file, tmp_path)
    assert exit_code == 125
    assert text in shown and shown.count("\n") == 1 and shown.startswith("zkm: guest.elf: ")
