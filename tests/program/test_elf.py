"""ELF files: good ones, and every way to be bad that the loader names."""

from __future__ import annotations

import contextlib
import dataclasses
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.program.elf_file import (
    CODE,
    GOOD,
    PT_DYNAMIC,
    PT_INTERP,
    PT_MIPS_ABIFLAGS,
    PT_NOTE,
    READ,
    WRITE,
    ElfFile,
    Load,
)
from zkm.errors import ProgramError
from zkm.program.elf import Executable, Segment, read_elf


def changed(**fields: object) -> bytes:
    return dataclasses.replace(GOOD, **fields).build()


def with_load(load: Load) -> bytes:
    return changed(loads=[*GOOD.loads, load])


def with_float_abi(number: int) -> bytes:
    """A file that says which floating-point registers it was compiled for (Elf_MIPS_ABIFlags_v0.fp_abi)."""
    flags = bytes([0, 0, 32, 2, 1, 1, 0, number]) + bytes(16)
    return with_load(Load(0x420000, flags, type=PT_MIPS_ABIFLAGS))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5])
def test_other_float_registers_are_fine(number: int) -> None:
    assert read_elf(with_float_abi(number)).segments == read_elf(GOOD.build()).segments


def test_good_file() -> None:
    assert read_elf(GOOD.build()) == Executable(
        segments=(
            Segment(0x400000, 8, CODE, executable=True),
            Segment(0x410000, 100, b"data!", executable=False),
        ),
        entry=0x400000,
        header_address=None,
        header_count=2,
    )


def test_address_of_the_program_headers() -> None:
    code = bytes(52 + 32) + CODE
    whole = Load(0x400000, code, offset=0, filesz=52 + 32 + 8, memsz=200)
    file = dataclasses.replace(GOOD, loads=[whole], entry=0x400000 + 84).build()
    assert read_elf(file).header_address == 0x400000 + 52


def test_segments_are_sorted_and_empty_ones_dropped() -> None:
    loads = [*reversed(GOOD.loads), Load(0x3000, b""), Load(0, b"note", type=PT_NOTE)]
    assert read_elf(changed(loads=loads)).segments == read_elf(GOOD.build()).segments


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"", "not an ELF file"),
        (b"#!/bin/sh\n", "not an ELF file"),
        (GOOD.build()[:20], "truncated: 20 bytes"),
        (changed(ident=b"\x7fELF\x02\x02\x01"), "not a 32-bit ELF file"),
        (changed(ident=b"\x7fELF\x01\x01\x01"), "not big-endian"),
        (changed(machine=62), "not a MIPS program"),
        (changed(machine=9999), "not a MIPS program"),
        (changed(type=3), "statically linked executable"),
        (changed(type=1), "statically linked executable"),
        (changed(flags=0x60001000), "unsupported architecture"),
        (changed(flags=0x90001000), "unsupported architecture"),
        (changed(flags=0x70000020), "not the o32 ABI"),
        (changed(flags=0x72001000), "microMIPS"),
        (changed(flags=0x70001400), "IEEE 754-2008"),
        (with_float_abi(6), "64-bit floating-point registers"),
        (with_float_abi(7), "64-bit floating-point registers"),
        (changed(phnum=0), "0 program headers"),
        (changed(phnum=0xFFFF), "65535 program headers"),
        (changed(phnum=20), "truncated: 20 program headers"),
        (changed(phoff=0xFFFFFFF0), "truncated: 2 program headers"),
        (changed(phentsize=56), "e_phentsize = 56"),
        (changed(entry=0x400002), "no multiple of 4"),
        (changed(entry=0x410000), "no executable segment"),
        (changed(entry=0x400008), "no executable segment"),
        (changed(entry=0), "no executable segment"),
        (changed(loads=[Load(0, b"note", type=PT_NOTE)]), "no executable segment"),
        (with_load(Load(0, b"/lib/ld.so", type=PT_INTERP)), "dynamically linked"),
        (with_load(Load(0x420000, b"x", type=PT_DYNAMIC)), "dynamically linked"),
        (with_load(Load(0x420000, b"x", memsz=0x7000)), None),
        (with_load(Load(0x420000, b"xyz", memsz=2)), "segment 2: p_filesz 0x3 exceeds"),
        (with_load(Load(0x420000, b"x", offset=0xFFFFFFFF)), "segment 2: truncated"),
        (with_load(Load(0x420000, b"x", filesz=0x1000, memsz=0x1000)), "segment 2: truncated"),
        (with_load(Load(0x420000, b"x", filesz=0xFFFFFFFF, memsz=0xFFFFFFFF)), "more than"),
        (with_load(Load(0x420000, b"x", memsz=0xFFFFFFFF)), "segment 2: 0x420000 to 0x10041ffff"),
        (with_load(Load(0x80000000, b"x")), "segment 2: 0x80000000 to 0x80000001 reaches above"),
        (with_load(Load(0x7EFFFFFF, b"xy")), "reaches above 0x7f000000"),
        (with_load(Load(0xFFFC, b"xyz")), "segment 2: address 0xfffc is below"),
        (with_load(Load(0x3FFFFF, b"xy")), "segments overlap"),
        (with_load(Load(0x410063, b"x", READ | WRITE)), "segments overlap: 0x410000 to 0x410064"),
        (with_load(Load(0x400000, b"x")), "segments overlap"),
    ],
)
def test_bad_files_are_named(file: bytes, message: str | None) -> None:
    if message is None:
        read_elf(file)
        return
    with pytest.raises(ProgramError, match=message) as error:
        read_elf(file, "guest.elf")
    assert str(error.value).startswith("guest.elf: ")


def test_every_truncation_is_found() -> None:
    file = GOOD.build()
    for length in range(len(file)):
        with pytest.raises(ProgramError):
            read_elf(file[:length])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 115), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_headers_end_in_a_program_error(changes: list[tuple[int, int]]) -> None:
    file = bytearray(GOOD.build())
    for position, value in changes:
        file[position] = value
    with contextlib.suppress(ProgramError):
        read_elf(bytes(file))


def test_sizes_in_the_file_allocate_nothing() -> None:
    file = with_load(Load(0x420000, b"x", filesz=0x3000000, memsz=0x70000000))
    tracemalloc.start()
    with pytest.raises(ProgramError):
        read_elf(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_many_segments_of_the_same_bytes() -> None:
    """A small file may not claim its bytes over and over."""
    big = bytes(1 << 20)
    loads = [Load(0x400000, CODE), Load(0x1000000, big)]
    loads += [Load(0x1000000 + (n << 20), offset=200, filesz=1 << 20, memsz=1 << 20) for n in range(1, 100)]
    with pytest.raises(ProgramError, match="more than 67,108,864 bytes"):
        read_elf(ElfFile(loads).build())


def test_segments_share_no_bytes_of_the_file() -> None:
    """Whatever a file claims, its image is no larger than the file."""
    claims = [Load(0x410000 + (n << 16), offset=0, filesz=60, memsz=60) for n in range(3)]
    file = ElfFile([Load(0x400000, CODE), *claims]).build()
    assert len(file) == len(CODE) + 180
    assert len(read_elf(file).segments) == 4
    claims[0] = Load(0x410000, offset=0, filesz=61, memsz=61)
    with pytest.raises(ProgramError, match="segments of 189 bytes share parts of a file of 188 bytes"):
        read_elf(ElfFile([Load(0x400000, CODE), *claims]).build())
