"""The kernel's built image, kept beside its source (kernel.S, built by build.sh)."""

from __future__ import annotations

import functools
import hashlib
import io
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from zkm.isa.decode import KERNEL_BASE
from zkm.isa.encoding import Vectors
from zkm.isa.registers import COP0

__all__ = ["BREAK_REGISTER", "KERNEL_BASE", "MAPPED_REGISTER", "Kernel", "load_kernel"]

BREAK_REGISTER = COP0 + 5
"""Register with the current end of the heap; its initial value is the start (BREAK in kernel.S)."""

MAPPED_REGISTER = COP0 + 6
"""Register with the lowest address that `mmap2` has given out; its initial value is the end of all
memory for heap and mappings (MAPPED in kernel.S)."""


@dataclass(frozen=True, eq=False)
class Kernel:
    """The kernel's code and its entry points.

    base: byte address of the first word; words: uint32[n], all of them instructions; the kernel's
    variables lie outside the image, in memory that is zero at the start.
    """

    base: int
    words: npt.NDArray[np.uint32]
    vectors: Vectors

    def digest(self) -> bytes:
        """32 bytes (SHA-256) that stand for the kernel in the proof system's version: base, entries, code."""
        entries = (
            self.base,
            self.vectors.syscall,
            self.vectors.breakpoint,
            self.vectors.arithmetic,
            self.vectors.reserved,
        )
        head = b"".join(entry.to_bytes(4, "big") for entry in entries)
        return hashlib.sha256(head + self.words.astype(">u4").tobytes()).digest()


@functools.cache
def load_kernel() -> Kernel:
    """The kernel of this version of zkm."""
    return parse_kernel(resources.files(__package__).joinpath("kernel.elf").read_bytes())


def parse_kernel(built: bytes) -> Kernel:
    """The kernel in the ELF file that build.sh makes. Trusts the file: it is part of this package."""
    elf = ELFFile(io.BytesIO(built))
    (code,) = (segment for segment in elf.iter_segments("PT_LOAD") if segment["p_filesz"])
    symbols = elf.get_section_by_name(".symtab")
    assert isinstance(symbols, SymbolTableSection)
    address = {symbol.name: int(symbol["st_value"]) for symbol in symbols.iter_symbols()}
    vectors = Vectors(
        syscall=address["vector_syscall"],
        breakpoint=address["vector_breakpoint"],
        arithmetic=address["vector_arithmetic"],
        reserved=address["vector_reserved"],
    )
    words = np.frombuffer(code.data(), ">u4").astype(np.uint32)
    return Kernel(int(code["p_vaddr"]), words, vectors)
