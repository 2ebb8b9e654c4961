"""Floating-point arithmetic: entries into the float image (zkm/kernel/float).

An instruction moves its operands into shadow registers, in the order of the o32 calling convention (a double
as two words, the high one first), and jumps to a routine. What a routine returns goes through one of the
image's stores, picked here by the number of the destination register, back to the program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from zkm.isa.encoding import BoolArray, Fields, IntArray, Value
from zkm.isa.families.float_registers import condition_bit, fd, fs, ft, high, low
from zkm.isa.instruction import Instruction, MicroCode, MicroRow, instruction, row
from zkm.isa.registers import A0, FCSR, FPR, K0, K1, RA, S1, S2, S7, shadow

CAUSE = 0x0003F000
"""The cause bits of FCSR: what the last arithmetic instruction signalled."""

_SINGLE_BITS, _DOUBLE_BITS = 0x3F800000, 0x3FF00000
"""The number 1 as a single; high word of the double."""

_STORE_SINGLE, _STORE_DOUBLE = 8, 16
"""Bytes of one entry of the float image's stores."""

_MODE = 3

Operand = Callable[[Fields], IntArray]


def _to(register: int, source: Value) -> MicroRow:
    return row("move", r1=source, r3=shadow(register))


def _constant(register: int, value: Value) -> MicroRow:
    return row("li", r3=shadow(register), imm=value)


def _clear(bits: Value) -> MicroRow:
    return row("and", r1=FCSR, r3=FCSR, imm=0xFFFFFFFF ^ bits, fi=1)


def _enter(f: Fields, routine: str, link: int) -> MicroRow:
    """The last row: `link` = address of the next instruction."""
    return row("jump_imm", r3=shadow(link), imm=f.vectors.routine(routine), lk=1, sy=1)


def _words(double: bool, register: IntArray) -> list[IntArray]:
    return [high(register), low(register)] if double else [register]


def _call(f: Fields, routine: str, operands: Sequence[Value], double_result: bool) -> MicroCode:
    """operands: the register indexes of the operands' words. The result goes to fd."""
    if double_result:
        store = f.vectors.routine("store_double") + _STORE_DOUBLE * (f.sa >> 1)
    else:
        store = f.vectors.routine("store_single") + _STORE_SINGLE * f.sa
    return [
        _clear(CAUSE),
        *(_to(A0 + number, operand) for number, operand in enumerate(operands)),
        _constant(RA, store),
        _enter(f, routine, K0),
    ]


def _all_even(*registers: Operand) -> Callable[[Fields], BoolArray]:
    """Doubles lie in even registers; others are reserved."""

    def valid(f: Fields) -> BoolArray:
        even = np.ones(f.word.shape, np.bool_)
        for register in registers:
            even &= (register(f) & 1) == 0
        return even

    return valid


def _operation(
    name: str, function: str, routine: str, text: str, sources: Sequence[Operand]
) -> tuple[Instruction, Instruction]:
    """fd = routine(sources), of singles and of doubles."""

    def entry(double: bool) -> Instruction:
        def micro(f: Fields) -> MicroCode:
            operands = [word for source in sources for word in _words(double, source(f))]
            return _call(f, routine + ("_double" if double else "_single"), operands, double)

        micro.__doc__ = text
        field = "ft:5" if len(sources) == 2 else "00000"
        return instruction(
            f"{name}.{'d' if double else 's'}",
            f"010001 1000{int(double)} {field} fs:5 fd:5 {function}",
            valid=_all_even(*sources, fd) if double else None,
        )(micro)

    return entry(double=False), entry(double=True)


def _reciprocals() -> tuple[Instruction, Instruction]:
    def single(f: Fields) -> MicroCode:
        """fd = 1 / fs."""
        first, *rest = _call(f, "divide_single", [0, fs(f)], double_result=False)
        return [first, _constant(A0, _SINGLE_BITS), *rest[1:]]

    def double(f: Fields) -> MicroCode:
        """fd = 1 / fs."""
        first, *rest = _call(f, "divide_double", [0, 0, high(fs(f)), low(fs(f))], double_result=True)
        return [first, _constant(A0, _DOUBLE_BITS), *rest[1:]]

    return (
        instruction("recip.s", "010001 10000 00000 fs:5 fd:5 010101")(single),
        instruction("recip.d", "010001 10001 00000 fs:5 fd:5 010101", valid=_all_even(fs, fd))(double),
    )


def _fr(f: Fields) -> IntArray:
    """Register in bits 25-21."""
    return FPR + f.rs


def _fused(name: str, function: str, routine: str, text: str) -> tuple[Instruction, Instruction]:
    """fd = +-(fs * ft +- fr), rounded after the product and after the sum (not fused, like QEMU)."""

    def entry(double: bool) -> Instruction:
        def micro(f: Fields) -> MicroCode:
            factors = [*_words(double, fs(f)), *_words(double, ft(f))]
            call = _call(f, routine + ("_double" if double else "_single"), factors, double)
            third = [
                _to(target, word) for target, word in zip((S1, S2), _words(double, _fr(f)), strict=False)
            ]
            return [*third, *call]

        micro.__doc__ = text
        return instruction(
            f"{name}.{'d' if double else 's'}",
            f"010011 fr:5 ft:5 fs:5 fd:5 {function} 00{int(double)}",
            valid=_all_even(_fr, ft, fs, fd) if double else None,
        )(micro)

    return entry(double=False), entry(double=True)


def _conversion(
    name: str, format_: str, function: str, routine: str, text: str, wide_source: bool, wide_result: bool
) -> Instruction:
    def micro(f: Fields) -> MicroCode:
        return _call(f, routine, _words(wide_source, fs(f)), wide_result)

    micro.__doc__ = text
    doubles = [register for register, wide in ((fs, wide_source), (fd, wide_result)) if wide]
    pattern = f"010001 {format_} 00000 fs:5 fd:5 {function}"
    return instruction(name, pattern, valid=_all_even(*doubles) if doubles else None)(micro)


def _to_word(name: str, function: str, text: str, mode: int | None) -> tuple[Instruction, Instruction]:
    """fd = fs as a word, rounded by FCSR's mode or a given one."""

    def entry(double: bool) -> Instruction:
        def micro(f: Fields) -> MicroCode:
            operands = _words(double, fs(f))
            target = A0 + len(operands)
            if mode is None:
                how = row("and", r1=FCSR, r3=shadow(target), imm=_MODE, fi=1)
            else:
                how = _constant(target, mode)
            return [how, *_call(f, "word_of_double" if double else "word_of_single", operands, False)]

        micro.__doc__ = text
        return instruction(
            f"{name}.{'d' if double else 's'}",
            f"010001 1000{int(double)} 00000 fs:5 fd:5 {function}",
            valid=_all_even(fs) if double else None,
        )(micro)

    return entry(double=False), entry(double=True)


def _comparison(number: int, name: str) -> tuple[Instruction, Instruction]:
    """Condition cc = relation of fs and ft; `number` has bits unordered, equal, less, signaling."""

    def entry(double: bool) -> Instruction:
        def micro(f: Fields) -> MicroCode:
            bit = condition_bit(f.bits(8, 3))
            operands = [*_words(double, fs(f)), *_words(double, ft(f))]
            return [
                _clear(CAUSE | bit),
                *(_to(A0 + index, operand) for index, operand in enumerate(operands)),
                _constant(S7, number),
                _constant(K1, bit),
                _enter(f, "compare_double" if double else "compare_single", RA),
            ]

        parts = [text for bit, text in enumerate(("unordered", "fs = ft", "fs < ft")) if number >> bit & 1]
        signaling = "; invalid if unordered" if number & 8 else ""
        micro.__doc__ = f"Condition cc = {' or '.join(parts) or 'false'}{signaling}."
        return instruction(
            f"c.{name}.{'d' if double else 's'}",
            f"010001 1000{int(double)} ft:5 fs:5 cc:3 00 11 {number:04b}",
            valid=_all_even(fs, ft) if double else None,
        )(micro)

    return entry(double=False), entry(double=True)


CONDITIONS = (
    "f", "un", "eq", "ueq", "olt", "ult", "ole", "ule",
    "sf", "ngle", "seq", "ngl", "lt", "nge", "le", "ngt",
)  # fmt: skip

_NEAREST, _ZERO, _UP, _DOWN = range(4)

FLOAT_ARITHMETIC = (
    *_operation("add", "000000", "add", "fd = fs + ft.", (fs, ft)),
    *_operation("sub", "000001", "subtract", "fd = fs - ft.", (fs, ft)),
    *_operation("mul", "000010", "multiply", "fd = fs * ft.", (fs, ft)),
    *_operation("div", "000011", "divide", "fd = fs / ft.", (fs, ft)),
    *_operation("sqrt", "000100", "root", "fd = square root of fs.", (fs,)),
    *_reciprocals(),
    *_operation("rsqrt", "010110", "inverse_root", "fd = 1 / square root of fs.", (fs,)),
    *_fused("madd", "100", "multiply_add", "fd = fs * ft + fr."),
    *_fused("msub", "101", "multiply_subtract", "fd = fs * ft - fr."),
    *_fused("nmadd", "110", "negated_multiply_add", "fd = -(fs * ft + fr)."),
    *_fused("nmsub", "111", "negated_multiply_subtract", "fd = -(fs * ft - fr)."),
    _conversion("cvt.d.s", "10000", "100001", "double_of_single", "fd = single fs as a double.", False, True),
    _conversion("cvt.s.d", "10001", "100000", "single_of_double", "fd = double fs as a single.", True, False),
    _conversion("cvt.d.w", "10100", "100001", "double_of_word", "fd = word fs as a double.", False, True),
    _conversion("cvt.s.w", "10100", "100000", "single_of_word", "fd = word fs as a single.", False, False),
    *_to_word("cvt.w", "100100", "fd = fs as a word, rounded as FCSR says.", None),
    *_to_word("round.w", "001100", "fd = fs as a word, rounded to nearest.", _NEAREST),
    *_to_word("trunc.w", "001101", "fd = fs as a word, rounded towards zero.", _ZERO),
    *_to_word("ceil.w", "001110", "fd = fs as a word, rounded up.", _UP),
    *_to_word("floor.w", "001111", "fd = fs as a word, rounded down.", _DOWN),
    *(entry for number, name in enumerate(CONDITIONS) for entry in _comparison(number, name)),
)
