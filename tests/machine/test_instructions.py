"""Every instruction on the native machine against QEMU's processor model."""

from __future__ import annotations

import numpy as np
import pytest

from tests.machine.batch import AFTER, TRAPPED
from tests.machine.cases import comparable, is_branch, make_batch
from zkm.isa.instruction import Instruction
from zkm.isa.instructions import BY_NAME

COUNT = 2_000


@pytest.mark.parametrize("entry", comparable(), ids=lambda entry: entry.name)
def test_instruction_equals_qemu(entry: Instruction) -> None:
    batch = make_batch(entry, COUNT)
    ours, theirs = batch.run_native(), batch.run_unicorn()
    trapped = theirs[:, TRAPPED] != 0
    np.testing.assert_array_equal(ours[:, TRAPPED], theirs[:, TRAPPED])
    # Not compared: the destination after a trap, which only the kernel can see.
    np.testing.assert_array_equal(ours[~trapped], theirs[~trapped])
    changed = ours[:, AFTER : AFTER + 34] != batch.records[:, :34]
    assert changed.any() or entry.mnemonic[0] in "bjst" or not entry.pattern.fields


@pytest.mark.parametrize("name", ["beq", "bnel (rt = 0)", "bltzal", "tge", "add", "sc"])
def test_both_outcomes_occur(name: str) -> None:
    entry = BY_NAME[name]
    batch = make_batch(entry, COUNT)
    records = batch.run_native()
    if is_branch(entry):
        happened = records[:, AFTER + 22] != batch.records[:, 22]
    elif name == "sc":
        happened = (records != batch.records)[:, 36:52].any(axis=1)
    else:
        happened = records[:, TRAPPED] != 0
    assert COUNT // 20 < happened.sum() < COUNT - COUNT // 20
