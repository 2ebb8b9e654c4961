"""The kernel's built image: kept in the package, reproducible from its source."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import zkm.kernel
from tests.kernel.harness import section_rows
from zkm.isa.instructions import BY_NAME
from zkm.kernel import KERNEL_BASE, load_kernel
from zkm.kernel.image import IMAGES, parse_image

FOLDER = Path(zkm.kernel.__file__).parent


@pytest.mark.parametrize("name", IMAGES)
def test_every_word_of_code_is_an_instruction(name: str) -> None:
    for section in load_kernel().images[name].sections:
        if section.executable:
            assert (section_rows(section).code != 0).all()


def test_images_lie_in_the_kernels_half() -> None:
    sections = [section for image in load_kernel().images.values() for section in image.sections]
    ends = [section.address + 4 * len(section.words) for section in sections]
    assert load_kernel().system.code.address == KERNEL_BASE
    assert [section.address for section in sections] == sorted(section.address for section in sections)
    assert all(end <= section.address for end, section in zip(ends, sections[1:], strict=False))


def test_hashes_of_the_images() -> None:
    lines = (FOLDER / "images.sha256").read_text().splitlines()
    assert [line.split()[1] for line in lines] == [f"{name}.elf" for name in IMAGES]
    for line in lines:
        expected, name = line.split()
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected


@pytest.mark.parametrize("name", IMAGES)
def test_digest_binds_everything(name: str) -> None:
    kernel = load_kernel()
    image = kernel.images[name]
    code, words = image.code, image.code.words.copy()
    words[-1] ^= 1
    symbol, address = next(iter(image.symbols.items()))
    others = [
        replace(image, sections=(replace(code, words=words), *image.sections[1:])),
        replace(image, sections=(replace(code, address=code.address + 4), *image.sections[1:])),
        replace(image, sections=(replace(code, executable=False), *image.sections[1:])),
        replace(image, sections=()),
        replace(image, symbols={**image.symbols, symbol: address + 4}),
    ]
    digests = {replace(kernel, images={**kernel.images, name: other}).digest() for other in others}
    assert len({kernel.digest(), *digests}) == 1 + len(others)


@pytest.mark.parametrize("name", IMAGES)
def test_no_io_instruction_sits_in_a_delay_slot(name: str) -> None:
    """`in`, `out` and `halt` have no pending jump to carry on."""
    words = load_kernel().images[name].code.words.astype(np.int64)
    jumps = np.zeros(len(words), np.bool_)
    io = np.zeros(len(words), np.bool_)
    for entry in BY_NAME.values():
        hit = (words & entry.pattern.mask) == entry.pattern.match
        if entry.mnemonic in ("lwc2", "swc2", "ctc2"):
            io |= hit
        elif entry.mnemonic.startswith(("b", "j")):
            jumps |= hit
    assert (io.sum() > 10) == (name == "system")
    assert not (jumps[:-1] & io[1:]).any()


@pytest.mark.skipif(shutil.which("mips-linux-gnu-gcc") is None, reason="no MIPS compiler")
def test_images_are_reproducible(tmp_path: Path) -> None:
    subprocess.run([str(FOLDER / "build.sh"), str(tmp_path)], check=True)
    for name in IMAGES:
        built = parse_image(name, (tmp_path / f"{name}.elf").read_bytes())
        assert built.digest() == load_kernel().images[name].digest()
