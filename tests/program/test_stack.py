"""The initial stack."""

from __future__ import annotations

import struct

import pytest

from zkm.errors import ProgramError
from zkm.program.elf import Executable
from zkm.program.layout import STACK_TOP
from zkm.program.stack import MAX_ARGUMENT_BYTES, RANDOM_BYTES, initial_stack

EXECUTABLE = Executable((), entry=0x400100, header_address=0x400034, header_count=3)


def parse(sp: int, stack: bytes) -> tuple[list[bytes], list[bytes], dict[int, int]]:
    """argv, envp and the auxiliary vector, read as a program reads them."""

    def word(position: int) -> int:
        return struct.unpack_from(">I", stack, position - sp)[0]

    def text(address: int) -> bytes:
        return stack[address - sp : stack.index(b"\0", address - sp)]

    position = sp + 4
    lists = []
    for _ in range(2):
        texts = []
        while word(position):
            texts.append(text(word(position)))
            position += 4
        lists.append(texts)
        position += 4
    auxiliary = {}
    while word(position):
        auxiliary[word(position)] = word(position + 4)
        position += 8
    assert word(sp) == len(lists[0])
    return lists[0], lists[1], auxiliary


@pytest.mark.parametrize("count", range(6))
def test_stack_as_a_program_reads_it(count: int) -> None:
    arguments = [b"name", b"", b"x" * 17, "ü".encode(), b"-v"][:count]
    sp, stack = initial_stack(EXECUTABLE, arguments, {b"HOME": b"/", b"EMPTY": b""})
    assert (sp % 16, sp + len(stack)) == (0, STACK_TOP)
    argv, envp, auxiliary = parse(sp, stack)
    assert argv == arguments
    assert envp == [b"HOME=/", b"EMPTY="]
    random = auxiliary.pop(25) - sp
    assert stack[random : random + 16] == RANDOM_BYTES
    users = dict.fromkeys((11, 12, 13, 14), 1000)
    assert auxiliary == {3: 0x400034, 4: 32, 5: 3, 6: 4096, 9: 0x400100, **users, 16: 0, 17: 100, 23: 0}


def test_headers_outside_memory_are_not_named() -> None:
    sp, stack = initial_stack(Executable((), 0x400100, None, 3), [b"name"], {})
    assert not {3, 4, 5} & set(parse(sp, stack)[2])


@pytest.mark.parametrize(
    ("arguments", "message"), [([b"a\0b"], "zero byte"), ([b"x" * MAX_ARGUMENT_BYTES], "longer than")]
)
def test_bad_arguments(arguments: list[bytes], message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        initial_stack(EXECUTABLE, arguments, {})
