"""The stack as a program finds it at its entry point (System V ABI, MIPS supplement, "Process Stack").

From $sp upward: argc, the argv pointers, 0, the envp pointers, 0, the auxiliary vector, the strings.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from zkm.errors import ProgramError
from zkm.program.elf import Executable
from zkm.program.layout import PAGE_SIZE, STACK_TOP

MAX_ARGUMENT_BYTES = 1 << 17
"""Largest sum of the arguments and environment, as Linux limits a single string."""

RANDOM_BYTES = bytes(range(1, 17))
"""The 16 bytes AT_RANDOM points to: fixed, since nothing a program reads may be the prover's choice."""

_AT_NULL, _AT_PHDR, _AT_PHENT, _AT_PHNUM, _AT_PAGESZ, _AT_ENTRY = 0, 3, 4, 5, 6, 9
_AT_UID, _AT_EUID, _AT_GID, _AT_EGID, _AT_HWCAP, _AT_CLKTCK, _AT_SECURE, _AT_RANDOM = (
    11, 12, 13, 14, 16, 17, 23, 25,
)  # fmt: skip
_USER = 1000
_ALIGNMENT = 16


def initial_stack(
    executable: Executable, arguments: Sequence[bytes], environment: Mapping[bytes, bytes]
) -> tuple[int, bytes]:
    """The initial $sp (a multiple of 16) and the bytes from there to STACK_TOP.

    Raises:
        ProgramError: an argument or variable contains a zero byte, or they are too long.
    """
    variables = [key + b"=" + value for key, value in environment.items()]
    texts = [*arguments, *variables]
    if any(b"\0" in text for text in texts):
        raise ProgramError("an argument or environment variable contains a zero byte")
    if sum(len(text) + 5 for text in texts) > MAX_ARGUMENT_BYTES:
        raise ProgramError(f"arguments and environment are longer than {MAX_ARGUMENT_BYTES} bytes")

    strings = RANDOM_BYTES + b"".join(text + b"\0" for text in texts)
    strings += bytes(-len(strings) % _ALIGNMENT)
    string_base = STACK_TOP - len(strings)
    pointers = []
    position = string_base + len(RANDOM_BYTES)
    for text in texts:
        pointers.append(position)
        position += len(text) + 1

    words = [len(arguments), *pointers[: len(arguments)], 0, *pointers[len(arguments) :], 0]
    for tag, value in _auxiliary_vector(executable, string_base):
        words += [tag, value]
    start = (string_base - 4 * len(words)) & -_ALIGNMENT
    head = struct.pack(f">{len(words)}I", *words)
    return start, head + bytes(string_base - start - len(head)) + strings


def _auxiliary_vector(executable: Executable, random_address: int) -> list[tuple[int, int]]:
    headers = []
    if executable.header_address is not None:
        headers = [
            (_AT_PHDR, executable.header_address),
            (_AT_PHENT, executable.header_size),
            (_AT_PHNUM, executable.header_count),
        ]
    return [
        *headers,
        (_AT_PAGESZ, PAGE_SIZE),
        (_AT_ENTRY, executable.entry),
        *((tag, _USER) for tag in (_AT_UID, _AT_EUID, _AT_GID, _AT_EGID)),
        (_AT_HWCAP, 0),
        (_AT_CLKTCK, 100),
        (_AT_SECURE, 0),
        (_AT_RANDOM, random_address),
        (_AT_NULL, 0),
    ]
