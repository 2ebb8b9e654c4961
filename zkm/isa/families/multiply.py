"""Multiplication, division and the HI and LO registers."""

from __future__ import annotations

from zkm.isa.encoding import Fields, IntArray, destination
from zkm.isa.instruction import MicroCode, instruction, row
from zkm.isa.registers import HI, LO, T0, T1, T2, T3, T4, T5


@instruction("mfhi", "000000 00000 00000 rd 00000 010000")
def mfhi(f: Fields) -> MicroCode:
    """rd = HI."""
    return [row("move", r1=HI, r3=destination(f.rd))]


@instruction("mthi", "000000 rs 00000 00000 00000 010001")
def mthi(f: Fields) -> MicroCode:
    """HI = rs."""
    return [row("move", r1=f.rs, r3=HI)]


@instruction("mflo", "000000 00000 00000 rd 00000 010010")
def mflo(f: Fields) -> MicroCode:
    """rd = LO."""
    return [row("move", r1=LO, r3=destination(f.rd))]


@instruction("mtlo", "000000 rs 00000 00000 00000 010011")
def mtlo(f: Fields) -> MicroCode:
    """LO = rs."""
    return [row("move", r1=f.rs, r3=LO)]


@instruction("mul", "011100 rs rt rd 00000 000010")
def mul(f: Fields) -> MicroCode:
    """rd = low word of rs * rt (HI and LO keep their values)."""
    return [row("mul_lo", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


def _high_word_signed(a: IntArray, b: IntArray) -> MicroCode:
    """T1 = high word of a * b, both signed: the row takes b as unsigned, which adds 2^32 a for b < 0."""
    return [
        row("mul_his", r1=a, r2=b, r3=T1),
        row("shr", r1=b, r3=T2, imm=2),
        row("mul_lo", r1=T2, r2=a, r3=T2),
        row("sub", r1=T1, r2=T2, r3=T1),
    ]


@instruction("multu", "000000 rs rt 00000 00000 011001")
def multu(f: Fields) -> MicroCode:
    """(HI, LO) = rs * rt, unsigned."""
    return [row("mul_lo", r1=f.rs, r2=f.rt, r3=LO), row("mul_hi", r1=f.rs, r2=f.rt, r3=HI)]


@instruction("mult", "000000 rs rt 00000 00000 011000")
def mult(f: Fields) -> MicroCode:
    """(HI, LO) = rs * rt, signed."""
    return [
        *_high_word_signed(f.rs, f.rt),
        row("mul_lo", r1=f.rs, r2=f.rt, r3=LO),
        row("move", r1=T1, r3=HI),
    ]


def _accumulate(f: Fields) -> MicroCode:
    """(HI, LO) += (T1, T0); the carry out of LO is "the sum is below T0"."""
    return [
        row("mul_lo", r1=f.rs, r2=f.rt, r3=T0),
        row("add", r1=LO, r2=T0, r3=LO),
        row("ltu", r1=LO, r2=T0, r3=T0),
        row("add", r1=HI, r2=T1, r3=HI),
        row("add", r1=HI, r2=T0, r3=HI),
    ]


def _reduce(f: Fields) -> MicroCode:
    """(HI, LO) -= (T1, T0); the borrow out of LO is "LO is below T0"."""
    return [
        row("mul_lo", r1=f.rs, r2=f.rt, r3=T0),
        row("ltu", r1=LO, r2=T0, r3=T2),
        row("sub", r1=LO, r2=T0, r3=LO),
        row("sub", r1=HI, r2=T1, r3=HI),
        row("sub", r1=HI, r2=T2, r3=HI),
    ]


@instruction("madd", "011100 rs rt 00000 00000 000000")
def madd(f: Fields) -> MicroCode:
    """(HI, LO) += rs * rt, signed."""
    return _high_word_signed(f.rs, f.rt) + _accumulate(f)


@instruction("maddu", "011100 rs rt 00000 00000 000001")
def maddu(f: Fields) -> MicroCode:
    """(HI, LO) += rs * rt, unsigned."""
    return [row("mul_hi", r1=f.rs, r2=f.rt, r3=T1), *_accumulate(f)]


@instruction("msub", "011100 rs rt 00000 00000 000100")
def msub(f: Fields) -> MicroCode:
    """(HI, LO) -= rs * rt, signed."""
    return _high_word_signed(f.rs, f.rt) + _reduce(f)


@instruction("msubu", "011100 rs rt 00000 00000 000101")
def msubu(f: Fields) -> MicroCode:
    """(HI, LO) -= rs * rt, unsigned."""
    return [row("mul_hi", r1=f.rs, r2=f.rt, r3=T1), *_reduce(f)]


@instruction("muhu", "000000 rs rt rd 00011 011001", privileged=True)
def muhu(f: Fields) -> MicroCode:
    """rd = high word of rs * rt, unsigned (an instruction of release 6)."""
    return [row("mul_hi", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


def _magnitude(source: IntArray, sign: int, target: int) -> MicroCode:
    """sign = 1 if source < 0; target = |source|."""
    return [
        row("shr", r1=source, r3=sign, imm=2),
        row("move", r1=source, r3=target),
        row("sub", r1=0, r2=source, r3=T3),
        row("select", r1=T3, r2=sign, r3=target),
    ]


def _negate_if(sign: int, register: int) -> MicroCode:
    return [row("sub", r1=0, r2=register, r3=T3), row("select", r1=T3, r2=sign, r3=register)]


# Division by zero is UNPREDICTABLE in the manual; like QEMU we give LO = rs, HI = 0.


@instruction("divu", "000000 rs rt 00000 00000 011011")
def divu(f: Fields) -> MicroCode:
    """LO = rs / rt, HI = rs mod rt, unsigned."""
    return [row("div_q", r1=f.rs, r2=f.rt, r3=LO), row("div_r", r1=f.rs, r2=f.rt, r3=HI)]


@instruction("div", "000000 rs rt 00000 00000 011010")
def div(f: Fields) -> MicroCode:
    """LO = rs / rt, HI = rs mod rt, signed (the remainder has the sign of rs)."""
    return [
        *_magnitude(f.rs, T0, T4),
        *_magnitude(f.rt, T1, T5),
        row("div_q", r1=T4, r2=T5, r3=LO),
        row("div_r", r1=T4, r2=T5, r3=HI),
        row("xor", r1=T0, r2=T1, r3=T1),
        *_negate_if(T1, LO),
        *_negate_if(T0, HI),
    ]


MULTIPLY = (
    mfhi, mthi, mflo, mtlo, mul, multu, mult, madd, maddu, msub, msubu, muhu, divu, div,
)  # fmt: skip
