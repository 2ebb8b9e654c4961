"""What is an instruction: the same to qemu's 24Kf in user mode, to a run, to a trace and to the tables."""

from __future__ import annotations

import dataclasses
import random
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.isa import decode_space
from tests.machine.batch import ranges_of
from zkm.errors import GuestFault
from zkm.isa.decode import KERNEL_BASE, decode
from zkm.isa.describe import ACCEPTED, REFUSED
from zkm.isa.encoding import Vectors
from zkm.isa.instructions import BY_NAME
from zkm.isa.registers import LLADDR, NO_LINK
from zkm.isa.rows import Rows
from zkm.kernel import load_kernel
from zkm.machine import run, trace
from zkm.params import SMALL
from zkm.program import Program
from zkm.tables.check import assert_valid
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system

TOOLS = [decode_space.COMPILER, decode_space.DISASSEMBLER, decode_space.ASSEMBLER[0], decode_space.QEMU]


@cache
def space() -> tuple[np.ndarray, np.ndarray]:
    words = decode_space.words()
    return words, decode_space.we_accept(words)


@pytest.mark.skipif(any(shutil.which(tool) is None for tool in TOOLS), reason="no MIPS tools")
def test_qemu_accepts_the_same_instructions() -> None:
    words, ours = space()
    theirs = decode_space.qemu_accepts(words)
    names = np.array(decode_space.mnemonics(words))
    known = names != ""
    # Words that binutils does not know are refused: reserved fields that are not zero, which QEMU overlooks.
    assert not (ours & ~known).any(), [f"{word:08x}" for word in words[ours & ~known][:10]]
    print(f"{len(words):,} words: QEMU accepts {theirs.sum():,}, {(theirs & known).sum():,} of them by name")
    documented = {name for group in REFUSED for name in group.split(", ")}
    # qemu-mips cannot be asked about `sdbbp`: it ends.
    assert {*names[theirs & ~ours & known], "sdbbp"} == documented
    assert set(names[ours & ~theirs]) == set(ACCEPTED)


@pytest.mark.skipif(any(shutil.which(tool) is None for tool in TOOLS), reason="no MIPS tools")
def test_hardware_registers_are_those_of_qemu(tmp_path: Path) -> None:
    names = [f"rdhwr (${number})" for number in range(4)]
    source = tmp_path / "read.c"
    reads = "".join(f'asm volatile ("rdhwr %0, ${n}" : "=r" (x)); printf ("%u ", x);' for n in range(4))
    source.write_text(f"#include <stdio.h>\nint main (void) {{ unsigned x; {reads} return 0; }}\n")
    command = [decode_space.COMPILER, "-march=mips32r2", "-static", str(source), "-o", str(tmp_path / "read")]
    subprocess.run(command, check=True)
    shown = subprocess.run(
        ["qemu-mips", "-cpu", "24Kf", str(tmp_path / "read")], capture_output=True, check=True
    )
    words = np.array([BY_NAME[name].encode(rt=2) for name in names], np.uint32)
    rows = decode(0x400000 + 4 * np.arange(4, dtype=np.int64), words, decode_space.VECTORS)
    assert rows.imm.tolist() == [int(text) for text in shown.stdout.split()] == [0, 32, 0, 2]


def test_the_space_holds_every_instruction() -> None:
    """Every entry of the list has words in it, but the nop's special cases."""
    words, ours = space()
    assert ours.sum() > 3000 and (~ours).sum() > 50_000
    missing = {
        entry.name
        for entry in BY_NAME.values()
        if not (words & entry.pattern.mask == entry.pattern.match).any()
    }
    assert not missing


def test_refused_words_are_refused_by_run_and_trace_alike() -> None:
    """One word of every value of opcode and function that is refused, and random ones."""
    words, ours = space()
    refused = words[~ours]
    kinds, first = np.unique(refused & 0xFC00003F, return_index=True)
    rng = random.Random(0)
    uniform = np.array([rng.getrandbits(32) for _ in range(600)], np.uint32)
    chosen = np.concatenate([refused[first], uniform[~decode_space.we_accept(uniform)]])
    assert len(kinds) > 400 and len(chosen) > len(kinds) + 100
    address = 0x400000 + 4 * np.arange(len(chosen), dtype=np.int64)
    vectors = Vectors(*range(KERNEL_BASE, KERNEL_BASE + 16, 4))
    halt = BY_NAME["ctc2 (halt)"].encode()
    kernel = decode(KERNEL_BASE + 4 * np.arange(4), np.array([halt] * 4, np.uint32), vectors)
    rows = Rows.concatenate([decode(address, chosen, vectors), kernel])
    program = Program(rows, np.zeros((0, 2), np.int64), 0, np.zeros(128, np.int64), "words")
    endings: Counter[str] = Counter()
    for entry, word in zip(address.tolist(), chosen.tolist(), strict=True):
        one = dataclasses.replace(program, entry=entry)
        if ((rows.address == entry) & (rows.code != 0)).any():
            # An instruction of the kernel, used outside: SIGILL, which is proven.
            assert run(one).rows == trace(one).row_count == 2
            endings["SIGILL"] += 1
            continue
        messages = set()
        for runner in (run, trace):
            with pytest.raises(GuestFault, match="not an instruction") as fault:
                runner(one)
            assert (fault.value.pc, fault.value.word, fault.value.exit_code) == (entry, word, 132)
            messages.add(str(fault.value))
        assert len(messages) == 1
        endings["fault"] += 1
    assert endings["SIGILL"] >= 5 and endings["fault"] > 500


BLOCK, BASE, HALT = 64, 0x400000, KERNEL_BASE + 32


def accepted_program(words: np.ndarray) -> Program:
    """A block for each word: all registers point to the block's end, then the word, then nops.

    Jumps and branches lead there or into the nops; traps and calls of the kernel return there through $26.
    """
    image = load_kernel()
    vectors = Vectors(*range(KERNEL_BASE, KERNEL_BASE + 32, 8), image.vectors.routines)
    code = np.zeros((len(words) + 1, BLOCK), np.uint32)
    for number, word in enumerate(words.tolist()):
        end = BASE + 4 * (BLOCK * (number + 1) - 8)
        load = [BY_NAME["lui"].encode(rt=1, imm=end >> 16)]
        load += [BY_NAME["ori"].encode(rs=1, rt=1, imm=end & 0xFFFF)]
        load += [BY_NAME["addu"].encode(rs=1, rd=register) for register in range(2, 32)]
        code[number, : len(load) + 1] = [*load, word]
    code[-1, :4] = [
        BY_NAME["lui"].encode(rt=1, imm=HALT >> 16),
        BY_NAME["ori"].encode(rs=1, rt=1, imm=HALT & 0xFFFF),
        BY_NAME["jr"].encode(rs=1),
        0,
    ]
    code = code.reshape(-1)
    text = decode(BASE + 4 * np.arange(len(code), dtype=np.int64), code, vectors)
    back = [BY_NAME["jr"].encode(rs=26), 0]
    handlers = np.array([*back, *back, *back, *back, BY_NAME["ctc2 (halt)"].encode()], np.uint32)
    kernel = decode(KERNEL_BASE + 4 * np.arange(len(handlers), dtype=np.int64), handlers, vectors)
    floats = [
        decode(section.address + 4 * np.arange(len(section.words), dtype=np.int64), section.words, vectors)
        for section in image.float.sections
    ]
    rows = Rows.concatenate([text, kernel, *floats])
    registers = np.zeros(128, np.int64)
    registers[LLADDR] = NO_LINK
    return Program(rows, ranges_of(rows), BASE, registers, "words")


def test_accepted_words_run_and_satisfy_the_tables() -> None:
    words, ours = space()
    accepted = words[ours]
    # Not those that go to a place of their own: j, jal, bc1 far away; jr, jalr, loads and stores of $zero.
    opcode, function, rs = accepted >> 26, accepted & 63, accepted >> 21 & 31
    away = np.isin(opcode, (2, 3)) | (opcode == 0) & np.isin(function, (8, 9)) & (rs == 0)
    away |= (opcode >= 32) & (rs == 0)
    away |= (opcode == 0o21) & (rs == 8) & (accepted & 0xFFFF > 16)
    away |= (opcode == 0o23) & (function < 16) & (accepted >> 16 & 0x3FF == 0)
    accepted = accepted[~away]
    program = accepted_program(accepted)
    recorded = trace(program, max_rows=1 << 20)
    assert recorded.row_count == run(program).rows
    first = BASE + 4 * (BLOCK * np.arange(len(accepted), dtype=np.int64) + 32)
    executed = recorded.counts[np.searchsorted(program.rows.address, first)]
    np.testing.assert_array_equal(executed, 1)
    system = machine_system(SMALL)
    assert_valid(system, fill(system, recorded))
