"""Bitwise operations, conditional moves and bit counts."""

from __future__ import annotations

from zkm.isa.encoding import Fields, destination
from zkm.isa.instruction import MicroCode, instruction, row
from zkm.isa.registers import T0


@instruction("or", "000000 00000 00000 rd 00000 100101", form="rs = rt = 0")
def or_zero(f: Fields) -> MicroCode:
    """rd = 0."""
    return [row("li", r3=destination(f.rd))]


@instruction("or", "000000 rs 00000 rd 00000 100101", form="rt = 0")
def or_move(f: Fields) -> MicroCode:
    """rd = rs."""
    return [row("move", r1=f.rs, r3=destination(f.rd))]


@instruction("or", "000000 00000 rt rd 00000 100101", form="rs = 0")
def or_move_rt(f: Fields) -> MicroCode:
    """rd = rt."""
    return [row("move", r1=f.rt, r3=destination(f.rd))]


@instruction("and", "000000 rs rt rd 00000 100100")
def and_(f: Fields) -> MicroCode:
    """rd = rs & rt."""
    return [row("and", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


@instruction("or", "000000 rs rt rd 00000 100101")
def or_(f: Fields) -> MicroCode:
    """rd = rs | rt."""
    return [row("or", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


@instruction("xor", "000000 rs rt rd 00000 100110")
def xor(f: Fields) -> MicroCode:
    """rd = rs ^ rt."""
    return [row("xor", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


@instruction("nor", "000000 rs rt rd 00000 100111")
def nor(f: Fields) -> MicroCode:
    """rd = ~(rs | rt)."""
    return [row("nor", r1=f.rs, r2=f.rt, r3=destination(f.rd))]


@instruction("andi", "001100 rs rt imm")
def andi(f: Fields) -> MicroCode:
    """rt = rs & immediate."""
    return [row("and", r1=f.rs, r3=destination(f.rt), imm=f.immediate, fi=1)]


@instruction("ori", "001101 00000 rt imm", form="rs = 0")
def ori_li(f: Fields) -> MicroCode:
    """rt = immediate."""
    return [row("li", r3=destination(f.rt), imm=f.immediate)]


@instruction("ori", "001101 rs rt imm")
def ori(f: Fields) -> MicroCode:
    """rt = rs | immediate."""
    return [row("or", r1=f.rs, r3=destination(f.rt), imm=f.immediate, fi=1)]


@instruction("xori", "001110 rs rt imm")
def xori(f: Fields) -> MicroCode:
    """rt = rs ^ immediate."""
    return [row("xor", r1=f.rs, r3=destination(f.rt), imm=f.immediate, fi=1)]


@instruction("movz", "000000 rs rt rd 00000 001010")
def movz(f: Fields) -> MicroCode:
    """rd = rs if rt = 0."""
    return [row("sltui", r1=f.rt, r3=T0, imm=1), row("select", r1=f.rs, r2=T0, r3=destination(f.rd))]


@instruction("movn", "000000 rs rt rd 00000 001011")
def movn(f: Fields) -> MicroCode:
    """rd = rs if rt != 0."""
    return [row("ltu", r1=0, r2=f.rt, r3=T0), row("select", r1=f.rs, r2=T0, r3=destination(f.rd))]


# The manual wants rt = rd in clz and clo; processors ignore rt, and so do we.


@instruction("clz", "011100 rs rt rd 00000 100000")
def clz(f: Fields) -> MicroCode:
    """rd = number of leading zeros of rs."""
    return [row("clz", r1=f.rs, r3=destination(f.rd))]


@instruction("clo", "011100 rs rt rd 00000 100001")
def clo(f: Fields) -> MicroCode:
    """rd = number of leading ones of rs."""
    return [row("nor", r1=f.rs, r2=0, r3=T0), row("clz", r1=T0, r3=destination(f.rd))]


LOGIC = (or_zero, or_move, or_move_rt, and_, or_, xor, nor, andi, ori_li, ori, xori, movz, movn, clz, clo)
