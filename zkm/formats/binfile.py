"""The container of `.ptau`, `.r1cs`, `.wtns` and `.zkey` files: numbered sections, little-endian.

    magic (4 bytes)   version (u32)   number of sections (u32)
    for each section: kind (u32)   size (u64)   contents

A file comes from strangers and may have gigabytes: only the table of sections is read at once, a section
or a part of it when somebody asks for it, and nobody asks for more bytes than he expects.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from typing_extensions import Buffer, Self

from zkm.errors import SetupError

__all__ = ["BinFile", "Section", "write_sections"]

MAX_SECTIONS: Final = 64
"""No format of the family has a third of it."""

HEAD: Final = struct.Struct("<4sII")
SECTION: Final = struct.Struct("<IQ")


class Section(NamedTuple):
    """Where a section's contents are."""

    position: int
    size: int


class BinFile:
    """An open file of one kind.

    Attributes:
        path: its name.
        sections: by kind. No kind occurs twice.
    """

    def __init__(self, path: Path | str, magic: bytes, version: int = 1) -> None:
        """Open a file and read its table of sections.

        Raises:
            SetupError: it is of another kind or version, or its sections are not the whole file.
            OSError: it cannot be read.
        """
        self.path = Path(path)
        self._file: BinaryIO = self.path.open("rb")
        try:
            self.sections = self._table(magic, version)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def error(self, message: str) -> SetupError:
        """An error about this file."""
        return SetupError(f"{self.path}: {message}")

    def _table(self, magic: bytes, version: int) -> dict[int, Section]:
        end = self._file.seek(0, os.SEEK_END)
        found, number, count = HEAD.unpack(self._exactly(0, HEAD.size))
        if found != magic:
            raise self.error(f"not a .{magic.decode()} file")
        if number != version:
            raise self.error(f"version {number} of the format .{magic.decode()} is not known")
        if count > MAX_SECTIONS:
            raise self.error(f"damaged ({count} sections)")
        sections: dict[int, Section] = {}
        at = HEAD.size
        for _ in range(count):
            kind, size = SECTION.unpack(self._exactly(at, SECTION.size))
            at += SECTION.size
            if kind in sections:
                raise self.error(f"damaged (section {kind} occurs twice)")
            if size > end - at:
                raise self.error(f"truncated (section {kind} ends behind the file)")
            sections[kind] = Section(at, size)
            at += size
        if at != end:
            raise self.error(f"damaged ({end - at} bytes behind the last section)")
        return sections

    def _exactly(self, position: int, size: int) -> bytes:
        self._file.seek(position)
        data = self._file.read(size)
        if len(data) != size:
            raise self.error("truncated")
        return data

    def section(self, kind: int, size: int) -> Section:
        """The section of a kind, which must have so many bytes.

        Raises:
            SetupError: it is missing or has another size.
        """
        section = self.sections.get(kind)
        if section is None:
            raise self.error(f"section {kind} is missing")
        if section.size != size:
            raise self.error(f"section {kind} has {section.size} bytes, not {size}")
        return section

    def read(self, kind: int, size: int, offset: int = 0) -> bytes:
        """So many bytes of a section.

        Raises:
            SetupError: the section is missing or shorter.
        """
        section = self.sections.get(kind)
        if section is None:
            raise self.error(f"section {kind} is missing")
        if offset + size > section.size:
            raise self.error(f"section {kind} has {section.size} bytes, {offset + size} are needed")
        return self._exactly(section.position + offset, size)


def write_sections(
    path: Path | str, magic: bytes, sections: Mapping[int, Iterable[Buffer]], version: int = 1
) -> None:
    """Write a file whose sections are given in pieces; a file of that name is always whole.

    Raises:
        OSError: it cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(HEAD.pack(magic, version, len(sections)))
            for kind, pieces in sections.items():
                start = file.tell()
                file.write(SECTION.pack(kind, 0))
                size = sum(file.write(piece) for piece in pieces)
                file.seek(start)
                file.write(SECTION.pack(kind, size))
                file.seek(size, os.SEEK_CUR)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
