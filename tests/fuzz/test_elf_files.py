"""Damaged ELF files in small numbers, and the bound on the memory that loading takes."""

from __future__ import annotations

import random
import struct
import tracemalloc

import pytest

from tests.fuzz import elf_files
from tests.program.elf_file import CODE, EXECUTE, HEADER, READ, WRITE, ElfFile, Load
from zkm.errors import ProgramError
from zkm.isa.instructions import BY_NAME, INSTRUCTIONS
from zkm.program import load

WORDS = 1 << 14


def test_damaged_files_load_or_are_refused() -> None:
    outcome = elf_files.check(elf_files.Task(500, 12345))
    assert not outcome.findings, "\n".join(outcome.findings)
    assert set(outcome.kinds) == {
        "refused",
        "runs into a fault",
        "runs into a limit",
        "runs to its end",
    }
    assert min(outcome.kinds.values()) > 10


@pytest.mark.parametrize("file", elf_files.originals())
def test_undamaged_files_end(file: bytes) -> None:
    assert elf_files.try_file(file, traced=True) in ("runs to its end", "runs into a limit")


def boundaries(file: bytes) -> list[int]:
    """Where the parts of a file end: headers, and the contents of segments."""
    (offset,), (count,) = struct.unpack_from(">I", file, 28), struct.unpack_from(">H", file, 44)
    ends = {0, 16, HEADER, offset}
    for place in range(offset, offset + 32 * count, 32):
        kind, start, _, _, size = struct.unpack_from(">5I", file, place)
        ends |= {place, place + 32}
        if kind == 1:
            ends |= {start, start + size}
    return sorted(ends)


@pytest.mark.parametrize("file", elf_files.originals())
def test_truncated_at_every_boundary(file: bytes) -> None:
    ends = boundaries(file)
    for end in {end + step for end in ends for step in (-1, 0, 1)}:
        if 0 <= end < ends[-1]:
            with pytest.raises(
                ProgramError, match=r"program: (truncated|not an ELF file|segment \d: truncated)"
            ):
                load(file[:end])


def text(kind: str) -> bytes:
    """WORDS words that need much memory to decode."""
    rng = random.Random(kind)
    if kind == "random words":
        return rng.randbytes(4 * WORDS)
    if kind == "every instruction":
        return b"".join(rng.choice(INSTRUCTIONS).pattern.match.to_bytes(4, "big") for _ in range(WORDS))
    return BY_NAME[kind].encode(rs=1, rt=2).to_bytes(4, "big") * WORDS


@pytest.mark.parametrize("kind", ["addu", "div", "random words", "every instruction"])
@pytest.mark.parametrize("flags", [READ | EXECUTE, READ | WRITE])
def test_memory_of_loading_is_bounded(kind: str, flags: int) -> None:
    file = ElfFile([Load(0x400000, CODE), Load(0x1000000, text(kind), flags)]).build()
    load(elf_files.originals()[0])
    peak = peak_of_loading(file)
    # Without half of the constant part: what grows with the file must not hide behind it.
    assert peak < elf_files.memory_bound(len(file)) - (1 << 24)


def peak_of_loading(file: bytes) -> int:
    tracemalloc.start()
    try:
        load(file)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_sizes_that_a_file_claims_cost_nothing() -> None:
    """A gigabyte of zeros, and a hundred segments of the same bytes."""
    zeros = ElfFile([Load(0x400000, CODE), Load(0x1000000, b"x", READ | WRITE, memsz=0x70000000)]).build()
    assert peak_of_loading(zeros) < 1 << 25
    same = [Load(0x1000000 + (n << 16), offset=0, filesz=4000, memsz=4000) for n in range(100)]
    with pytest.raises(ProgramError, match="share parts"):
        load(ElfFile([Load(0x400000, CODE + bytes(1000)), *same]).build())


def test_memory_is_limited_while_files_are_loaded() -> None:
    """The limit is real: what exceeds it is reported."""
    with elf_files.headroom(1 << 22), pytest.raises(MemoryError):
        bytearray(1 << 28)
    assert len(bytearray(1 << 26)) == 1 << 26


def test_anything_else_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> None:
        raise KeyError("e_entry")

    files = elf_files.originals()
    monkeypatch.setattr(elf_files, "load", lambda file: load(file) if file in files else broken(file))
    outcome = elf_files.check(elf_files.Task(20, 0))
    assert "KeyError" in outcome.findings[0] and "damaged file 0 of" in outcome.findings[0]
