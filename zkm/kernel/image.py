"""The kernel's built images, kept beside their sources (one folder each, built by build.sh)."""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from zkm.isa.decode import KERNEL_BASE
from zkm.isa.encoding import Vectors
from zkm.isa.registers import COP0
from zkm.isa.rowops import ROW_OP
from zkm.isa.rows import Rows

__all__ = [
    "FPU_REGISTER",
    "HEAP_REGISTER",
    "IMAGES",
    "KERNEL_BASE",
    "THREAD_REGISTER",
    "Image",
    "Kernel",
    "load_kernel",
]

IMAGES = ("system", "float")
"""The images by name: folder of the source and name of the built file."""

HEAP_REGISTER = COP0 + 5
"""Register with the start of the heap, set by the loader (HEAP in kernel.h)."""

FPU_REGISTER = COP0 + 6
"""Register that is 1 if the program touches floating-point registers, so that a thread switch keeps
them; set by the loader (FPU in kernel.h)."""

THREAD_REGISTER = COP0 + 7
"""Register with the address of the running thread's record, set by the loader (CURRENT in kernel.h)."""

_EXECUTABLE = 1
_ROUTINE = "float_"


@dataclass(frozen=True, eq=False)
class Section:
    """Words of an image, uint32[n], from byte address `address`; code is decoded, constants are not."""

    address: int
    words: npt.NDArray[np.uint32]
    executable: bool


@dataclass(frozen=True, eq=False)
class Image:
    """One linked part of the kernel.

    sections: its initial memory; the kernel's variables lie outside, in memory that is zero at the start.
    symbols: byte addresses of its entry points.
    """

    name: str
    sections: tuple[Section, ...]
    symbols: Mapping[str, int]

    @property
    def code(self) -> Section:
        """The section of instructions, the first one."""
        return self.sections[0]

    def digest(self) -> bytes:
        """32 bytes (SHA-256) that bind all words, where they lie, and the entry points."""
        hasher = hashlib.sha256()
        for section in self.sections:
            hasher.update(
                b"".join(_word(n) for n in (section.address, section.executable, len(section.words)))
            )
            hasher.update(section.words.astype(">u4").tobytes())
        for symbol, address in sorted(self.symbols.items()):
            hasher.update(symbol.encode() + b"\0" + _word(address))
        return hasher.digest()


@dataclass(frozen=True, eq=False)
class Kernel:
    """All images, by name, and where the kernel takes over."""

    images: Mapping[str, Image]
    vectors: Vectors

    @property
    def system(self) -> Image:
        """The image that every program has: system calls and signals."""
        return self.images["system"]

    @property
    def float(self) -> Image:
        """The image of programs with floating-point arithmetic: its routines."""
        return self.images["float"]

    def uses_float(self, rows: Rows) -> bool:
        """True if any of the rows enters a float routine."""
        entries = np.array(list(self.vectors.routines.values()), np.int64)
        return bool(np.isin(rows.imm[rows.code == ROW_OP["jump_imm"].code], entries).any())

    @property
    def initial_thread(self) -> int:
        """Initial value of THREAD_REGISTER."""
        return self.system.symbols["initial_thread"]

    def digest(self) -> bytes:
        """32 bytes (SHA-256) that stand for the kernel in the proof system's version."""
        return hashlib.sha256(b"".join(image.digest() for image in self.images.values())).digest()


@functools.cache
def load_kernel() -> Kernel:
    """The kernel of this version of zkm."""
    folder = resources.files(__package__)
    return make_kernel(
        {name: parse_image(name, folder.joinpath(f"{name}.elf").read_bytes()) for name in IMAGES}
    )


def make_kernel(images: Mapping[str, Image]) -> Kernel:
    """The kernel that consists of these images."""
    address = images["system"].symbols
    vectors = Vectors(
        syscall=address["vector_syscall"],
        breakpoint=address["vector_breakpoint"],
        arithmetic=address["vector_arithmetic"],
        reserved=address["vector_reserved"],
        routines={
            name.removeprefix(_ROUTINE): at
            for name, at in images["float"].symbols.items()
            if name.startswith(_ROUTINE)
        },
    )
    return Kernel(images, vectors)


def parse_image(name: str, built: bytes) -> Image:
    """The image in an ELF file that build.sh makes. Trusts the file: it is part of this package."""
    elf = ELFFile(io.BytesIO(built))
    sections = tuple(
        Section(
            int(segment["p_vaddr"]),
            np.frombuffer(segment.data(), ">u4").astype(np.uint32),
            bool(segment["p_flags"] & _EXECUTABLE),
        )
        for segment in elf.iter_segments("PT_LOAD")
        if segment["p_filesz"]
    )
    symbols = elf.get_section_by_name(".symtab")
    assert isinstance(symbols, SymbolTableSection)
    named = (symbol for symbol in symbols.iter_symbols() if symbol.name)
    return Image(name, sections, {symbol.name: int(symbol["st_value"]) for symbol in named})


def _word(number: int) -> bytes:
    return int(number).to_bytes(4, "big")
