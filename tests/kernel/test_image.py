"""The kernel's built image: kept in the package, reproducible from its source."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import zkm.kernel
from zkm.isa.decode import decode
from zkm.isa.instructions import BY_NAME
from zkm.kernel import KERNEL_BASE, load_kernel
from zkm.kernel.image import parse_kernel

FOLDER = Path(zkm.kernel.__file__).parent


def test_every_word_is_an_instruction() -> None:
    kernel = load_kernel()
    addresses = kernel.base + 4 * np.arange(len(kernel.words))
    assert kernel.base == KERNEL_BASE
    assert (decode(addresses, kernel.words, kernel.vectors).code != 0).all()


def test_hash_of_the_image() -> None:
    expected, name = (FOLDER / "kernel.sha256").read_text().split()
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected


def test_digest_binds_code_and_entries() -> None:
    kernel = load_kernel()
    changed_words = kernel.words.copy()
    changed_words[-1] ^= 1
    others = [
        type(kernel)(kernel.base, changed_words, kernel.vectors),
        type(kernel)(kernel.base + 4, kernel.words, kernel.vectors),
        type(kernel)(kernel.base, kernel.words, type(kernel.vectors)(0, 0, 0, 0)),
    ]
    assert len({kernel.digest(), *(other.digest() for other in others)}) == 4


def test_no_io_instruction_sits_in_a_delay_slot() -> None:
    """`in`, `out` and `halt` have no pending jump to carry on."""
    words = load_kernel().words.astype(np.int64)
    jumps = np.zeros(len(words), np.bool_)
    io = np.zeros(len(words), np.bool_)
    for entry in BY_NAME.values():
        hit = (words & entry.pattern.mask) == entry.pattern.match
        if entry.mnemonic in ("lwc2", "swc2", "ctc2"):
            io |= hit
        elif entry.mnemonic.startswith(("b", "j")):
            jumps |= hit
    assert io.sum() > 10
    assert not (jumps[:-1] & io[1:]).any()


@pytest.mark.skipif(shutil.which("mips-linux-gnu-gcc") is None, reason="no MIPS compiler")
def test_image_is_reproducible(tmp_path: Path) -> None:
    subprocess.run([str(FOLDER / "build.sh"), str(tmp_path)], check=True)
    built, kept = parse_kernel((tmp_path / "kernel.elf").read_bytes()), load_kernel()
    assert built.vectors == kept.vectors
    np.testing.assert_array_equal(built.words, kept.words)


def test_system_calls_are_documented() -> None:
    source = (FOLDER / "kernel.S").read_text(encoding="utf-8")
    numbers = re.findall(r"#define SYS_\w+\s+(\d+)", source)
    page = (FOLDER.parents[1] / "docs" / "machine.md").read_text(encoding="utf-8")
    table = page.split("## System calls")[1].split("## ")[0]
    documented = re.findall(r"\b4\d\d\d\b", table)
    assert len(numbers) > 10
    assert sorted(documented) == sorted(numbers)
