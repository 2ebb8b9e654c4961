"""Memory pieces become words, rows and ranges."""

from __future__ import annotations

import numpy as np
import pytest

from zkm.errors import ProgramError
from zkm.isa.encoding import Vectors
from zkm.isa.instructions import BY_NAME
from zkm.program import image
from zkm.program.image import Piece, build_rows

VECTORS = Vectors(0, 4, 8, 12)
ADD = BY_NAME["addu"].encode(rs=1, rt=2, rd=3).to_bytes(4, "big")
DIV = BY_NAME["div"].encode(rs=1, rt=2).to_bytes(4, "big")


def test_pieces_with_odd_ends_share_a_word() -> None:
    rows, ranges = build_rows(
        [
            Piece(0x1007, b"\x77\x88", executable=False),
            Piece(0x1002, b"\x22\x33\x44\x55\x66", executable=False),
        ],
        VECTORS,
    )
    assert ranges.tolist() == [[0x400, 0x403]]
    assert rows.word.tolist() == [0x00002233, 0x44556677, 0x88000000]
    assert rows.address.tolist() == [0x1000, 0x1004, 0x1008]
    assert rows.code.tolist() == [0, 0, 0]


def test_only_executable_pieces_are_decoded() -> None:
    rows, ranges = build_rows(
        [
            Piece(0x1000, ADD + DIV, executable=True),
            Piece(0x1008, ADD, executable=False),
            Piece(0x2000, b"", executable=True),
            Piece(0x3000, ADD, executable=True),
        ],
        VECTORS,
    )
    assert ranges.tolist() == [[0x400, 0x403], [0xC00, 0xC01]]
    assert len(rows) == 1 + 15 + 1 + 1
    words = rows.is_image_word()
    assert rows.address[words].tolist() == [0x1000, 0x1004, 0x1008, 0x3000]
    assert (rows.code[words] != 0).tolist() == [True, True, False, True]
    assert not rows.word[~words].any()


def test_no_pieces() -> None:
    rows, ranges = build_rows([], VECTORS)
    assert (len(rows), ranges.shape) == (0, (0, 2))


def test_too_many_pieces() -> None:
    pieces = [Piece(0x1000 + 8 * number, b"x", executable=False) for number in range(127)]
    with pytest.raises(ProgramError, match="127 separate pieces"):
        build_rows(pieces, VECTORS)
    assert len(build_rows(pieces[:126], VECTORS)[1]) == 126


@pytest.mark.parametrize("executable", [False, True])
def test_too_many_rows(monkeypatch: pytest.MonkeyPatch, executable: bool) -> None:
    monkeypatch.setattr(image, "MAX_ROWS", 30)
    rows, _ = build_rows([Piece(0x1000, DIV * 2, executable=True)], VECTORS)
    assert len(rows) == 30
    with pytest.raises(ProgramError):
        build_rows([Piece(0x1000, DIV * 2, executable=True), Piece(0x2000, ADD, executable)], VECTORS)


def test_rows_are_in_order() -> None:
    rows, ranges = build_rows(
        [Piece(0x80000000, DIV * 3, executable=True), Piece(0x1000, DIV * 2 + b"x", executable=True)], VECTORS
    )
    words = rows.address[rows.is_image_word()]
    assert (np.diff(words) > 0).all()
    assert len(words) == (ranges[:, 1] - ranges[:, 0]).sum()
