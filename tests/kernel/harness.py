"""Runs system calls on the kernel's image, with the plain interpreter of rows."""

from __future__ import annotations

import random

import numpy as np

from tests.isa.interpreter import Machine
from zkm.isa.decode import decode
from zkm.isa.instructions import BY_NAME
from zkm.isa.registers import A0, A3, HI, LLADDR, LO, NO_LINK, SP, V0
from zkm.isa.rows import Rows
from zkm.kernel import HEAP_REGISTER, THREAD_REGISTER, load_kernel
from zkm.kernel.calls import call_number, constants
from zkm.kernel.image import Section

CODE = 0x400000
BUFFER = 0x500000
HEAP = 0x600000
MEMORY_END = 0x7F000000
STACK = 0x7FFF0000
"""The caller's stack pointer; arguments 5 and 6 lie at STACK + 16 and + 20."""

ERRORS = {
    value: name for name, value in constants().items() if name[0] == "E" and not name.startswith("EXIT")
}

CHANGED = (1, V0, 3, A3, *range(8, 16), 24, 25, 26, 27, HI, LO)
"""Registers that a system call may change: results, those of a C function's own, and the kernel's."""


def section_rows(section: Section) -> Rows:
    """A section of the kernel as the loader decodes it."""
    addresses = section.address + 4 * np.arange(len(section.words))
    if section.executable:
        return decode(addresses, section.words, load_kernel().vectors)
    return Rows.data(addresses, section.words)


class KernelMachine(Machine):
    """A machine whose user code is one instruction, by default `syscall`, with random registers."""

    def __init__(self, data: bytes = b"", instruction: int | None = None, slot: int = 0) -> None:
        kernel = load_kernel()
        word = BY_NAME["syscall"].encode() if instruction is None else instruction
        user = decode(np.array([CODE, CODE + 4]), np.array([word, slot], np.uint32), kernel.vectors)
        rows = Rows.concatenate([user, *(section_rows(section) for section in kernel.system.sections)])
        super().__init__(rows, CODE, input=data)
        random_words = random.Random(5)
        self.registers[1:34] = [random_words.getrandbits(32) for _ in range(33)]
        self.registers[LLADDR] = NO_LINK
        self.registers[SP] = STACK
        self.registers[HEAP_REGISTER], self.registers[THREAD_REGISTER] = HEAP, kernel.initial_thread

    def call(self, name: str | int, *arguments: int) -> int:
        """The result of a system call, or -errno; checks that all other registers kept their values."""
        number = name if isinstance(name, int) else call_number(name)
        padded = [*arguments, *([0] * (6 - len(arguments)))]
        self.registers[V0], self.registers[A0 : A3 + 1] = number, padded[:4]
        self.memory[STACK + 16], self.memory[STACK + 20] = padded[4:]
        before = list(self.registers)
        self.pc, self.delta = CODE, 0
        self.step()
        while self.pc != CODE + 4:
            self.step()
        kept = [i for i in range(1, 34) if i not in CHANGED]
        assert [self.registers[i] for i in kept] == [before[i] for i in kept]
        assert self.registers[LLADDR] == NO_LINK
        assert self.registers[A3] in (0, 1)
        return -self.registers[V0] if self.registers[A3] else self.registers[V0]

    def failure(self, name: str | int, *arguments: int) -> str:
        """The name of the error that a system call gives, or "none"."""
        result = self.call(name, *arguments)
        return ERRORS[-result] if result < 0 else "none"

    def exit(self, name: str = "exit_group", status: int = 0) -> bytes:
        """Ends the program; the output."""
        self.registers[V0], self.registers[A0] = call_number(name), status
        self.pc, self.delta = CODE, 0
        self.run(1000)
        return self.output_bytes()

    def put_bytes(self, address: int, data: bytes) -> None:
        for offset, byte in enumerate(data):
            word, shift = (address + offset) & ~3, 24 - 8 * ((address + offset) % 4)
            self.memory[word] = self.memory.get(word, 0) & ~(255 << shift) | byte << shift

    def put_words(self, address: int, *words: int) -> int:
        """Puts words at an address, which is returned."""
        for number, word in enumerate(words):
            self.memory[address + 4 * number] = word
        return address

    def get_words(self, address: int, count: int) -> list[int]:
        return [self.memory.get(address + 4 * number, 0) for number in range(count)]

    def get_bytes(self, address: int, count: int) -> bytes:
        return bytes(
            self.memory.get(position & ~3, 0) >> (24 - 8 * (position % 4)) & 255
            for position in range(address, address + count)
        )
