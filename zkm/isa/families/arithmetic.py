"""Addition, subtraction, comparison and constants."""

from __future__ import annotations

import numpy as np

from zkm.isa.encoding import Fields, destination
from zkm.isa.instruction import MicroCode, instruction, row
from zkm.isa.registers import SINK, T0, T1, T2


@instruction("sll", "00000000000000000000000000000000", form="nop")
def nop(_: Fields) -> MicroCode:
    """Nothing."""
    return [row("li", r3=SINK)]


@instruction("addu", "000000 00000 00000 rd 00000 100001", form="rs = rt = 0")
def addu_zero(f: Fields) -> MicroCode:
    """rd = 0."""
    return [row("li", r3=destination(f.rd))]


@instruction("addu", "000000 rs 00000 rd 00000 100001", form="rt = 0")
def addu_move(f: Fields) -> MicroCode:
    """rd = rs."""
    return [row("move", r1=f.rs, r3=destination(f.rd))]


@instruction("addu", "000000 00000 rt rd 00000 100001", form="rs = 0")
def addu_move_rt(f: Fields) -> MicroCode:
    """rd = rt."""
    return [row("move", r1=f.rt, r3=destination(f.rd))]


@instruction("addu", "000000 rs rt rd 00000 100001")
def addu(f: Fields) -> MicroCode:
    """rd = rs + rt."""
    return [row("add", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


@instruction("subu", "000000 rs rt rd 00000 100011")
def subu(f: Fields) -> MicroCode:
    """rd = rs - rt."""
    return [row("sub", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


@instruction("addiu", "001001 00000 rt imm", form="rs = 0")
def addiu_li(f: Fields) -> MicroCode:
    """rt = immediate, sign-extended."""
    return [row("li", r3=destination(f.rt), imm=f.signed_immediate)]


@instruction("addiu", "001001 rs rt 0000000000000000", form="imm = 0")
def addiu_move(f: Fields) -> MicroCode:
    """rt = rs."""
    return [row("move", r1=f.rs, r3=destination(f.rt))]


@instruction("addiu", "001001 rs rt imm")
def addiu(f: Fields) -> MicroCode:
    """rt = rs + immediate, sign-extended."""
    return [row("addi", r1=f.rs, r3=destination(f.rt), imm=f.signed_immediate)]


@instruction("lui", "001111 00000 rt imm")
def lui(f: Fields) -> MicroCode:
    """rt = immediate * 2^16."""
    return [row("li", r3=destination(f.rt), imm=f.immediate << 16)]


@instruction("slt", "000000 rs rt rd 00000 101010")
def slt(f: Fields) -> MicroCode:
    """rd = rs < rt, signed."""
    return [row("lt", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


@instruction("sltu", "000000 rs rt rd 00000 101011")
def sltu(f: Fields) -> MicroCode:
    """rd = rs < rt, unsigned."""
    return [row("ltu", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


@instruction("slti", "001010 rs rt imm")
def slti(f: Fields) -> MicroCode:
    """rt = rs < immediate, signed."""
    return [row("lt", r1=f.rs, r3=destination(f.rt), imm=f.signed_immediate, fi=1)]


@instruction("sltiu", "001011 rs rt imm")
def sltiu(f: Fields) -> MicroCode:
    """rt = rs < immediate (sign-extended), unsigned."""
    return [row("sltui", r1=f.rs, r3=destination(f.rt), imm=f.signed_immediate)]


# The trapping forms compare signs: a + b overflows exactly when "the sum is below a" contradicts "b is
# negative". The result is written before the trap is tested; after a trap nobody reads it, since the
# kernel ends the program.


@instruction("add", "000000 rs rt rd 00000 100000")
def add(f: Fields) -> MicroCode:
    """rd = rs + rt; overflow: SIGFPE."""
    return [
        row("add", r1=f.rs, r2=f.rt, r3=T0),
        row("lt", r1=T0, r2=f.rs, r3=T1),
        row("lt", r1=f.rt, r2=0, r3=T2),
        row("move", r1=T0, r3=destination(f.rd)),
        row("bne", r1=T1, r2=T2, imm=f.vectors.arithmetic),
    ]


@instruction("sub", "000000 rs rt rd 00000 100010")
def sub(f: Fields) -> MicroCode:
    """rd = rs - rt; overflow: SIGFPE."""
    return [
        row("sub", r1=f.rs, r2=f.rt, r3=T0),
        row("lt", r1=T0, r2=f.rs, r3=T1),
        row("lt", r1=0, r2=f.rt, r3=T2),
        row("move", r1=T0, r3=destination(f.rd)),
        row("bne", r1=T1, r2=T2, imm=f.vectors.arithmetic),
    ]


@instruction("addi", "001000 rs rt imm")
def addi(f: Fields) -> MicroCode:
    """rt = rs + immediate, sign-extended; overflow: SIGFPE."""
    negative = f.immediate >= 0x8000
    # T1 = sum < rs for an immediate >= 0, rs < sum for a negative one: 1 only after an overflow.
    return [
        row("addi", r1=f.rs, r3=T0, imm=f.signed_immediate),
        row("lt", r1=np.where(negative, f.rs, T0), r2=np.where(negative, T0, f.rs), r3=T1),
        row("move", r1=T0, r3=destination(f.rt)),
        row("bz_ne", r1=T1, imm=f.vectors.arithmetic),
    ]


ARITHMETIC = (
    nop, addu_zero, addu_move, addu_move_rt, addu, subu, addiu_li, addiu_move, addiu, lui,
    slt, sltu, slti, sltiu, add, sub, addi,
)  # fmt: skip
