"""Every instruction of the list against QEMU's processor model, through the plain interpreter."""

from __future__ import annotations

import numpy as np
import pytest

from tests.isa.interpreter import Machine
from tests.isa.vectors import (
    CASE_BYTES,
    CODE,
    DATA,
    VECTORS,
    Cases,
    Results,
    compared_registers,
    make_cases,
    oracle,
)
from zkm.isa.decode import KERNEL_BASE, decode
from zkm.isa.encoding import Fields
from zkm.isa.instruction import Instruction
from zkm.isa.instructions import BY_NAME, INSTRUCTIONS
from zkm.isa.rows import Rows
from zkm.kernel import load_kernel

COUNT = 200
TRAP_VECTORS = (VECTORS.syscall, VECTORS.breakpoint, VECTORS.arithmetic, VECTORS.reserved)
FLOAT_IMAGE = load_kernel().float.code
SINGLE = [
    entry
    for entry in INSTRUCTIONS
    # Their effect is an entry into the kernel, or they exist in the kernel only: tests/kernel.
    # rdhwr $0, $2: unicorn has a running clock and another number; tests/isa/test_decode_space.py asks
    # qemu-mips.
    if not entry.privileged
    and entry.mnemonic not in ("syscall", "break")
    and entry.name not in ("rdhwr ($0)", "rdhwr ($2)")
]


def run(cases: Cases) -> Results:
    """The cases on the plain interpreter."""
    image = FLOAT_IMAGE.address + 4 * np.arange(len(FLOAT_IMAGE.words))
    rows = Rows.concatenate(
        [
            decode(cases.addresses(), cases.code.reshape(-1), VECTORS),
            decode(image, FLOAT_IMAGE.words, VECTORS),
        ]
    )
    machine = Machine(rows, 0)
    results = Results(np.zeros(len(cases.code), np.int64), cases.registers.copy(), cases.data.copy())
    for number in range(len(cases.code)):
        machine.registers = cases.registers[number].tolist()
        machine.memory.update(
            zip(range(DATA, DATA + 4 * cases.data.shape[1], 4), cases.data[number].tolist(), strict=True)
        )
        start = CODE + CASE_BYTES * number
        machine.pc, machine.delta = start, 0
        end = start + 4 * cases.instructions
        slot = start + 4 if cases.has_slot else None
        machine.step()
        while machine.pc not in TRAP_VECTORS and (
            machine.pc >= KERNEL_BASE or machine.delta or start <= machine.pc < end or machine.pc == slot
        ):
            if machine.pc == start and not machine.delta:
                break
            machine.step()
        results.pc[number] = -1 if machine.pc in TRAP_VECTORS else machine.pc
        results.registers[number] = machine.registers
        results.data[number] = [machine.memory[DATA + 4 * word] for word in range(cases.data.shape[1])]
    return results


@pytest.mark.parametrize("entry", SINGLE, ids=lambda entry: entry.name)
def test_instruction_equals_qemu(entry: Instruction) -> None:
    cases = make_cases(entry, COUNT)
    ours, theirs = run(cases), oracle(cases)
    completed = theirs.pc != -1
    np.testing.assert_array_equal(ours.pc, theirs.pc)
    np.testing.assert_array_equal(ours.data, theirs.data)
    # After a trap our destination register may hold the result: only the kernel can see it.
    compared = compared_registers(entry)
    np.testing.assert_array_equal(
        ours.registers[completed][:, compared], theirs.registers[completed][:, compared]
    )


def test_traps_are_both_taken_and_not() -> None:
    for name in ("add", "addi", "sub", "teq", "tne", "tge", "tgeu", "tlt", "tltu", "tgei", "tltiu"):
        taken = run(make_cases(BY_NAME[name], COUNT)).pc == -1
        assert 0 < taken.sum() < COUNT, name


def test_patterns_overlap_only_as_special_forms() -> None:
    """An entry hides part of a later one only if it is a special form of the same mnemonic."""
    for number, first in enumerate(INSTRUCTIONS):
        for second in INSTRUCTIONS[number + 1 :]:
            common = first.pattern.mask & second.pattern.mask
            if (first.pattern.match ^ second.pattern.match) & common == 0:
                assert first.form and first.mnemonic == second.mnemonic, (first.name, second.name)


def test_every_entry_decodes_to_itself() -> None:
    for entry in INSTRUCTIONS:
        word = np.array([entry.encode(**dict.fromkeys(entry.pattern.fields, 1))], np.uint32)
        if entry.pattern.text.startswith(("010001", "010011")):
            word = np.array([entry.encode(**dict.fromkeys(entry.pattern.fields, 2))], np.uint32)
        if entry.mnemonic in ("mfc0", "mtc0"):
            word = np.array([entry.encode(rt=1, rd=2)], np.uint32)
        rows = decode(np.array([KERNEL_BASE]), word, VECTORS)
        expected = [row.operation.code for row in entry.micro(fields_of(word))]
        assert rows.code.tolist() == expected, entry.name


def fields_of(word: np.ndarray):
    return Fields(word.astype(np.int64), np.array([KERNEL_BASE]), np.zeros(1, np.bool_), VECTORS)
