"""Shifts, rotations and bit fields: multiplications by powers of two."""

from __future__ import annotations

import numpy as np

from zkm.isa.encoding import BoolArray, Fields, Value, destination
from zkm.isa.instruction import MicroCode, MicroRow, instruction, row
from zkm.isa.registers import T0, T1


def _power(exponent: Value) -> Value:
    """2^exponent for exponents in [0, 32]."""
    return np.int64(1) << np.asarray(exponent, np.int64)


def _shift_left(source: Value, amount: Value, target: Value) -> MicroRow:
    return row("shl", r1=source, r3=target, imm=_power(amount))


def _shift_right(source: Value, amount: Value, target: Value) -> MicroRow:
    return row("shr", r1=source, r3=target, imm=_power(32 - amount))


def _shift_right_arithmetic(source: Value, amount: Value, target: Value) -> MicroRow:
    return row("mul_his", r1=source, r3=target, imm=_power(32 - amount), fi=1)


@instruction("sll", "000000 00000 rt rd sa 000000")
def sll(f: Fields) -> MicroCode:
    """rd = rt << sa."""
    return [_shift_left(f.rt, f.sa, destination(f.rd))]


@instruction("srl", "000000 00000 rt rd sa 000010")
def srl(f: Fields) -> MicroCode:
    """rd = rt >> sa, with zeros."""
    return [_shift_right(f.rt, f.sa, destination(f.rd))]


@instruction("sra", "000000 00000 rt rd sa 000011")
def sra(f: Fields) -> MicroCode:
    """rd = rt >> sa, with the sign."""
    return [_shift_right_arithmetic(f.rt, f.sa, destination(f.rd))]


@instruction("rotr", "000000 00001 rt rd sa 000010")
def rotr(f: Fields) -> MicroCode:
    """rd = rt rotated right by sa."""
    return [row("rot", r1=f.rt, r3=destination(f.rd), imm=_power(32 - f.sa))]


@instruction("sllv", "000000 rs rt rd 00000 000100")
def sllv(f: Fields) -> MicroCode:
    """rd = rt << (rs & 31)."""
    return [row("pow", r1=f.rs, r3=T0), row("mul_lo", r1=f.rt, r2=T0, r3=destination(f.rd))]


@instruction("srlv", "000000 rs rt rd 00000 000110")
def srlv(f: Fields) -> MicroCode:
    """rd = rt >> (rs & 31), with zeros."""
    return [row("copow", r1=f.rs, r3=T0), row("mul_hi", r1=f.rt, r2=T0, r3=destination(f.rd))]


@instruction("srav", "000000 rs rt rd 00000 000111")
def srav(f: Fields) -> MicroCode:
    """rd = rt >> (rs & 31), with the sign."""
    return [row("copow", r1=f.rs, r3=T0), row("mul_his", r1=f.rt, r2=T0, r3=destination(f.rd))]


@instruction("rotrv", "000000 rs rt rd 00001 000110")
def rotrv(f: Fields) -> MicroCode:
    """rd = rt rotated right by rs & 31."""
    return [row("copow", r1=f.rs, r3=T0), row("mul_rot", r1=f.rt, r2=T0, r3=destination(f.rd))]


@instruction("seb", "011111 00000 rt rd 10000 100000")
def seb(f: Fields) -> MicroCode:
    """rd = lowest byte of rt, sign-extended."""
    return [_shift_left(f.rt, 24, T0), _shift_right_arithmetic(T0, 24, destination(f.rd))]


@instruction("seh", "011111 00000 rt rd 11000 100000")
def seh(f: Fields) -> MicroCode:
    """rd = lower half of rt, sign-extended."""
    return [_shift_left(f.rt, 16, T0), _shift_right_arithmetic(T0, 16, destination(f.rd))]


@instruction("wsbh", "011111 00000 rt rd 00010 100000")
def wsbh(f: Fields) -> MicroCode:
    """rd = rt with the bytes of each half swapped."""
    return [
        row("and", r1=f.rt, r3=T0, imm=0x00FF00FF, fi=1),
        _shift_left(T0, 8, T0),
        _shift_right(f.rt, 8, T1),
        row("and", r1=T1, r3=T1, imm=0x00FF00FF, fi=1),
        row("add", r1=T0, r2=T1, r3=destination(f.rd)),
    ]


def _ext_in_word(f: Fields) -> BoolArray:
    """The field [lsb, lsb + size) of `ext`, size = msbd + 1, lies inside the word."""
    return f.sa + f.rd + 1 <= 32


@instruction("ext", "011111 rs rt msbd:5 lsb:5 000000", valid=_ext_in_word)
def ext(f: Fields) -> MicroCode:
    """rt = the msbd + 1 bits of rs from bit lsb on."""
    size = f.rd + 1
    return [_shift_left(f.rs, 32 - size - f.sa, T0), _shift_right(T0, 32 - size, destination(f.rt))]


def _ins_in_word(f: Fields) -> BoolArray:
    """`ins` names its field by lowest and highest bit, in this order."""
    return f.rd >= f.sa


@instruction("ins", "011111 rs rt msb:5 lsb:5 000100", valid=_ins_in_word)
def ins(f: Fields) -> MicroCode:
    """The bits lsb to msb of rt = the lowest bits of rs."""
    size = np.where(f.rd >= f.sa, f.rd - f.sa + 1, 1)
    kept = 0xFFFFFFFF - ((_power(size) - 1) << f.sa)
    return [
        _shift_left(f.rs, 32 - size, T0),
        _shift_right(T0, 32 - size - f.sa, T0),
        row("and", r1=f.rt, r3=T1, imm=kept, fi=1),
        row("add", r1=T0, r2=T1, r3=destination(f.rt)),
    ]


SHIFTS = (sll, srl, sra, rotr, sllv, srlv, srav, rotrv, seb, seh, wsbh, ext, ins)
