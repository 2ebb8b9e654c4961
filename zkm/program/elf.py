"""Reads ELF files: the executables that unmodified MIPS compilers and linkers make.

Nothing in the file is trusted. Every offset and size is checked against the file before it is used,
and nothing is allocated by a size that the file merely claims: only headers are parsed, at most
MAX_PROGRAM_HEADERS of them, and contents are slices of the given bytes, together no longer than the file.
"""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from functools import cache

from elftools.common.exceptions import ELFParseError
from elftools.common.utils import struct_parse
from elftools.construct import Container
from elftools.elf.constants import E_FLAGS, P_FLAGS
from elftools.elf.structs import ELFStructs

from zkm.errors import ProgramError
from zkm.program.layout import LOWEST_ADDRESS, USER_LIMIT

MAX_PROGRAM_HEADERS = 128
MAX_IMAGE_BYTES = 1 << 26
"""Largest sum of the segments' file contents: 2^24 words, the rows of the largest program table."""

_HEADER_SIZE, _PROGRAM_HEADER_SIZE = 52, 32
_BIG_ENDIAN, _CLASS_32 = 2, 1

# e_flags: the architecture levels whose instructions are in the list.
_ARCHITECTURES = {
    E_FLAGS.EF_MIPS_ARCH_1: "mips1",
    E_FLAGS.EF_MIPS_ARCH_2: "mips2",
    E_FLAGS.EF_MIPS_ARCH_32: "mips32",
    E_FLAGS.EF_MIPS_ARCH_32R2: "mips32r2",
}
_EF_MIPS_ABI2 = 0x20
_EF_MIPS_MICROMIPS = 0x02000000
_EF_MIPS_NAN2008 = 0x400

_PT_MIPS_ABIFLAGS = (0x70000003, "PT_MIPS_ABIFLAGS")
_FP_ABI_OFFSET = 7
_FP_ABIS_64 = (6, 7)
"""`fp_abi` of programs for 64-bit floating-point registers (Val_GNU_MIPS_ABI_FP_64, FP_64A)."""


@dataclass(frozen=True)
class Segment:
    """One PT_LOAD segment: `contents` at byte address `address`, zeros from there to `address + size`."""

    address: int
    size: int
    contents: bytes
    executable: bool

    @property
    def end(self) -> int:
        """Byte address after the segment's memory."""
        return self.address + self.size


@dataclass(frozen=True)
class Executable:
    """What running an ELF file needs.

    segments: ascending by address, disjoint, none empty. entry: address of the first instruction.
    header_address: address of the program headers in memory, None if no segment holds them.
    """

    segments: tuple[Segment, ...]
    entry: int
    header_address: int | None
    header_count: int
    header_size: int = _PROGRAM_HEADER_SIZE


def read_elf(data: bytes, name: str = "program") -> Executable:
    """Parses a statically linked big-endian 32-bit MIPS executable.

    Raises:
        ProgramError: anything else, or a damaged file; the text names the field.
    """
    try:
        return _read(data, name)
    except ELFParseError as error:
        raise ProgramError(f"{name}: damaged ELF header: {error}") from error


def _read(data: bytes, name: str) -> Executable:
    _check_identification(data, name)
    structs = _structures()
    header = struct_parse(structs.Elf_Ehdr, io.BytesIO(data[:_HEADER_SIZE]), 0)
    _check_header(header, data, name)
    table = io.BytesIO(data)
    headers = [
        struct_parse(structs.Elf_Phdr, table, header["e_phoff"] + number * _PROGRAM_HEADER_SIZE)
        for number in range(header["e_phnum"])
    ]
    _check_float_registers(headers, data, name)
    segments = _load_segments(headers, data, name)
    _check_entry(header["e_entry"], segments, name)
    return Executable(
        segments=segments,
        entry=header["e_entry"],
        header_address=_address_of_headers(header["e_phoff"], headers),
        header_count=len(headers),
    )


@cache
def _structures() -> ELFStructs:
    structs = ELFStructs(little_endian=False, elfclass=32)
    structs.create_basic_structs()
    structs.create_advanced_structs()
    return structs


def _check_identification(data: bytes, name: str) -> None:
    if data[:4] != b"\x7fELF":
        raise ProgramError(f"{name}: not an ELF file")
    if len(data) < _HEADER_SIZE:
        raise ProgramError(f"{name}: truncated: {len(data)} bytes, the ELF header needs {_HEADER_SIZE}")
    if data[4] != _CLASS_32:
        raise ProgramError(f"{name}: not a 32-bit ELF file (EI_CLASS = {data[4]})")
    if data[5] != _BIG_ENDIAN:
        raise ProgramError(f"{name}: not big-endian (EI_DATA = {data[5]})")


def _check_header(header: Container, data: bytes, name: str) -> None:
    if header["e_machine"] != "EM_MIPS":
        raise ProgramError(f"{name}: not a MIPS program (e_machine = {header['e_machine']})")
    if header["e_type"] != "ET_EXEC":
        raise ProgramError(
            f"{name}: not a statically linked executable at a fixed address "
            f"(e_type = {header['e_type']}, needed: ET_EXEC)"
        )
    flags = header["e_flags"]
    if flags & E_FLAGS.EF_MIPS_ARCH not in _ARCHITECTURES:
        known = ", ".join(_ARCHITECTURES.values())
        raise ProgramError(f"{name}: unsupported architecture (e_flags = {flags:#010x}, supported: {known})")
    if flags & _EF_MIPS_ABI2:
        raise ProgramError(f"{name}: not the o32 ABI (e_flags = {flags:#010x})")
    if flags & _EF_MIPS_NAN2008:
        raise ProgramError(f"{name}: NaNs as of IEEE 754-2008 are not supported (link with -mnan=legacy)")
    if flags & _EF_MIPS_MICROMIPS:
        raise ProgramError(f"{name}: microMIPS code is not supported (e_flags = {flags:#010x})")
    count, offset = header["e_phnum"], header["e_phoff"]
    if not 0 < count <= MAX_PROGRAM_HEADERS:
        raise ProgramError(f"{name}: {count} program headers (allowed: 1 to {MAX_PROGRAM_HEADERS})")
    if header["e_phentsize"] != _PROGRAM_HEADER_SIZE:
        raise ProgramError(f"{name}: e_phentsize = {header['e_phentsize']}, not {_PROGRAM_HEADER_SIZE}")
    if offset + count * _PROGRAM_HEADER_SIZE > len(data):
        raise ProgramError(
            f"{name}: truncated: {count} program headers at offset {offset:#x} in a file of {len(data)} bytes"
        )


def _check_float_registers(headers: list[Container], data: bytes, name: str) -> None:
    for header in headers:
        at = header["p_offset"] + _FP_ABI_OFFSET
        if header["p_type"] in _PT_MIPS_ABIFLAGS and at < len(data) and data[at] in _FP_ABIS_64:
            raise ProgramError(
                f"{name}: needs 64-bit floating-point registers, which the machine does not have "
                "(compile with -mfpxx or -mfp32)"
            )


def _load_segments(headers: list[Container], data: bytes, name: str) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    total = 0
    for number, header in enumerate(headers):
        if header["p_type"] in ("PT_INTERP", "PT_DYNAMIC"):
            raise ProgramError(
                f"{name}: dynamically linked (program header {number} is {header['p_type']}); "
                "link it with -static"
            )
        if header["p_type"] != "PT_LOAD" or header["p_memsz"] == 0:
            continue
        total += header["p_filesz"]
        if total > MAX_IMAGE_BYTES:
            raise ProgramError(
                f"{name}: more than {MAX_IMAGE_BYTES:,} bytes of code and data, and no parameter set fits"
            )
        segments.append(_load_segment(header, data, f"{name}: segment {number}"))
    if total > len(data):
        # Linkers store each byte once; a small file must not become a large image.
        raise ProgramError(f"{name}: segments of {total} bytes share parts of a file of {len(data)} bytes")
    segments.sort(key=lambda segment: segment.address)
    for left, right in itertools.pairwise(segments):
        if left.end > right.address:
            raise ProgramError(
                f"{name}: segments overlap: {left.address:#x} to {left.end:#x} "
                f"and {right.address:#x} to {right.end:#x}"
            )
    return tuple(segments)


def _load_segment(header: Container, data: bytes, where: str) -> Segment:
    address, size = header["p_vaddr"], header["p_memsz"]
    offset, stored = header["p_offset"], header["p_filesz"]
    if stored > size:
        raise ProgramError(f"{where}: p_filesz {stored:#x} exceeds p_memsz {size:#x}")
    if offset + stored > len(data):
        raise ProgramError(
            f"{where}: truncated: bytes {offset:#x} to {offset + stored:#x} of a file of {len(data):#x} bytes"
        )
    if address < LOWEST_ADDRESS:
        raise ProgramError(f"{where}: address {address:#x} is below {LOWEST_ADDRESS:#x}")
    if address + size > USER_LIMIT:
        raise ProgramError(f"{where}: {address:#x} to {address + size:#x} reaches above {USER_LIMIT:#x}")
    return Segment(address, size, data[offset : offset + stored], bool(header["p_flags"] & P_FLAGS.PF_X))


def _check_entry(entry: int, segments: tuple[Segment, ...], name: str) -> None:
    if entry % 4:
        raise ProgramError(f"{name}: entry point {entry:#x} is no multiple of 4")
    if not any(
        segment.executable and segment.address <= entry < segment.address + len(segment.contents)
        for segment in segments
    ):
        raise ProgramError(f"{name}: entry point {entry:#x} lies in no executable segment")


def _address_of_headers(offset: int, headers: list[Container]) -> int | None:
    for header in headers:
        inside: int = offset - header["p_offset"]
        end = inside + len(headers) * _PROGRAM_HEADER_SIZE
        if header["p_type"] == "PT_LOAD" and inside >= 0 and end <= header["p_filesz"]:
            return int(header["p_vaddr"]) + inside
    return None
