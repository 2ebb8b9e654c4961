"""Loads, stores, the load-linked pair, hints."""

from __future__ import annotations

from zkm.isa.encoding import Fields, destination
from zkm.isa.instruction import Instruction, MicroCode, instruction, row
from zkm.isa.registers import LLADDR, NO_LINK, SINK, T0, T1, T2, T3, TLS

FAILED_STORE = 0xFFFE0000
"""Word that takes the store of a failed `sc`, whose last row needs some address; no program uses it."""

ZERO_OFFSET = 1 << 15
"""`imm` of a memory row operation without offset."""


@instruction("lw", "100011 rs rt imm")
def lw(f: Fields) -> MicroCode:
    """rt = word at rs + offset."""
    return [row("lw", r1=f.rs, r3=destination(f.rt), imm=f.offset)]


@instruction("sw", "101011 rs rt imm")
def sw(f: Fields) -> MicroCode:
    """Word at rs + offset = rt."""
    return [row("sw", r1=f.rs, r2=f.rt, imm=f.offset)]


def _part_load(name: str, opcode: str, summary: str) -> Instruction:
    def micro(f: Fields) -> MicroCode:
        return [row(name, r1=f.rs, r3=destination(f.rt), imm=f.offset)]

    micro.__doc__ = summary
    return instruction(name, f"{opcode} rs rt imm")(micro)


lb = _part_load("lb", "100000", "rt = byte at rs + offset, sign-extended.")
lbu = _part_load("lbu", "100100", "rt = byte at rs + offset.")
lh = _part_load("lh", "100001", "rt = half at rs + offset, sign-extended.")
lhu = _part_load("lhu", "100101", "rt = half at rs + offset.")


def _merging_load(name: str, opcode: str, summary: str) -> Instruction:
    def micro(f: Fields) -> MicroCode:
        return [row(name, r1=f.rs, r2=destination(f.rt), imm=f.offset)]

    micro.__doc__ = summary
    return instruction(name, f"{opcode} rs rt imm")(micro)


lwl = _merging_load("lwl", "100010", "Left part of rt = bytes from rs + offset to the end of its word.")
lwr = _merging_load("lwr", "100110", "Right part of rt = bytes from the start of the word to rs + offset.")


def _part_store(name: str, opcode: str, summary: str) -> Instruction:
    def micro(f: Fields) -> MicroCode:
        return [row(name, r1=f.rs, r2=f.rt, imm=f.offset)]

    micro.__doc__ = summary
    return instruction(name, f"{opcode} rs rt imm")(micro)


sb = _part_store("sb", "101000", "Byte at rs + offset = lowest byte of rt.")
sh = _part_store("sh", "101001", "Half at rs + offset = lower half of rt.")
swl = _part_store("swl", "101010", "Bytes from rs + offset to the end of its word = left part of rt.")
swr = _part_store("swr", "101110", "Bytes from the start of the word to rs + offset = right part of rt.")


@instruction("ll", "110000 rs rt imm")
def ll(f: Fields) -> MicroCode:
    """rt = word at rs + offset, and link that address."""
    return [
        row("addi", r1=f.rs, r3=LLADDR, imm=f.signed_immediate),
        row("lw", r1=LLADDR, r3=destination(f.rt), imm=ZERO_OFFSET),
    ]


@instruction("sc", "111000 rs rt imm")
def sc(f: Fields) -> MicroCode:
    """If rs + offset is linked: word there = rt and rt = 1; otherwise rt = 0."""
    return [
        row("addi", r1=f.rs, r3=T0, imm=f.signed_immediate),
        row("sub", r1=T0, r2=LLADDR, r3=T1),
        row("sltui", r1=T1, r3=T1, imm=1),
        row("move", r1=f.rt, r3=T2),
        row("li", r3=T3, imm=FAILED_STORE),
        row("select", r1=T0, r2=T1, r3=T3),
        row("li", r3=LLADDR, imm=NO_LINK),
        row("move", r1=T1, r3=destination(f.rt)),
        row("sw", r1=T3, r2=T2, imm=ZERO_OFFSET),
    ]


def _no_operation(mnemonic: str, pattern: str, summary: str) -> Instruction:
    def micro(_: Fields) -> MicroCode:
        return [row("li", r3=SINK)]

    micro.__doc__ = summary
    return instruction(mnemonic, pattern)(micro)


# One processor, no caches, and code never changes: nothing to order, fetch or write back.
sync = _no_operation("sync", "000000 00000 00000 00000 stype:5 001111", "Nothing.")
pref = _no_operation("pref", "110011 rs hint:5 imm", "Nothing.")
cache = _no_operation("cache", "101111 rs op:5 imm", "Nothing.")
synci = _no_operation("synci", "000001 rs 11111 imm", "Nothing.")


def _hardware_register(number: int, value: int, meaning: str) -> Instruction:
    """`rdhwr` of a register that is a constant of this processor."""

    def micro(f: Fields) -> MicroCode:
        return [row("li", r3=destination(f.rt), imm=value)]

    micro.__doc__ = f"rt = {value}: {meaning}."
    return instruction("rdhwr", f"011111 00000 rt {number:05b} 00000 111011", form=f"${number}")(micro)


# As on a 24K; time stands still, since it would be the prover's choice.
rdhwr_constants = (
    _hardware_register(0, 0, "number of the processor"),
    _hardware_register(1, 32, "step of `synci` in bytes"),
    _hardware_register(2, 0, "cycle counter"),
    _hardware_register(3, 2, "cycles per step of the counter"),
)


@instruction("rdhwr", "011111 00000 rt 11101 00000 111011", form="$29")
def rdhwr_thread_pointer(f: Fields) -> MicroCode:
    """rt = thread pointer."""
    return [row("move", r1=TLS, r3=destination(f.rt))]


MEMORY = (
    lw, sw, lb, lbu, lh, lhu, lwl, lwr, sb, sh, swl, swr, ll, sc, sync, pref, cache, synci,
    *rdhwr_constants, rdhwr_thread_pointer,
)  # fmt: skip
