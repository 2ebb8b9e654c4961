"""Runs system calls on the kernel's image, with the plain interpreter of rows."""

from __future__ import annotations

import random

import numpy as np

from tests.isa.interpreter import Machine
from zkm.isa.decode import decode
from zkm.isa.instructions import BY_NAME
from zkm.isa.registers import A0, A3, LLADDR, NO_LINK, V0
from zkm.isa.rows import Rows
from zkm.kernel import BREAK_REGISTER, MAPPED_REGISTER, load_kernel
from zkm.kernel.image import Section

CODE = 0x400000
BUFFER = 0x500000
HEAP = 0x600000
MEMORY_END = 0x7F000000

EXIT, READ, WRITE, CLOSE, BRK, READV, WRITEV = 4001, 4003, 4004, 4006, 4045, 4145, 4146
MMAP2, MUNMAP, MPROTECT = 4210, 4091, 4125
EXIT_GROUP, SET_TID_ADDRESS, SET_THREAD_AREA = 4246, 4252, 4283
EBADF, ENOMEM, EINVAL, ENOSYS = 9, 12, 22, 89

CHANGED = (V0, A3, 26, 27)
"""Registers that a system call may change: results, and the kernel's own $k0 and $k1."""


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
        self.registers[BREAK_REGISTER], self.registers[MAPPED_REGISTER] = HEAP, MEMORY_END

    def call(self, number: int, a0: int = 0, a1: int = 0, a2: int = 0, a3: int = 0) -> int:
        """The result of a system call, or -errno; checks that all other registers kept their values."""
        self.registers[V0], self.registers[A0 : A3 + 1] = number, [a0, a1, a2, a3]
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

    def exit(self, number: int = EXIT_GROUP, status: int = 0) -> bytes:
        """Ends the program; the output."""
        self.registers[V0], self.registers[A0] = number, status
        self.pc, self.delta = CODE, 0
        self.run(1000)
        return self.output_bytes()

    def put_bytes(self, address: int, data: bytes) -> None:
        for offset, byte in enumerate(data):
            word, shift = (address + offset) & ~3, 24 - 8 * ((address + offset) % 4)
            self.memory[word] = self.memory.get(word, 0) & ~(255 << shift) | byte << shift

    def get_bytes(self, address: int, count: int) -> bytes:
        return bytes(
            self.memory.get(position & ~3, 0) >> (24 - 8 * (position % 4)) & 255
            for position in range(address, address + count)
        )
