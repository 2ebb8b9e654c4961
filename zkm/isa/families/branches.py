"""Branches and jumps.

A delay slot that holds a nop needs no row: the branch then goes to its target at once (flag d = 0), and
if not taken past the nop (d = 0, L = 1). In the likely forms the slot is skipped when not taken
(d = 1, L = 1).
"""

from __future__ import annotations

from collections.abc import Callable

from zkm.isa.encoding import Fields, IntArray, Value, destination
from zkm.isa.families.float_registers import condition_bit
from zkm.isa.instruction import Instruction, MicroCode, MicroRow, instruction, row
from zkm.isa.registers import FCSR, RA, T0


def _slot(f: Fields, likely: bool) -> dict[str, Value]:
    """Flags d and L of a branch."""
    fused = f.slot_is_nop.astype("int64")
    return {"d": 1 - fused, "L": 1 if likely else fused}


def _branch(f: Fields, name: str, likely: bool, r1: Value, r2: Value = 0) -> MicroRow:
    return row(name, r1=r1, r2=r2, imm=f.branch_target, **_slot(f, likely))


def _jump(f: Fields, name: str, **operands: Value) -> MicroRow:
    return row(name, d=1 - f.slot_is_nop.astype("int64"), **operands)


def _documented(
    mnemonic: str, pattern: str, summary: str, micro: Callable[[Fields], MicroCode], form: str = ""
) -> Instruction:
    micro.__doc__ = summary
    return instruction(mnemonic, pattern, form=form)(micro)


def _compare_branch(mnemonic: str, opcode: str, equal: bool, likely: bool) -> tuple[Instruction, ...]:
    """`beq` and its relatives; a comparison with `$zero` uses the smaller table."""
    word = "=" if equal else "!="
    slot = "; not taken: skip the slot" if likely else ""
    zero, general = ("bz_eq", "beq") if equal else ("bz_ne", "bne")
    return (
        _documented(
            mnemonic,
            f"{opcode} rs 00000 imm",
            f"Branch if rs {word} 0{slot}.",
            lambda f: [_branch(f, zero, likely, f.rs)],
            "rt = 0",
        ),
        _documented(
            mnemonic,
            f"{opcode} 00000 rt imm",
            f"Branch if rt {word} 0{slot}.",
            lambda f: [_branch(f, zero, likely, f.rt)],
            "rs = 0",
        ),
        _documented(
            mnemonic,
            f"{opcode} rs rt imm",
            f"Branch if rs {word} rt{slot}.",
            lambda f: [_branch(f, general, likely, f.rs, f.rt)],
        ),
    )


def _not_negative(register: IntArray) -> MicroRow:
    """T0 = 1 if register >= 0, signed."""
    return row("sltui", r1=register, r3=T0, imm=1 << 31)


def _positive(register: IntArray) -> MicroRow:
    """T0 = 1 if register > 0, signed."""
    return row("lt", r1=0, r2=register, r3=T0)


def _sign_branch(mnemonic: str, pattern: str, condition: str, likely: bool, link: bool) -> Instruction:
    """A branch on the sign of rs: the condition or its opposite as T0, $ra, then the branch."""
    test = _not_negative if condition in ("<", ">=") else _positive
    name = "bz_ne" if condition in (">=", ">") else "bz_eq"

    def micro(f: Fields) -> MicroCode:
        link_row = [row("li", r3=RA, imm=(f.pc + 8) & 0xFFFFFFFF)] if link else []
        return [test(f.rs), *link_row, _branch(f, name, likely, T0)]

    summary = f"{'$ra = pc + 8; branch' if link else 'Branch'} if rs {condition} 0"
    return _documented(mnemonic, pattern, summary + ("; not taken: skip the slot." if likely else "."), micro)


def _float_branch(mnemonic: str, selector: str, true: bool, likely: bool) -> Instruction:
    """A branch on a condition bit of FCSR."""

    def micro(f: Fields) -> MicroCode:
        name = "bz_ne" if true else "bz_eq"
        return [
            row("and", r1=FCSR, r3=T0, imm=condition_bit(f.bits(18, 3)), fi=1),
            _branch(f, name, likely, T0),
        ]

    summary = f"Branch if condition cc is {'true' if true else 'false'}"
    pattern = f"010001 01000 cc:3 {selector} imm"
    return _documented(mnemonic, pattern, summary + ("; not taken: skip the slot." if likely else "."), micro)


@instruction("beq", "000100 00000 00000 imm", form="b")
def b(f: Fields) -> MicroCode:
    """Branch always."""
    return [_jump(f, "jump_imm", imm=f.branch_target)]


@instruction("bgezal", "000001 00000 10001 imm", form="bal")
def bal(f: Fields) -> MicroCode:
    """$ra = pc + 8; branch always."""
    return [_jump(f, "jump_imm", r3=RA, imm=f.branch_target, lk=1)]


@instruction("j", "000010 index")
def j(f: Fields) -> MicroCode:
    """Jump to index * 4 in the region of the slot."""
    return [_jump(f, "jump_imm", imm=f.jump_target)]


@instruction("jal", "000011 index")
def jal(f: Fields) -> MicroCode:
    """$ra = pc + 8; jump to index * 4 in the region of the slot."""
    return [_jump(f, "jump_imm", r3=RA, imm=f.jump_target, lk=1)]


def _jump_register(mnemonic: str, hint: str) -> Instruction:
    return _documented(
        mnemonic,
        f"000000 rs 00000 00000 {hint} 001000",
        "Jump to rs.",
        lambda f: [_jump(f, "jump_reg", r1=f.rs)],
    )


def _jump_and_link_register(mnemonic: str, hint: str) -> Instruction:
    return _documented(
        mnemonic,
        f"000000 rs 00000 rd {hint} 001001",
        "rd = pc + 8; jump to rs.",
        lambda f: [_jump(f, "jump_reg", r1=f.rs, r3=destination(f.rd), lk=1)],
    )


BRANCHES = (
    b,
    *_compare_branch("beq", "000100", equal=True, likely=False),
    *_compare_branch("bne", "000101", equal=False, likely=False),
    *_compare_branch("beql", "010100", equal=True, likely=True),
    *_compare_branch("bnel", "010101", equal=False, likely=True),
    _sign_branch("blez", "000110 rs 00000 imm", "<=", likely=False, link=False),
    _sign_branch("bgtz", "000111 rs 00000 imm", ">", likely=False, link=False),
    _sign_branch("blezl", "010110 rs 00000 imm", "<=", likely=True, link=False),
    _sign_branch("bgtzl", "010111 rs 00000 imm", ">", likely=True, link=False),
    _sign_branch("bltz", "000001 rs 00000 imm", "<", likely=False, link=False),
    _sign_branch("bgez", "000001 rs 00001 imm", ">=", likely=False, link=False),
    _sign_branch("bltzl", "000001 rs 00010 imm", "<", likely=True, link=False),
    _sign_branch("bgezl", "000001 rs 00011 imm", ">=", likely=True, link=False),
    bal,
    _sign_branch("bltzal", "000001 rs 10000 imm", "<", likely=False, link=True),
    _sign_branch("bgezal", "000001 rs 10001 imm", ">=", likely=False, link=True),
    _sign_branch("bltzall", "000001 rs 10010 imm", "<", likely=True, link=True),
    _sign_branch("bgezall", "000001 rs 10011 imm", ">=", likely=True, link=True),
    _float_branch("bc1f", "00", true=False, likely=False),
    _float_branch("bc1t", "01", true=True, likely=False),
    _float_branch("bc1fl", "10", true=False, likely=True),
    _float_branch("bc1tl", "11", true=True, likely=True),
    j,
    jal,
    _jump_register("jr", "00000"),
    _jump_register("jr.hb", "10000"),
    _jump_and_link_register("jalr", "00000"),
    _jump_and_link_register("jalr.hb", "10000"),
)
