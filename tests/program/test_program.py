"""Whole programs: loaded, and run on the plain interpreter."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from tests.isa.interpreter import Machine
from tests.program.elf_file import CODE, GOOD
from zkm.errors import ProgramError
from zkm.isa.registers import LLADDR, SP
from zkm.kernel import HEAP_REGISTER, KERNEL_BASE, THREAD_REGISTER, load_kernel
from zkm.program import Program, load, program
from zkm.program.layout import STACK_TOP

GUESTS = Path(__file__).parents[2] / "examples" / "guests"
SHA256 = GUESTS / "sha256" / "sha256.elf"
VECTORS = Path(__file__).parents[1] / "vectors" / "guests"
"""examples/guests/sha256 built for older architectures."""
FIBONACCI = GUESTS / "fibonacci" / "fibonacci.elf"


def run(loaded: Program, data: bytes = b"") -> Machine:
    machine = Machine(loaded.rows, loaded.entry, loaded.registers.tolist(), input=data)
    machine.run()
    return machine


def test_program_of_a_small_file() -> None:
    loaded = load(GOOD.build(), name="small")
    kernel = load_kernel()
    assert (loaded.entry, loaded.name) == (0x400000, "small")
    sp = int(loaded.registers[SP])
    kernel_words = sum(len(section.words) for section in kernel.system.sections)
    assert loaded.segments.tolist() == [
        [0x400000 // 4, 0x400008 // 4],
        [0x410000 // 4, 0x410008 // 4],
        [sp // 4, STACK_TOP // 4],
        [KERNEL_BASE // 4, KERNEL_BASE // 4 + kernel_words],
    ]
    image = dict(zip(loaded.rows.address.tolist(), loaded.rows.word.tolist(), strict=True))
    assert image[0x400000] == int.from_bytes(CODE[:4], "big")
    assert (image[0x410000], image[0x410004]) == (0x64617461, 0x21000000)
    changed = {index: int(value) for index, value in enumerate(loaded.registers) if value}
    assert changed == {
        SP: sp,
        LLADDR: 1,
        HEAP_REGISTER: 0x411000,
        THREAD_REGISTER: kernel.initial_thread,
    }


def test_arguments_are_part_of_the_program() -> None:
    first, second = load(FIBONACCI, ["a", "bc"]), load(FIBONACCI, ["ab", "c"])
    assert not np.array_equal(first.rows.word, second.rows.word)
    assert np.array_equal(
        load(FIBONACCI).rows.word, load(FIBONACCI.read_bytes(), name=FIBONACCI.name).rows.word
    )


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 119, 120, 1000])
def test_sha256(size: int) -> None:
    data = bytes(number * 7 % 251 for number in range(size))
    machine = run(load(SHA256), data)
    assert machine.output_bytes() == hashlib.sha256(data).hexdigest().encode() + b"\n"
    assert machine.exit_code == 0


@pytest.mark.parametrize(
    ("text", "output", "exit_code"),
    [
        (b"0", b"0\n", 0),
        (b"10\n", b"55\n", 0),
        (b"93", b"12200160415121876738\n", 0),
        (b"94", b"", 1),
        (b"", b"", 1),
    ],
)
def test_fibonacci(text: bytes, output: bytes, exit_code: int) -> None:
    machine = run(load(FIBONACCI), text)
    assert (machine.output_bytes(), machine.exit_code) == (output, exit_code)
    assert machine.row_count < 3000


@pytest.mark.parametrize("architecture", ["mips1", "mips2", "mips32"])
def test_sha256_for_older_architectures(architecture: str) -> None:
    machine = run(load(VECTORS / f"sha256-{architecture}.elf"), b"abc" * 50)
    assert machine.output_bytes() == hashlib.sha256(b"abc" * 50).hexdigest().encode() + b"\n"


def test_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "MAX_FILE_BYTES", 1000)
    (tmp_path / "huge").write_bytes(b"\x7fELF" + bytes(997))
    with pytest.raises(ProgramError, match="huge: larger than 1000 bytes"):
        load(tmp_path / "huge")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing")
