"""Slots filled from tables, and their commitments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.tables.toy import TOY, toy_data, toy_system
from zkm import _native
from zkm.commit.kzg import commit_preprocessed, commit_slots, fill_slots
from zkm.commit.srs import Srs, development_srs, srs_length
from zkm.commit.stacking import place_blocks

STEPS = 21


@pytest.fixture(scope="module")
def srs(tmp_path_factory: pytest.TempPathFactory) -> Srs:
    path: Path = tmp_path_factory.mktemp("srs") / "toy.srs"
    return development_srs(path, srs_length(TOY, TOY.slot_length))


def test_every_column_lies_at_its_address() -> None:
    system = toy_system()
    tables = toy_data(system, STEPS)
    placement = place_blocks(system, [t.height for t in tables])
    slots = fill_slots(system, placement, [t.data for t in tables])
    cells = [slots.cells(s, placement.used).to_list() for s in range(placement.slots - 1)]
    covered = 0
    for block, address in zip(system.blocks, placement.addresses, strict=True):
        table = tables[block.table]
        for q in range(1 << block.size_bits):
            column = table.data[block.first - system.column_offset[block.table] + q].tolist()
            column += [0] * ((1 << table.height) - len(column))
            start = address % TOY.slot_length + (q << table.height)
            assert cells[address // TOY.slot_length][start : start + len(column)] == column
            covered += sum(x != 0 for x in column)
    assert covered == sum(x != 0 for slot in cells for x in slot), "nothing else is set"
    assert covered > 4 * STEPS


def test_a_program_s_commitments_do_not_depend_on_the_run(srs: Srs) -> None:
    system = toy_system()
    keys = []
    for steps in (3, STEPS):
        tables = toy_data(system, steps)
        placement = place_blocks(system, [t.height for t in tables])
        data = [t.data for t in tables]
        commitments = commit_slots(fill_slots(system, placement, data), srs)
        key = commit_preprocessed(system, placement, data, srs)
        assert key == commitments[:1]
        assert len(commitments) == placement.slots
        again = commit_slots(fill_slots(system, placement, data), srs)
        assert [a == b for a, b in zip(commitments, again, strict=True)] == [
            True,
            *[False] * (placement.slots - 1),
        ]
        keys.append(key)
    assert keys[0] == keys[1]
    # By the definition: column c of START at c · 2.
    tables = toy_data(system, 3)
    cells = [int(x) for column in tables[0].data[:2] for x in [*column, 0][:2]]
    assert keys[0] == [_native.g1_msm([srs.point(i) for i in range(4)], cells)]


def test_progress_is_reported(srs: Srs) -> None:
    system = toy_system()
    tables = toy_data(system, 5)
    placement = place_blocks(system, [t.height for t in tables])
    shares: list[float] = []
    commit_slots(fill_slots(system, placement, [t.data for t in tables]), srs, shares.append)
    assert shares == [(i + 1) / placement.slots for i in range(placement.slots)]


def test_data_that_does_not_fit() -> None:
    system = toy_system()
    tables = toy_data(system, 5)
    placement = place_blocks(system, [t.height for t in tables])
    data = [t.data for t in tables]
    data[1] = np.zeros((4, 9), dtype=np.int64)
    with pytest.raises(ValueError, match="STEP: 9 rows exceed height 3"):
        fill_slots(system, placement, data)
