"""System calls, traps, and the instructions that only the kernel has.

A trap is a branch to the kernel without a delay slot (d = L = 0). `syscall` and `break` jump there and
leave X, the address of the next instruction, in EPC, so that they also work in a delay slot.

The kernel's own instructions take encodings of coprocessors 0 and 2 that every assembler knows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zkm.isa.encoding import BoolArray, Fields, IntArray, destination
from zkm.isa.instruction import Instruction, MicroCode, MicroRow, instruction, row
from zkm.isa.registers import COP0, EPC, KERNEL_LAST, LLADDR, NO_LINK, T0, TLS

BREAK_OVERFLOW, BREAK_DIVIDE = 6, 7
"""Codes that compilers put into `break` and the traps for integer overflow and division by zero."""


def _enter_kernel(vector: IntArray | int) -> MicroRow:
    return row("jump_imm", r3=EPC, imm=vector, lk=1, sy=1)


def reserved(f: Fields) -> MicroCode:
    """SIGILL."""
    return [_enter_kernel(f.vectors.reserved)]


def _vector_of_code(f: Fields, code: IntArray) -> IntArray:
    arithmetic = (code == BREAK_OVERFLOW) | (code == BREAK_DIVIDE)
    return np.where(arithmetic, f.vectors.arithmetic, f.vectors.breakpoint)


@instruction("syscall", "000000 code:20 001100")
def syscall(f: Fields) -> MicroCode:
    """System call: number in $v0."""
    return [_enter_kernel(f.vectors.syscall)]


@instruction("break", "000000 code:20 001101")
def break_(f: Fields) -> MicroCode:
    """SIGFPE for codes 6 and 7, otherwise SIGTRAP."""
    # Assemblers have put a one-operand code into the upper ten bits; Linux accepts both places.
    upper, lower = f.bits(16, 10), f.bits(6, 10)
    code = np.where(upper == 0, lower, np.where(lower == 0, upper, -1))
    return [_enter_kernel(_vector_of_code(f, code))]


@instruction("teq", "000000 rs 00000 code:10 110100", form="rt = 0")
def teq_zero(f: Fields) -> MicroCode:
    """Trap if rs = 0."""
    return [row("bz_eq", r1=f.rs, imm=_vector_of_code(f, f.bits(6, 10)))]


# name, function code or rt field, how T0 or the comparison is made, trap when T0 = 0 or not
def _trap(
    mnemonic: str, function: str, summary: str, micro: Callable[[Fields, IntArray], MicroCode]
) -> Instruction:
    def with_vector(f: Fields) -> MicroCode:
        return micro(f, _vector_of_code(f, f.bits(6, 10)))

    with_vector.__doc__ = summary
    return instruction(mnemonic, f"000000 rs rt code:10 {function}")(with_vector)


def _trap_immediate(
    mnemonic: str, selector: str, summary: str, micro: Callable[[Fields], MicroCode]
) -> Instruction:
    micro.__doc__ = summary
    return instruction(mnemonic, f"000001 rs {selector} imm")(micro)


def _less(f: Fields) -> MicroRow:
    return row("lt", r1=f.rs, r2=f.rt, r3=T0)


def _less_unsigned(f: Fields) -> MicroRow:
    return row("ltu", r1=f.rs, r2=f.rt, r3=T0)


def _less_immediate(f: Fields) -> MicroRow:
    return row("lt", r1=f.rs, r3=T0, imm=f.signed_immediate, fi=1)


def _less_immediate_unsigned(f: Fields) -> MicroRow:
    return row("sltui", r1=f.rs, r3=T0, imm=f.signed_immediate)


def _equal_immediate(f: Fields, name: str) -> MicroCode:
    return [row("li", r3=T0, imm=f.signed_immediate), row(name, r1=f.rs, r2=T0, imm=f.vectors.breakpoint)]


TRAPS = (
    teq_zero,
    _trap("teq", "110100", "Trap if rs = rt.", lambda f, v: [row("beq", r1=f.rs, r2=f.rt, imm=v)]),
    _trap("tne", "110110", "Trap if rs != rt.", lambda f, v: [row("bne", r1=f.rs, r2=f.rt, imm=v)]),
    _trap("tge", "110000", "Trap if rs >= rt, signed.", lambda f, v: [_less(f), row("bz_eq", r1=T0, imm=v)]),
    _trap(
        "tgeu",
        "110001",
        "Trap if rs >= rt, unsigned.",
        lambda f, v: [_less_unsigned(f), row("bz_eq", r1=T0, imm=v)],
    ),
    _trap("tlt", "110010", "Trap if rs < rt, signed.", lambda f, v: [_less(f), row("bz_ne", r1=T0, imm=v)]),
    _trap(
        "tltu",
        "110011",
        "Trap if rs < rt, unsigned.",
        lambda f, v: [_less_unsigned(f), row("bz_ne", r1=T0, imm=v)],
    ),
    _trap_immediate("teqi", "01100", "Trap if rs = immediate.", lambda f: _equal_immediate(f, "beq")),
    _trap_immediate("tnei", "01110", "Trap if rs != immediate.", lambda f: _equal_immediate(f, "bne")),
    _trap_immediate(
        "tgei",
        "01000",
        "Trap if rs >= immediate, signed.",
        lambda f: [_less_immediate(f), row("bz_eq", r1=T0, imm=f.vectors.breakpoint)],
    ),
    _trap_immediate(
        "tgeiu",
        "01001",
        "Trap if rs >= immediate (sign-extended), unsigned.",
        lambda f: [_less_immediate_unsigned(f), row("bz_eq", r1=T0, imm=f.vectors.breakpoint)],
    ),
    _trap_immediate(
        "tlti",
        "01010",
        "Trap if rs < immediate, signed.",
        lambda f: [_less_immediate(f), row("bz_ne", r1=T0, imm=f.vectors.breakpoint)],
    ),
    _trap_immediate(
        "tltiu",
        "01011",
        "Trap if rs < immediate (sign-extended), unsigned.",
        lambda f: [_less_immediate_unsigned(f), row("bz_ne", r1=T0, imm=f.vectors.breakpoint)],
    ),
)


def _kernel_register(f: Fields) -> BoolArray:
    """Coprocessor-0 registers 2 to 15: thread pointer, link address, EPC and the kernel's own."""
    return (f.rd >= TLS - COP0) & (f.rd <= KERNEL_LAST - COP0)


@instruction("mfc0", "010000 00000 rt rd 00000000000", valid=_kernel_register, privileged=True)
def mfc0(f: Fields) -> MicroCode:
    """rt = kernel register rd."""
    return [row("move", r1=COP0 + f.rd, r3=destination(f.rt))]


@instruction("mtc0", "010000 00100 rt rd 00000000000", valid=_kernel_register, privileged=True)
def mtc0(f: Fields) -> MicroCode:
    """Kernel register rd = rt."""
    return [row("move", r1=f.rt, r3=COP0 + f.rd)]


@instruction("eret", "010000 1 0000000000000000000 011000", privileged=True)
def eret(_: Fields) -> MicroCode:
    """Drop the link of `ll` and jump to EPC (no delay slot)."""
    return [row("li", r3=LLADDR, imm=NO_LINK), row("jump_reg", r1=EPC)]


@instruction("lwc2", "110010 rs 00000 imm", form="in", privileged=True)
def host_in(f: Fields) -> MicroCode:
    """Word at rs + offset = next word of private input."""
    return [row("in", r1=f.rs, imm=f.offset)]


@instruction("swc2", "111010 rs rt imm", form="out", privileged=True)
def host_out(f: Fields) -> MicroCode:
    """Output word number rt = word at rs + offset."""
    return [row("out", r1=f.rs, r2=f.rt, imm=f.offset)]


@instruction("ctc2", "010010 00110 rt rd 00000000000", form="halt", privileged=True)
def halt(f: Fields) -> MicroCode:
    """Stop: rt is the exit code, rd the length of the output in bytes."""
    return [row("halt", r1=f.rt, r2=f.rd)]


SYSTEM = (syscall, break_, *TRAPS, mfc0, mtc0, eret, host_in, host_out, halt)
