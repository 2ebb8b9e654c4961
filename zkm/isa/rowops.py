"""The row operations: what one row of an instruction table can do.

Decoding turns every MIPS instruction into one to fifteen row operations, and everything behind the
decoder (interpreter, trace, tables, proof) knows only these. This is the only list of them: the
tables take their selector columns and flags from it, the program table its keys, the native
interpreter its codes.

Reading of one row, with a = register r1, b = register r2 (or `imm` where flag `fi` is set), c0 = the
old value of register r3, e = a + imm - 2^15 an address, X = the address of the next instruction
(pc + 4, or the pending jump target in a delay slot), all values 32-bit words:

====== ========= =============================================================================
table  name      effect
====== ========= =============================================================================
LI     li        r3 = imm
MOVE   move      r3 = a
ADDI   add / ltu r3 = a + imm mod 2^32 / (a < imm) unsigned                    (addi, sltui)
ADD    add ...   r3 = a + b, a - b mod 2^32, (a < b) unsigned                  (add, sub, ltu)
LOGIC  and ...   r3 = a & b, a | b, a ^ b, ~(a | b)                            (and, or, xor, nor)
SHIFT  shl       r3 = low word of a * imm, imm = 2^s
SHIFT  shr       r3 = high word of a * imm, imm = 2^(32-s)
SHIFT  rot       r3 = sum of both words of a * imm, imm = 2^(32-s)
MUL    mul_lo    r3 = low word of a * b
MUL    mul_hi    r3 = high word of a * b, unsigned
MUL    mul_his   r3 = high word of a * b, a signed, b unsigned
MUL    mul_rot   r3 = low word + high word of a * b (b a power of two: a rotation)
MUL    div_q     r3 = a / b unsigned; a where b = 0
MUL    div_r     r3 = a mod b unsigned; 0 where b = 0
MUL    lt        r3 = (a < b) signed
MUL    select    r3 = a where b = 1, c0 where b = 0 (b is boolean)
BITS   pow       r3 = 2^(a & 31)
BITS   copow     r3 = 2^(32 - (a & 31))
BITS   clz       r3 = number of leading zeros of a
LW     lw        r3 = word at e
SW     sw        word at e = b
LB     lb ...    r3 = byte or half at e, sign- or zero-extended                (lb, lbu, lh, lhu)
UNAL   lwl, lwr  r2 = merge of the word around e and b, as the MIPS instruction of that name
UNAL   sb ...    the word around e takes bytes of b, as that MIPS instruction  (sb, sh, swl, swr)
BZ     bz_eq/ne  branch to imm if a = 0 / a != 0
BEQ    beq/bne   branch to imm if a = b / a != b
JUMP   jump_reg  jump to a
JUMP   jump_imm  jump to imm
IO     in        word at e = next private word of the host
IO     out       word at e becomes output word number b
IO     halt      stop: a is the exit code, b the output length in bytes
====== ========= =============================================================================

Extra flags: `u` another row of the same instruction follows; `fi` b is imm; branches: `d` the delay
slot is executed, `L` (with d) the slot is skipped when not taken, (without d) the slot is a nop that
has no row of its own, neither: a trap; JUMP: `lk` r3 = pc + 8, `sy` (with lk) r3 = X, `d` the delay
slot is executed.
"""

from __future__ import annotations

from dataclasses import dataclass

INSTRUCTION_TABLES: tuple[str, ...] = (
    "LI", "MOVE", "ADDI", "ADD", "LOGIC", "SHIFT", "MUL", "BITS",
    "LW", "SW", "LB", "UNAL", "BZ", "BEQ", "JUMP", "IO",
)  # fmt: skip
"""Tables whose rows are executed steps, in the order of the codes."""

EXTRA_FLAGS: dict[str, tuple[str, ...]] = {
    "LI": ("u",),
    "MOVE": ("u",),
    "ADDI": ("u",),
    "ADD": ("u",),
    "LOGIC": ("fi", "u"),
    "SHIFT": ("u",),
    "MUL": ("fi", "u"),
    "BITS": ("u",),
    "LW": (),
    "SW": (),
    "LB": ("u",),
    "UNAL": ("u",),
    "BZ": ("d", "L"),
    "BEQ": ("d", "L"),
    "JUMP": ("lk", "sy", "d"),
    "IO": (),
}
"""Per table, the flags beside the selectors: number j is bit j of a row's `flags`."""


@dataclass(frozen=True)
class RowOp:
    """One row operation: selector column `selector` of table `table`; `code` >= 1 is its number in keys."""

    name: str
    table: str
    code: int
    selector: str

    def flag_bit(self, flag: str) -> int:
        """Value of an extra flag inside a row's `flags` (1, 2, 4 or 8)."""
        return 1 << EXTRA_FLAGS[self.table].index(flag)

    @property
    def has_more(self) -> bool:
        """True if a row of this operation can be followed by another row of the same instruction."""
        return "u" in EXTRA_FLAGS[self.table]


# (table, ((name, selector), ...)) in the order of the codes. Code 0 is no operation, so the zero padding
# of the program table cannot be executed.
_OPERATIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("LI", (("li", "m"),)),
    ("MOVE", (("move", "m"),)),
    ("ADDI", (("addi", "fa"), ("sltui", "fl"))),
    ("ADD", (("add", "fa"), ("sub", "fs"), ("ltu", "fl"))),
    ("LOGIC", (("and", "fand"), ("or", "for"), ("xor", "fxor"), ("nor", "fnor"))),
    ("SHIFT", (("shl", "fs"), ("shr", "fr"), ("rot", "fo"))),
    (
        "MUL",
        (
            ("mul_lo", "flo"), ("mul_hi", "fhi"), ("mul_his", "fhs"), ("mul_rot", "frot"),
            ("div_q", "fdq"), ("div_r", "fdr"), ("lt", "flt"), ("select", "fsel"),
        ),
    ),
    ("BITS", (("pow", "fp"), ("copow", "fq"), ("clz", "fz"))),
    ("LW", (("lw", "m"),)),
    ("SW", (("sw", "m"),)),
    ("LB", (("lb", "lb"), ("lbu", "lbu"), ("lh", "lh"), ("lhu", "lhu"))),
    ("UNAL", tuple((name, name) for name in ("lwl", "lwr", "sb", "sh", "swl", "swr"))),
    ("BZ", (("bz_eq", "fe"), ("bz_ne", "fn"))),
    ("BEQ", (("beq", "fe"), ("bne", "fn"))),
    ("JUMP", (("jump_reg", "fr"), ("jump_imm", "fi"))),
    ("IO", (("in", "fin"), ("out", "fout"), ("halt", "fh"))),
)  # fmt: skip


def _number_operations() -> tuple[RowOp, ...]:
    named = [(table, name, selector) for table, entries in _OPERATIONS for name, selector in entries]
    return tuple(RowOp(name, table, code, selector) for code, (table, name, selector) in enumerate(named, 1))


ROW_OPS: tuple[RowOp, ...] = _number_operations()
"""All row operations; ROW_OPS[i].code = i + 1."""

ROW_OP: dict[str, RowOp] = {operation.name: operation for operation in ROW_OPS}
"""The same by name."""


def operations_of(table: str) -> tuple[RowOp, ...]:
    """The row operations of one instruction table, in the order of their codes."""
    return tuple(operation for operation in ROW_OPS if operation.table == table)
