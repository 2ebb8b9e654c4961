"""Floating-point registers: moves, loads and stores, sign operations, control registers.

The registers hold 32-bit words (FR = 0); a double lies in an even register (low word) and the next one
(high word). As in QEMU, moves and loads of a double treat an odd register like the even one before it;
arithmetic refuses it. None of these rows looks at a value's meaning: signalling NaNs pass unchanged.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zkm.isa.encoding import BoolArray, Fields, IntArray, Value, destination
from zkm.isa.families.memory import ZERO_OFFSET
from zkm.isa.instruction import Instruction, MicroCode, MicroRow, instruction, row
from zkm.isa.registers import FCSR, FPR, SINK, T0, T1, T2

FIR = 0x00739300
"""Implementation register: single, double and word formats, and 64-bit registers (of which FR = 0 makes no
use); processor 0x93, a 24Kf."""

WRITABLE = 0xFF83FFFF
"""The bits of FCSR that `ctc1` changes: all but 22 to 18."""

# Bits of FCSR that the other control registers show: condition bits, causes and flags, enables and mode.
_FEXR, _FENR = 0x0003F07C, 0x00000F83
_RESERVED = 0x007C0000
_FLUSH_BIT, _FLUSH_BIT_IN_FENR = 24, 2
_ENABLES, _CAUSE_TO_ENABLE = 0xF80, 5
_UNIMPLEMENTED = 0x1000
"""The cause without an enable bit, shifted to the enables: it always traps."""


def condition_bit(cc: IntArray) -> IntArray:
    """The bit of FCSR that holds condition cc: 23, or 24 + cc."""
    return np.int64(1) << np.where(cc == 0, 23, 24 + cc)


def ft(f: Fields) -> IntArray:
    """Register in bits 20-16."""
    return FPR + f.rt


def fs(f: Fields) -> IntArray:
    """Register in bits 15-11."""
    return FPR + f.rd


def fd(f: Fields) -> IntArray:
    """Register in bits 10-6."""
    return FPR + f.sa


def low(register: IntArray) -> IntArray:
    """Index of a double's low word."""
    return register & ~1


def high(register: IntArray) -> IntArray:
    """Index of a double's high word."""
    return register | 1


def _entry(mnemonic: str, pattern: str, summary: str, micro: Callable[[Fields], MicroCode]) -> Instruction:
    micro.__doc__ = summary
    return instruction(mnemonic, pattern)(micro)


# Only a last row can be `lw` or `sw`. At a multiple of 4, `lwl` and `swl` move the whole word; at any
# other address the second row finds no memory and the program cannot continue.


def _load_double(base: Value, offset: Value, register: IntArray) -> MicroCode:
    return [
        row("lwl", r1=base, r2=high(register), imm=offset),
        row("lw", r1=base, r3=low(register), imm=offset + 4),
    ]


def _store_double(base: Value, offset: Value, register: IntArray) -> MicroCode:
    return [
        row("swl", r1=base, r2=high(register), imm=offset),
        row("sw", r1=base, r2=low(register), imm=offset + 4),
    ]


def _index(f: Fields) -> MicroRow:
    return row("add", r1=f.rs, r2=f.rt, r3=T0)


LOADS = (
    _entry(
        "lwc1",
        "110001 rs ft:5 imm",
        "ft = word at rs + offset.",
        lambda f: [row("lw", r1=f.rs, r3=ft(f), imm=f.offset)],
    ),
    _entry(
        "swc1",
        "111001 rs ft:5 imm",
        "Word at rs + offset = ft.",
        lambda f: [row("sw", r1=f.rs, r2=ft(f), imm=f.offset)],
    ),
    _entry(
        "ldc1",
        "110101 rs ft:5 imm",
        "(ft + 1, ft) = double word at rs + offset.",
        lambda f: _load_double(f.rs, f.offset, ft(f)),
    ),
    _entry(
        "sdc1",
        "111101 rs ft:5 imm",
        "Double word at rs + offset = (ft + 1, ft).",
        lambda f: _store_double(f.rs, f.offset, ft(f)),
    ),
    _entry(
        "lwxc1",
        "010011 rs rt 00000 fd:5 000000",
        "fd = word at rs + rt.",
        lambda f: [_index(f), row("lw", r1=T0, r3=fd(f), imm=ZERO_OFFSET)],
    ),
    _entry(
        "swxc1",
        "010011 rs rt fs:5 00000 001000",
        "Word at rs + rt = fs.",
        lambda f: [_index(f), row("sw", r1=T0, r2=fs(f), imm=ZERO_OFFSET)],
    ),
    _entry(
        "ldxc1",
        "010011 rs rt 00000 fd:4 0 000001",
        "(fd + 1, fd) = double word at rs + rt.",
        lambda f: [_index(f), *_load_double(T0, ZERO_OFFSET, fd(f))],
    ),
    _entry(
        "sdxc1",
        "010011 rs rt fs:4 0 00000 001001",
        "Double word at rs + rt = (fs + 1, fs).",
        lambda f: [_index(f), *_store_double(T0, ZERO_OFFSET, fs(f))],
    ),
    _entry("prefx", "010011 rs rt hint:5 00000 001111", "Nothing.", lambda _: [row("li", r3=SINK)]),
)


def _same(source: IntArray, target: IntArray) -> MicroRow:
    return row("move", r1=source, r3=target)


def _both(move: Callable[[IntArray, IntArray], MicroRow], f: Fields) -> MicroCode:
    """A move of the double fs to fd, by words."""
    return [move(low(fs(f)), low(fd(f))), move(high(fs(f)), high(fd(f)))]


def _absolute(source: IntArray, target: IntArray) -> MicroRow:
    return row("and", r1=source, r3=target, imm=0x7FFFFFFF, fi=1)


def _negative(source: IntArray, target: IntArray) -> MicroRow:
    return row("xor", r1=source, r3=target, imm=0x80000000, fi=1)


def _even(f: Fields) -> BoolArray:
    even: BoolArray = ((f.rd | f.sa) & 1) == 0
    return even


def _sign_operation(
    name: str, function: str, text: str, operation: Callable[[IntArray, IntArray], MicroRow]
) -> tuple[Instruction, Instruction]:
    def single(f: Fields) -> MicroCode:
        return [operation(fs(f), fd(f))]

    def double(f: Fields) -> MicroCode:
        return [_same(low(fs(f)), low(fd(f))), operation(high(fs(f)), high(fd(f)))]

    single.__doc__ = double.__doc__ = text
    return (
        instruction(f"{name}.s", f"010001 10000 00000 fs:5 fd:5 {function}")(single),
        instruction(f"{name}.d", f"010001 10001 00000 fs:5 fd:5 {function}", valid=_even)(double),
    )


def _conditional_move(
    name: str, field: str, function: str, text: str, condition: Callable[[Fields], MicroCode]
) -> tuple[Instruction, Instruction]:
    """fd = fs where `condition` leaves 1 in T0."""

    def choose(source: IntArray, target: IntArray) -> MicroRow:
        return row("select", r1=source, r2=T0, r3=target)

    def single(f: Fields) -> MicroCode:
        return [*condition(f), choose(fs(f), fd(f))]

    def double(f: Fields) -> MicroCode:
        return [*condition(f), *_both(choose, f)]

    single.__doc__ = double.__doc__ = text
    return (
        instruction(f"{name}.s", f"010001 10000 {field} fs:5 fd:5 {function}")(single),
        instruction(f"{name}.d", f"010001 10001 {field} fs:5 fd:5 {function}")(double),
    )


def _condition_true(f: Fields) -> MicroCode:
    """T0 = condition cc."""
    bit = np.where(f.bits(18, 3) == 0, 23, 24 + f.bits(18, 3))
    return [
        row("shl", r1=FCSR, r3=T0, imm=np.int64(1) << (31 - bit)),
        row("shr", r1=T0, r3=T0, imm=2),
    ]


def _condition_false(f: Fields) -> MicroCode:
    """T0 = 1 - condition cc."""
    return [*_condition_true(f), row("sltui", r1=T0, r3=T0, imm=1)]


def _zero(f: Fields) -> MicroCode:
    return [row("sltui", r1=f.rt, r3=T0, imm=1)]


def _not_zero(f: Fields) -> MicroCode:
    return [row("ltu", r1=0, r2=f.rt, r3=T0)]


MOVES = (
    _entry(
        "mfc1",
        "010001 00000 rt fs:5 00000000000",
        "rt = fs.",
        lambda f: [_same(fs(f), destination(f.rt))],
    ),
    _entry(
        "mtc1",
        "010001 00100 rt fs:5 00000000000",
        "fs = rt.",
        lambda f: [_same(f.rt, fs(f))],
    ),
    _entry(
        "mfhc1",
        "010001 00011 rt fs:5 00000000000",
        "rt = high word of the double fs.",
        lambda f: [_same(high(fs(f)), destination(f.rt))],
    ),
    _entry(
        "mthc1",
        "010001 00111 rt fs:5 00000000000",
        "High word of the double fs = rt.",
        lambda f: [_same(f.rt, high(fs(f)))],
    ),
    *_sign_operation("abs", "000101", "fd = |fs|, also of a NaN.", _absolute),
    *_sign_operation("neg", "000111", "fd = -fs, also of a NaN.", _negative),
    *_sign_operation("mov", "000110", "fd = fs.", _same),
    *_conditional_move("movf", "cc:3 00", "010001", "If condition cc is false: fd = fs.", _condition_false),
    *_conditional_move("movt", "cc:3 01", "010001", "If condition cc is true: fd = fs.", _condition_true),
    *_conditional_move("movz", "rt", "010010", "If rt = 0: fd = fs.", _zero),
    *_conditional_move("movn", "rt", "010011", "If rt != 0: fd = fs.", _not_zero),
    _entry(
        "movf",
        "000000 rs cc:3 00 rd 00000 000001",
        "If condition cc is false: rd = rs.",
        lambda f: [*_condition_false(f), row("select", r1=f.rs, r2=T0, r3=destination(f.rd))],
    ),
    _entry(
        "movt",
        "000000 rs cc:3 01 rd 00000 000001",
        "If condition cc is true: rd = rs.",
        lambda f: [*_condition_true(f), row("select", r1=f.rs, r2=T0, r3=destination(f.rd))],
    ),
)


def _trap_if_enabled(f: Fields) -> MicroCode:
    """SIGFPE if FCSR has a cause bit whose exception is enabled."""
    return [
        row("shr", r1=FCSR, r3=T0, imm=1 << (32 - _CAUSE_TO_ENABLE)),
        row("or", r1=FCSR, r3=T1, imm=_UNIMPLEMENTED, fi=1),
        row("and", r1=T0, r2=T1, r3=T0),
        row("and", r1=T0, r3=T0, imm=_ENABLES | _UNIMPLEMENTED, fi=1),
        row("bz_ne", r1=T0, imm=f.vectors.arithmetic),
    ]


def _field_of(source: Value, mask: int, shift: int, target: int) -> MicroCode:
    """target += the bits `mask` of `source`, moved up by `shift`."""
    return [
        row("and", r1=source, r3=T2, imm=mask, fi=1),
        row("shl", r1=T2, r3=T2, imm=1 << shift),
        row("add", r1=target, r2=T2, r3=target),
    ]


def _replace(f: Fields, kept: int, parts: MicroCode, refused: int) -> MicroCode:
    """FCSR = its bits `kept` plus what `parts` adds to T1, unless rt has a bit of `refused`."""
    return [
        row("and", r1=f.rt, r3=T0, imm=refused, fi=1),
        row("sltui", r1=T0, r3=T0, imm=1),
        row("and", r1=FCSR, r3=T1, imm=kept, fi=1),
        *parts,
        row("select", r1=T1, r2=T0, r3=FCSR),
    ]


def _control(code: int) -> str:
    return f"{code:05b} 00000000000"


def _read(code: int, name: str, text: str, micro: Callable[[Fields], MicroCode]) -> Instruction:
    micro.__doc__ = text
    return instruction("cfc1", f"010001 00010 rt {_control(code)}", form=name)(micro)


def _write(code: int, name: str, text: str, micro: Callable[[Fields], MicroCode]) -> Instruction:
    micro.__doc__ = text
    return instruction("ctc1", f"010001 00110 rt {_control(code)}", form=name)(micro)


def _read_conditions(f: Fields) -> MicroCode:
    return [
        row("shr", r1=FCSR, r3=T0, imm=1 << (32 - 24)),
        row("and", r1=T0, r3=T0, imm=0xFE, fi=1),
        row("shr", r1=FCSR, r3=T1, imm=1 << (32 - 23)),
        row("and", r1=T1, r3=T1, imm=1, fi=1),
        row("add", r1=T0, r2=T1, r3=destination(f.rt)),
    ]


def _read_enables(f: Fields) -> MicroCode:
    return [
        row("shr", r1=FCSR, r3=T0, imm=1 << (32 - (_FLUSH_BIT - _FLUSH_BIT_IN_FENR))),
        row("and", r1=T0, r3=T0, imm=1 << _FLUSH_BIT_IN_FENR, fi=1),
        row("and", r1=FCSR, r3=T1, imm=_FENR, fi=1),
        row("add", r1=T0, r2=T1, r3=destination(f.rt)),
    ]


def _write_conditions(f: Fields) -> MicroCode:
    parts = [*_field_of(f.rt, 0xFE, 24, T1), *_field_of(f.rt, 1, 23, T1)]
    return _replace(f, 0x017FFFFF, parts, refused=0xFFFFFF00)


def _write_exceptions(f: Fields) -> MicroCode:
    parts = [row("and", r1=f.rt, r3=T2, imm=_FEXR, fi=1), row("add", r1=T1, r2=T2, r3=T1)]
    return [*_replace(f, 0xFFFFFFFF ^ _FEXR, parts, refused=_RESERVED), *_trap_if_enabled(f)]


def _write_enables(f: Fields) -> MicroCode:
    parts = [
        row("and", r1=f.rt, r3=T2, imm=_FENR, fi=1),
        row("add", r1=T1, r2=T2, r3=T1),
        *_field_of(f.rt, 1 << _FLUSH_BIT_IN_FENR, _FLUSH_BIT - _FLUSH_BIT_IN_FENR, T1),
    ]
    kept = 0xFFFFFFFF ^ (1 << _FLUSH_BIT) ^ _FENR
    return [*_replace(f, kept, parts, refused=_RESERVED), *_trap_if_enabled(f)]


def _write_status(f: Fields) -> MicroCode:
    return [row("and", r1=f.rt, r3=FCSR, imm=WRITABLE, fi=1), *_trap_if_enabled(f)]


CONTROL = (
    _read(0, "FIR", "rt = implementation register.", lambda f: [row("li", r3=destination(f.rt), imm=FIR)]),
    *(_read(n, f"${n}", "rt = 0.", lambda f: [row("li", r3=destination(f.rt))]) for n in (1, 5)),
    _read(25, "FCCR", "rt = condition bits.", _read_conditions),
    _read(
        26,
        "FEXR",
        "rt = causes and flags.",
        lambda f: [row("and", r1=FCSR, r3=destination(f.rt), imm=_FEXR, fi=1)],
    ),
    _read(28, "FENR", "rt = enables, flush to zero, rounding mode.", _read_enables),
    # QEMU's meaning of the numbers that the manual does not define.
    _entry(
        "cfc1",
        "010001 00010 rt n:5 00000000000",
        "rt = control and status.",
        lambda f: [row("move", r1=FCSR, r3=destination(f.rt))],
    ),
    _write(25, "FCCR", "Condition bits = rt; nothing if rt has other bits.", _write_conditions),
    _write(26, "FEXR", "Causes and flags = rt; SIGFPE if a cause is enabled.", _write_exceptions),
    _write(28, "FENR", "Enables, flush to zero, rounding mode = rt; SIGFPE alike.", _write_enables),
    _write(31, "FCSR", "Control and status = rt; SIGFPE if a cause is enabled.", _write_status),
    _entry("ctc1", "010001 00110 rt n:5 00000000000", "Nothing.", lambda _: [row("li", r3=SINK)]),
)

FLOAT_REGISTERS = (*LOADS, *MOVES, *CONTROL)
