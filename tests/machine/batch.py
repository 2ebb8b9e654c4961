"""Many cases of one instruction in one program, run by the native machine and by QEMU (unicorn).

A loop loads the registers of a case from its record, jumps to the case's block (the instruction,
with what belongs around it), stores the registers back and goes on to the next case:

    record, by word:  0-31 registers, 32 HI, 33 LO, 34 address of the block, 36-51 data window,
                      52 marks a trap, 53 FCSR, 54 FCSR afterwards, 56-87 registers afterwards,
                      88 HI, 89 LO,
                      96-127 $f0-$f31, 128-159 the same afterwards

$k0 (record) and $k1 are the loop's; the instructions under test do not name them. Both sides
execute the very same words, so the loop is tested along the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import unicorn as uc
from unicorn import mips_const as mips

from tests.isa import floats
from zkm.isa import decode as isa_decode
from zkm.isa.encoding import Vectors
from zkm.isa.instruction import Instruction
from zkm.isa.instructions import BY_NAME
from zkm.isa.registers import LLADDR, NO_LINK, TLS
from zkm.isa.rows import Rows
from zkm.kernel import load_kernel
from zkm.machine.host import Host
from zkm.machine.interpreter import Limits, execute
from zkm.program import Program

LOOP, BLOCKS, HALT, RECORDS = 0x100000, 0x110000, 0x80001000, 0x400000
BLOCK_WORDS, RECORD_WORDS = 12, 160
BLOCK_OF, WINDOW, WINDOW_WORDS, TRAPPED, AFTER, FLOATS, FLOATS_AFTER = 34, 36, 16, 52, 56, 96, 128
CONTROL, CONTROL_AFTER = 53, 54
THREAD_POINTER = 0x12345678

K0, K1 = 26, 27
TESTED = [number for number in range(32) if number not in (K0, K1)]


def op(name: str, **fields: int) -> int:
    """An instruction word."""
    return BY_NAME[name].encode(**fields)


def load_address(register: int, address: int) -> list[int]:
    return [
        op("lui", rt=register, imm=address >> 16),
        op("ori", rs=register, rt=register, imm=address & 0xFFFF),
    ]


@dataclass
class Loop:
    """The code around the blocks, and where its parts lie."""

    floats: bool
    words: list[int] = field(default_factory=list)
    start: int = LOOP
    done: int = 0
    trap: int = 0
    end: int = 0

    def __post_init__(self) -> None:
        add = self.words.extend
        add(load_address(K0, RECORDS))
        next_case = self._here
        if self.floats:
            add(op("lwc1", rs=K0, ft=f, imm=4 * (FLOATS + f)) for f in range(32))
            add([op("lw", rs=K0, rt=2, imm=4 * CONTROL), op("ctc1 (FCSR)", rt=2)])
        add([op("lw", rs=K0, rt=2, imm=4 * 32), op("mthi", rs=2)])
        add([op("lw", rs=K0, rt=2, imm=4 * 33), op("mtlo", rs=2)])
        add(op("lw", rs=K0, rt=r, imm=4 * r) for r in TESTED if r)
        add([op("lw", rs=K0, rt=K1, imm=4 * BLOCK_OF), op("jr", rs=K1), 0])
        self.trap = self._here
        add([op("sw", rs=K0, rt=K0, imm=4 * TRAPPED)])
        self.done = self._here
        add(op("sw", rs=K0, rt=r, imm=4 * (AFTER + r)) for r in TESTED)
        add([op("mfhi", rd=2), op("sw", rs=K0, rt=2, imm=4 * (AFTER + 32))])
        add([op("mflo", rd=2), op("sw", rs=K0, rt=2, imm=4 * (AFTER + 33))])
        if self.floats:
            add(op("swc1", rs=K0, ft=f, imm=4 * (FLOATS_AFTER + f)) for f in range(32))
            add([op("cfc1", rt=2, n=31), op("sw", rs=K0, rt=2, imm=4 * CONTROL_AFTER)])
        add([op("addiu", rs=K0, rt=K0, imm=4 * RECORD_WORDS)])
        add([op("lw", rs=K0, rt=K1, imm=4 * BLOCK_OF), 0])
        back = (next_case - self._here - 4) // 4 & 0xFFFF
        add([op("bne", rs=K1, rt=0, imm=back), 0])
        self.end = self._here
        add([*load_address(K1, HALT), op("jr", rs=K1), 0])

    @property
    def _here(self) -> int:
        return LOOP + 4 * len(self.words)


@dataclass
class Batch:
    """Cases: `blocks` has one list of words for each; `records` is uint32[n, RECORD_WORDS].

    A block is entered at word `entries[i]`, and ends with a jump to the loop (`finish`).
    """

    loop: Loop
    records: np.ndarray
    blocks: list[list[int]]
    entries: list[int]
    block_words: int = BLOCK_WORDS

    def block_address(self, number: int) -> int:
        return BLOCKS + 4 * self.block_words * number

    @staticmethod
    def window(number: int) -> int:
        """Address of the data window of a case."""
        return RECORDS + 4 * (RECORD_WORDS * number + WINDOW)

    def memory(self) -> tuple[np.ndarray, np.ndarray]:
        """The words of the blocks, and those of the records with a zero record at the end."""
        blocks = np.zeros((len(self.blocks), self.block_words), np.uint32)
        for number, words in enumerate(self.blocks):
            blocks[number, : len(words)] = words
        records = np.zeros((len(self.records) + 1, RECORD_WORDS), np.uint32)
        records[:-1] = self.records
        records[:-1, BLOCK_OF] = [
            self.block_address(number) + 4 * entry for number, entry in enumerate(self.entries)
        ]
        return blocks.reshape(-1), records.reshape(-1)

    def program(self) -> Program:
        """All of it as a program for the native machine."""
        blocks, records = self.memory()
        halt = BY_NAME["ctc2 (halt)"].encode(rt=0, rd=0)
        trap = self.loop.trap
        data = Rows.data(RECORDS + 4 * np.arange(len(records), dtype=np.int64), records)
        parts = [
            _text(LOOP, self.loop.words, trap),
            _text(BLOCKS, blocks, trap),
            data,
            _text(HALT, [halt], trap),
        ]
        if self.loop.floats:
            parts += _float_image(trap, isa_decode.INSTRUCTIONS)
        rows = Rows.concatenate(parts)
        registers = np.zeros(128, np.int64)
        registers[LLADDR] = NO_LINK
        registers[TLS] = THREAD_POINTER
        return Program(rows, ranges_of(rows), self.loop.start, registers, "batch")

    def run_native(self) -> np.ndarray:
        """The records afterwards."""
        limits = Limits(rows=20_000 + 10_000 * len(self.blocks))
        machine = execute(self.program(), Host(), trace=False, limits=limits)
        data = machine.peek(RECORDS, 4 * self.records.size)
        return np.frombuffer(data, ">u4").reshape(self.records.shape)

    def run_unicorn(self) -> np.ndarray:
        """The records afterwards, as QEMU's 24Kf leaves them.

        A block that computes a floating-point number has to begin with that (floats.with_default_nans).
        """
        blocks, records = self.memory()
        machine = uc.Uc(uc.UC_ARCH_MIPS, uc.UC_MODE_MIPS32 | uc.UC_MODE_BIG_ENDIAN)
        machine.ctl_set_cpu_model(mips.UC_CPU_MIPS32_24KF)
        for address, words in ((LOOP, self.loop.words), (BLOCKS, blocks), (RECORDS, records)):
            content = np.array(words, ">u4").tobytes()
            if address != BLOCKS:
                machine.mem_map(address, 0x10000 if address == LOOP else -(-len(content) >> 12) << 12)
            else:
                machine.mem_map(address, -(-len(content) >> 12) << 12)
            machine.mem_write(address, content)
        machine.reg_write(mips.UC_MIPS_REG_CP0_USERLOCAL, THREAD_POINTER)
        machine.hook_add(
            uc.UC_HOOK_INTR,
            lambda m, _number, _: m.reg_write(mips.UC_MIPS_REG_PC, self.loop.trap),
        )
        machine.emu_start(self.loop.start, self.loop.end)
        data = machine.mem_read(RECORDS, 4 * self.records.size)
        after = np.frombuffer(data, ">u4").reshape(self.records.shape).astype(np.uint32)
        if self.loop.floats:
            first = np.array(
                [block[entry] for block, entry in zip(self.blocks, self.entries, strict=True)], np.int64
            )
            after[:, FLOATS_AFTER:] = floats.with_default_nans(
                first,
                self.records[:, FLOATS : FLOATS + 32].astype(np.int64),
                after[:, FLOATS_AFTER:].astype(np.int64),
            )
        return after


def _text(address: int, words: np.ndarray | list[int], trap: int) -> Rows:
    vectors = Vectors(trap, trap, trap, trap, load_kernel().vectors.routines)
    array = np.array(words, np.uint32)
    return isa_decode.decode(address + 4 * np.arange(len(array), dtype=np.int64), array, vectors)


@lru_cache(maxsize=4)
def _float_image(trap: int, _instructions: tuple[Instruction, ...]) -> list[Rows]:
    """The float image's rows, for the instruction list in force (tests plant errors in it)."""
    return [_text(section.address, section.words, trap) for section in load_kernel().float.sections]


def ranges_of(rows: Rows) -> np.ndarray:
    """The ranges [s, e) of word numbers that the rows cover."""
    words = rows.address[rows.is_image_word()] // 4
    pieces = np.split(words, np.flatnonzero(np.diff(words) != 1) + 1)
    return np.array([[piece[0], piece[-1] + 1] for piece in pieces], np.int64)
