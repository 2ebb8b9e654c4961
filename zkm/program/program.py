"""A program: an ELF file with its arguments, ready to run and to prove."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zkm.errors import ProgramError
from zkm.isa.registers import FCSR, FPR, LLADDR, NO_LINK, REGISTER_COUNT, SP
from zkm.isa.rows import MICRO_STEP, Rows
from zkm.kernel import FPU_REGISTER, HEAP_REGISTER, KERNEL_BASE, THREAD_REGISTER, Kernel, load_kernel
from zkm.program.elf import Executable, read_elf
from zkm.program.image import Piece, RowsAndRanges, build_rows, join_rows
from zkm.program.layout import PAGE_SIZE, USER_LIMIT
from zkm.program.stack import initial_stack

MAX_FILE_BYTES = 1 << 28
"""Files above are not read at all."""


@dataclass(frozen=True, eq=False)
class Program:
    """Everything that is fixed before a run; the program key is a commitment to it.

    rows: the whole memory image (ELF segments, initial stack, kernel) with its row operations; the kernel's
        float image is there only if the program has an instruction that enters it.
    segments: int64[n, 2], ranges [s, e) of word numbers (byte address / 4) that the image covers,
        ascending, disjoint, not adjacent. All other memory is zero at the start.
    entry: byte address of the first instruction.
    registers: int64[128], initial register values.
    name: file name for messages, also argv[0].
    """

    rows: Rows
    segments: npt.NDArray[np.int64]
    entry: int
    registers: npt.NDArray[np.int64]
    name: str


def load(
    elf: Path | str | bytes,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Program:
    """Loads an ELF file (a path, or its contents) with arguments after argv[0] and an environment.

    argv[0] is `name`, by default the file's name without directories, so that a program key does not
    depend on where the file lies. The environment is empty by default for the same reason.

    Memory: for a file of F bytes, whatever is in it, at most 32 MiB + 2 F + 192 bytes per word of code and
    data + 64 bytes per row; there are at most F / 4 + 256 words, 15 rows per word, and 2^24 rows.

    Raises:
        ProgramError: the file or the arguments are not acceptable.
        OSError: the file cannot be read.
    """
    if isinstance(elf, bytes):
        data, name = elf, name or "program"
    else:
        data, name = _read_file(Path(elf)), name or Path(elf).name
    executable = read_elf(data, name)
    kernel = load_kernel()
    sp, stack = initial_stack(
        executable,
        [os.fsencode(text) for text in (name, *args)],
        {os.fsencode(key): os.fsencode(value) for key, value in (env or {}).items()},
    )
    pieces = [Piece(segment.address, segment.contents, segment.executable) for segment in executable.segments]
    pieces.append(Piece(sp, stack, executable=False))
    own = build_rows(pieces, kernel.vectors)
    images = ["system", "float"] if kernel.uses_float(own[0]) else ["system"]
    rows, segments = join_rows([own, *map(_image_rows, images)])
    return Program(rows, segments, executable.entry, _initial_registers(executable, rows, kernel, sp), name)


@cache
def _image_rows(name: str) -> RowsAndRanges:
    """The rows of an image of the kernel, which are the same for every program."""
    kernel = load_kernel()
    pieces = [
        Piece(section.address, section.words.astype(">u4").tobytes(), section.executable)
        for section in kernel.images[name].sections
    ]
    return build_rows(pieces, kernel.vectors)


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise ProgramError(f"{path.name}: larger than {MAX_FILE_BYTES} bytes")
    return data


def _initial_registers(executable: Executable, rows: Rows, kernel: Kernel, sp: int) -> npt.NDArray[np.int64]:
    end = max(segment.end for segment in executable.segments)
    registers = np.zeros(REGISTER_COUNT, np.int64)
    registers[SP] = sp
    registers[LLADDR] = NO_LINK
    registers[HEAP_REGISTER] = min(-(-end // PAGE_SIZE) * PAGE_SIZE, USER_LIMIT)
    registers[FPU_REGISTER] = _touches_fpu(rows) or kernel.uses_float(rows)
    registers[THREAD_REGISTER] = kernel.initial_thread
    return registers


def _touches_fpu(rows: Rows) -> bool:
    """True if an instruction outside the kernel names a floating-point register or writes FCSR.

    Words of an executable segment that are no code may look like one; that costs rows only.
    """
    own = rows.address % MICRO_STEP < KERNEL_BASE
    named = (((r >= FPR) & (r < FCSR)).any() for r in (rows.r1[own], rows.r2[own], rows.r3[own]))
    return any(named) or bool((rows.r3[own] == FCSR).any())
