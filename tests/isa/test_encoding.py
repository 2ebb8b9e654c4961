"""Bit patterns and fields."""

from __future__ import annotations

import numpy as np
import pytest

from tests.isa.vectors import VECTORS
from zkm.isa.encoding import Fields, Pattern, destination


def test_pattern() -> None:
    pattern = Pattern.parse("000000 rs rt rd 00000 100001")
    assert (pattern.mask, pattern.match) == (0xFC0007FF, 0x21)
    assert pattern.fields == {"rs": (21, 5), "rt": (16, 5), "rd": (11, 5)}
    assert pattern.encode(rs=4, rt=5, rd=2) == 0x00851021


@pytest.mark.parametrize("text", ["000000 rs rt rd 00000 10000", "000000 rs rt rd 00000 1000011", "code:33"])
def test_pattern_of_wrong_length(text: str) -> None:
    with pytest.raises(ValueError, match="bits"):
        Pattern.parse(text)


def test_fields_that_do_not_fit() -> None:
    pattern = Pattern.parse("001001 rs rt imm")
    with pytest.raises(ValueError, match="does not fit 5 bits"):
        pattern.encode(rs=32)
    with pytest.raises(ValueError, match="does not fit 16 bits"):
        pattern.encode(imm=-1)
    with pytest.raises(ValueError, match="no field rd"):
        pattern.encode(rd=1)


def test_targets_and_immediates() -> None:
    word = np.array([0x1000FFFF, 0x10000001, 0x0BFFFFFF, 0x24018000], np.int64)
    pc = np.array([0x400000, 0xFFFFFFF8, 0x0FFFFFFC, 0], np.int64)
    fields = Fields(word, pc, np.zeros(4, np.bool_), VECTORS)
    assert fields.branch_target[:2].tolist() == [0x400000, 0]
    assert fields.jump_target[2] == 0x1FFFFFFC
    assert fields.signed_immediate.tolist() == [0xFFFFFFFF, 1, 0xFFFFFFFF, 0xFFFF8000]
    assert fields.offset.tolist() == [0x7FFF, 0x8001, 0x7FFF, 0]


def test_zero_is_never_a_destination() -> None:
    assert destination(np.arange(32)).tolist() == [63, *range(1, 32)]
