"""Small ELF files made by hand, good ones and damaged ones."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

HEADER, PROGRAM_HEADER = 52, 32
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
PT_MIPS_ABIFLAGS = 0x70000003
EXECUTE, WRITE, READ = 1, 2, 4


@dataclass
class Load:
    """A program header; `offset`, `filesz` and `memsz` follow from the contents unless given."""

    address: int
    contents: bytes = b""
    flags: int = READ | EXECUTE
    type: int = PT_LOAD
    memsz: int | None = None
    filesz: int | None = None
    offset: int | None = None


@dataclass
class ElfFile:
    """An ELF file with overridable header fields; `build` gives its bytes."""

    loads: list[Load] = field(default_factory=list)
    entry: int = 0x400000
    ident: bytes = b"\x7fELF\x01\x02\x01"
    type: int = 2
    machine: int = 8
    flags: int = 0x70001000
    phentsize: int = PROGRAM_HEADER
    phnum: int | None = None
    phoff: int = HEADER

    def build(self) -> bytes:
        count = len(self.loads)
        headers = struct.pack(
            ">16sHHIIIIIHHHHHH",
            self.ident,
            self.type,
            self.machine,
            1,
            self.entry,
            self.phoff,
            0,
            self.flags,
            HEADER,
            self.phentsize,
            count if self.phnum is None else self.phnum,
            40,
            0,
            0,
        )
        contents = b""
        start = HEADER + PROGRAM_HEADER * count
        for load in self.loads:
            headers += struct.pack(
                ">IIIIIIII",
                load.type,
                start + len(contents) if load.offset is None else load.offset,
                load.address,
                load.address,
                len(load.contents) if load.filesz is None else load.filesz,
                len(load.contents) if load.memsz is None else load.memsz,
                load.flags,
                4,
            )
            contents += load.contents
        return headers + contents


CODE = bytes.fromhex("24020fa1 0000000c")  # exit
GOOD = ElfFile([Load(0x400000, CODE), Load(0x410000, b"data!", READ | WRITE, memsz=100)])
