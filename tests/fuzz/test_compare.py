"""Random instructions and programs against QEMU, in small numbers; planted errors are found."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.fuzz import compare, instructions
from tests.fuzz.programs import COUNTER, POINTER, batch_of, drafts
from tests.fuzz.shrink import shrink
from tests.isa.floats import makes_numbers
from tests.machine.batch import BLOCKS
from tests.machine.cases import comparable
from zkm.errors import GuestFault
from zkm.isa import decode
from zkm.isa.instruction import Instruction, row
from zkm.isa.instructions import BY_NAME, INSTRUCTIONS
from zkm.isa.registers import HI
from zkm.machine import trace


@pytest.mark.parametrize("seed", range(4))
def test_random_programs_equal_qemu_and_satisfy_the_tables(seed: int) -> None:
    outcome = compare.compare(compare.Task(count=400, traced=10, seed=1000 + seed))
    assert not outcome.findings, "\n".join(outcome.findings)
    assert outcome.kinds["completed"] > 300
    assert outcome.kinds["changed cells caught"] == 40


def test_every_instruction_gets_its_share() -> None:
    made = instructions.tasks(100_000, seed=3)
    counts = {
        entry.name: sum(task.count for task in made if task.name == entry.name) for entry in comparable()
    }
    assert min(counts.values()) == max(counts.values()) and sum(counts.values()) >= 100_000
    first = instructions.make_batch(BY_NAME["addu"], 5, 3).memory()
    again = instructions.make_batch(BY_NAME["addu"], 5, 3).memory()
    assert all(np.array_equal(left, right) for left, right in zip(first, again, strict=True))


def test_programs_are_varied() -> None:
    """Branches of all kinds, calls, links and slots are there and are executed."""
    batch = batch_of(drafts(200, 5))
    program = batch.program()
    executed = trace(program).counts
    words = program.rows.word[(executed > 0) & program.rows.is_image_word()]
    run = {
        entry.mnemonic for entry in INSTRUCTIONS if (words & entry.pattern.mask == entry.pattern.match).any()
    }
    missing = {entry.mnemonic for entry in comparable() if not makes_numbers(entry)} - run
    assert missing <= {"break", "syscall", "ctc1"}
    again = batch_of(drafts(200, 5))
    assert again.blocks == batch.blocks and np.array_equal(again.records, batch.records)


def wrong(name: str, micro) -> tuple[Instruction, ...]:
    """The instruction list with one entry that does something else."""
    return tuple(
        dataclasses.replace(entry, micro=micro) if entry.name == name else entry for entry in INSTRUCTIONS
    )


def planted(monkeypatch: pytest.MonkeyPatch, name: str, micro) -> None:
    monkeypatch.setattr(decode, "INSTRUCTIONS", wrong(name, micro))


def test_a_planted_error_is_found_by_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, "multu", lambda f: [row("mul_hi", r1=f.rs, r2=f.rt, r3=HI)])
    outcome = instructions.compare(instructions.Task("multu", 200, 0))
    assert "LO: ours" in outcome.findings[0] and "code " in outcome.findings[0]
    assert not instructions.compare(instructions.Task("mult", 200, 0)).findings


@pytest.mark.parametrize(
    ("name", "micro"),
    [
        ("lwr", lambda f: [row("lwl", r1=f.rs, r2=f.rt + 64 * (f.rt == 0), imm=f.offset)]),
        ("msub", BY_NAME["madd"].micro),
        ("bgezall", BY_NAME["bgezal"].micro),
    ],
)
def test_a_planted_error_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch, name: str, micro) -> None:
    planted(monkeypatch, name, micro)
    written = drafts(400, 7)
    failing = written[instructions.differing(*compare._run(written))[0]]
    small = shrink(failing, compare.fails)
    assert compare.fails(small)
    # What is left: the loop and its exit, the subroutines' returns, and the culprit with what shows it.
    fixed = shrink(failing, lambda _: True)
    assert np.count_nonzero(small.words) <= np.count_nonzero(fixed.words) + 4
    entry = BY_NAME[name]
    assert any(word & entry.pattern.mask == entry.pattern.match for word in small.words)
    report = compare._report(compare.Task(1, 0, 7), 0, small)
    assert name in report and "ours" in report


def test_a_refused_program_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that is missing (one that the float image does not use): ours faults where QEMU goes on."""
    rest = tuple(entry for entry in INSTRUCTIONS if entry.mnemonic != "wsbh")
    monkeypatch.setattr(decode, "INSTRUCTIONS", rest)
    failing = next(draft for draft in drafts(20, 7) if compare.fails(draft))
    with pytest.raises(GuestFault):
        batch_of([failing]).run_native()
    outcome = compare.compare(compare.Task(10, 0, 7))
    assert any("wsbh" in finding and "not an instruction" in finding for finding in outcome.findings)


def test_kept_registers_are_kept() -> None:
    for draft in drafts(50, 11):
        assert len(draft.place(BLOCKS)) == len(draft.words)
    ours = batch_of(drafts(50, 11)).run_native()
    assert (ours[:, 56 + COUNTER] == 0).sum() > 40 and ours[:, 56 + POINTER].all()
