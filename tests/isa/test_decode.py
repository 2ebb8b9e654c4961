"""Decoding of texts: layout, delay slots, modes, and what every row must satisfy."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.isa.vectors import VECTORS
from zkm.errors import ProgramError
from zkm.isa.decode import KERNEL_BASE, decode
from zkm.isa.instructions import BY_NAME
from zkm.isa.registers import SINK
from zkm.isa.rowops import EXTRA_FLAGS, ROW_OP, ROW_OPS, operations_of
from zkm.isa.rows import MAX_ROWS_PER_INSTRUCTION, MICRO_STEP, Rows

NOP = 0
ADD = BY_NAME["addu"].encode(rs=1, rt=2, rd=3)
MULT = BY_NAME["mult"].encode(rs=1, rt=2)


def text(*words: int, at: int = 0x1000) -> Rows:
    return decode(at + 4 * np.arange(len(words)), np.array(words, np.uint32), VECTORS)


def random_text(count: int, base: int) -> Rows:
    """Random words, half of them with random fields of listed instructions."""
    random = np.random.default_rng(3)
    words = random.integers(0, 1 << 32, count, np.uint32)
    entries = list(BY_NAME.values())
    for number in range(0, count, 2):
        pattern = entries[number // 2 % len(entries)].pattern
        words[number] = words[number] & ~np.uint32(pattern.mask) | np.uint32(pattern.match)
    return decode(base + 4 * np.arange(count), words, VECTORS)


def test_micro_rows_follow_their_word() -> None:
    rows = text(ADD, MULT, ADD)
    steps = [0x1000, *(0x1004 + MICRO_STEP * step for step in range(6)), 0x1008]
    assert rows.address.tolist() == steps
    assert rows.word.tolist() == [ADD, MULT, 0, 0, 0, 0, 0, ADD]
    names = ["add", "mul_his", "shr", "mul_lo", "sub", "mul_lo", "move", "add"]
    assert [ROW_OPS[code - 1].name for code in rows.code] == names
    more = [ROW_OPS[code - 1].flag_bit("u") for code in rows.code]
    assert rows.flags.tolist() == [0, *more[1:6], 0, 0]


@pytest.mark.parametrize(
    ("name", "operation", "with_slot", "with_nop"),
    [
        ("beq", "beq", {"d"}, {"L"}),
        ("beql", "beq", {"d", "L"}, {"L"}),
        ("bne (rt = 0)", "bz_ne", {"d"}, {"L"}),
        ("bnel (rs = 0)", "bz_ne", {"d", "L"}, {"L"}),
        ("beq (b)", "jump_imm", {"d"}, set()),
        ("j", "jump_imm", {"d"}, set()),
        ("jal", "jump_imm", {"d", "lk"}, {"lk"}),
        ("jr", "jump_reg", {"d"}, set()),
        ("jalr", "jump_reg", {"d", "lk"}, {"lk"}),
    ],
)
def test_a_nop_in_the_slot_is_fused(name: str, operation: str, with_slot: set, with_nop: set) -> None:
    entry = BY_NAME[name]
    word = entry.encode(**{field: number + 1 for number, field in enumerate(entry.pattern.fields)})

    def flags(rows: Rows) -> set[str]:
        assert ROW_OPS[rows.code[0] - 1].name == operation
        names = EXTRA_FLAGS[ROW_OP[operation].table]
        return {flag for bit, flag in enumerate(names) if rows.flags[0] >> bit & 1}

    assert flags(text(word, ADD)) == with_slot
    assert flags(text(word, NOP)) == with_nop
    # Without a next word, or with one elsewhere, there is no nop to fuse.
    assert flags(text(word)) == with_slot
    apart = decode(np.array([0x1000, 0x2000]), np.array([word, NOP], np.uint32), VECTORS)
    assert flags(apart) == with_slot


def test_unknown_words_have_no_operation() -> None:
    unknown = [
        0xFFFFFFFF,
        BY_NAME["add.d"].encode(fd=1),
        BY_NAME["c.eq.d"].encode(ft=3),
        0x46000008,  # round.l.s, which needs 64-bit registers
        0x46C00000,  # add.ps
        0x78000000,
        0x7C0004C0 | 31 << 11,  # ext beyond the word
        BY_NAME["ins"].encode(rs=1, rt=2, msb=3, lsb=4),
        0x40800000,  # mtc0 of register 0
    ]
    rows = text(*unknown, at=KERNEL_BASE)
    assert len(rows) == len(unknown)
    assert not rows.code.any()
    assert rows.word.tolist() == unknown


def test_kernel_instructions_exist_in_the_kernel_only() -> None:
    for entry in BY_NAME.values():
        if not entry.privileged:
            continue
        word = entry.encode(rd=4) if "rd" in entry.pattern.fields else entry.encode()
        inside = text(word, at=KERNEL_BASE)
        outside = text(word, at=KERNEL_BASE - 4)
        reserved = (ROW_OP["jump_imm"].code, VECTORS.reserved)
        assert (outside.code[0], outside.imm[0]) == reserved
        assert (inside.code[0], inside.imm[0]) != reserved


@pytest.mark.parametrize("base", [0x400000, KERNEL_BASE])
def test_rows_are_well_formed(base: int) -> None:
    """What tables and machine rely on, for every row that decoding can make."""
    rows = random_text(20_000, base)
    assert set(rows.code.tolist()) >= {
        operation.code for operation in ROW_OPS if base == KERNEL_BASE or operation.table != "IO"
    }
    for operation in ROW_OPS:
        at = rows.code == operation.code
        for name, values in _used(operation.table, rows, at).items():
            assert not getattr(rows, name)[at][~values].any(), (operation.name, name)
        assert (rows.flags[at] >> len(EXTRA_FLAGS[operation.table]) == 0).all()
    writes = np.isin(rows.code, [o.code for table in WRITING for o in operations_of(table)])
    assert not (rows.r3[writes] == 0).any()
    loads = np.isin(rows.code, [ROW_OP["lwl"].code, ROW_OP["lwr"].code])
    assert not (rows.r2[loads] == 0).any()
    assert not (rows.r1 == SINK).any()
    assert ((rows.imm >= 0) & (rows.imm <= 1 << 32)).all()
    # No row says that another one follows when none does, and the other way round.
    more = np.zeros(len(rows), np.bool_)
    for operation in ROW_OPS:
        if operation.has_more:
            at = rows.code == operation.code
            more[at] = rows.flags[at] & operation.flag_bit("u") != 0
    follows = np.append(np.diff(rows.address) == MICRO_STEP, False)
    np.testing.assert_array_equal(more, follows)
    assert rows.address.max() < base + 4 * 20_000 + MICRO_STEP * MAX_ROWS_PER_INSTRUCTION


WRITING = ("LI", "MOVE", "ADDI", "ADD", "LOGIC", "SHIFT", "MUL", "BITS", "LW", "LB")


def _used(table: str, rows: Rows, at: np.ndarray) -> dict[str, np.ndarray]:
    """For r1, r2, r3 and imm: in which of the selected rows the table gives them a meaning."""
    always, never = np.ones(at.sum(), np.bool_), np.zeros(at.sum(), np.bool_)
    if table in ("LOGIC", "MUL"):
        immediate = rows.flags[at] & 1 != 0
        return {"r2": ~immediate, "imm": immediate}
    if table == "JUMP":
        register = rows.code[at] == ROW_OP["jump_reg"].code
        return {"r1": register, "r2": never, "r3": rows.flags[at] & 1 != 0, "imm": ~register}
    if table == "IO":
        halt = rows.code[at] == ROW_OP["halt"].code
        return {"r2": rows.code[at] != ROW_OP["in"].code, "r3": never, "imm": ~halt}
    used = {
        "LI": ("r3", "imm"),
        "MOVE": ("r1", "r3"),
        "ADDI": ("r1", "r3", "imm"),
        "ADD": ("r1", "r2", "r3"),
        "SHIFT": ("r1", "r3", "imm"),
        "BITS": ("r1", "r3"),
        "LW": ("r1", "r3", "imm"),
        "SW": ("r1", "r2", "imm"),
        "LB": ("r1", "r3", "imm"),
        "UNAL": ("r1", "r2", "imm"),
        "BZ": ("r1", "imm"),
        "BEQ": ("r1", "r2", "imm"),
    }[table]
    return {name: always if name in used else never for name in ("r1", "r2", "r3", "imm")}


def test_row_limit() -> None:
    words = np.array([ADD, MULT], np.uint32)
    assert len(decode(np.array([0, 4]), words, VECTORS, max_rows=7)) == 7
    with pytest.raises(ProgramError, match="2 words of code need 7 rows"):
        decode(np.array([0, 4]), words, VECTORS, max_rows=6)


def test_empty_text() -> None:
    assert len(text()) == 0


def test_large_texts_are_fast() -> None:
    """A million words in well under a second on an idle core; the limit leaves room for a busy one."""
    start = time.perf_counter()
    words = np.random.default_rng(1).integers(0, 1 << 32, 1_000_000, np.uint32)
    decode(4 * np.arange(len(words)), words, VECTORS)
    assert time.perf_counter() - start < 5
