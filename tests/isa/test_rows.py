"""The structure of decoded rows."""

from __future__ import annotations

import numpy as np

from zkm.isa.rows import MICRO_STEP, Rows


def sample() -> Rows:
    small = np.array([3, 2], np.uint8)
    return Rows(
        np.array([0x1000, 0x1000 + MICRO_STEP]),
        np.array([0xFFFFFFFF, 0], np.uint32),
        np.array([46, 1], np.uint8),
        small,
        np.array([127, 0], np.uint8),
        np.array([0, 127], np.uint8),
        np.array([96, 127], np.uint8),
        np.array([0, 1 << 32]),
    )


def test_keys() -> None:
    expected = [46 + (3 << 8) + (127 << 12) + (96 << 28), 1 + (2 << 8) + (127 << 20) + (127 << 28)]
    assert sample().keys().tolist() == expected
    assert sample().is_image_word().tolist() == [True, False]


def test_concatenation() -> None:
    data = Rows.data(np.array([0, 4]), np.array([7, 8], np.uint32))
    joined = Rows.concatenate([data, sample()])
    assert joined.address.tolist() == [0, 4, 0x1000, 0x1000 + MICRO_STEP]
    assert joined.code.tolist() == [0, 0, 46, 1]
    assert [array.dtype for array in joined.arrays()] == [array.dtype for array in data.arrays()]
    assert data.keys().tolist() == [0, 0]
    assert len(Rows.concatenate([])) == 0
