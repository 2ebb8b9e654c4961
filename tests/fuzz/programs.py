"""Random programs: straight-line code, branches of all kinds, loops, calls, unaligned accesses, links.

A draft is a list of words with a few references between them; it can be placed at any address and is
run as one block of a `Batch`, several rounds of a loop, so that what one instruction leaves behind meets
every other. Its parts can be taken away one by one (they become nops), which is how a failing draft is
made small.

Registers: $28 points to the data window, $25 counts the rounds, $26 and $27 belong to the batch's loop,
$30 and $31 hold return addresses while a subroutine runs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

import numpy as np

from tests.isa.floats import makes_numbers, uses_float
from tests.isa.vectors import ALIGNMENT, is_predictable
from tests.machine.batch import CONTROL, WINDOW_WORDS, Batch, Loop, load_address, op
from tests.machine.cases import (
    NO_ENABLES,
    comparable,
    draw_fields,
    is_branch,
    is_conditional_trap,
    random_records,
    seed_of,
)
from zkm.isa.instruction import Instruction
from zkm.isa.instructions import BY_NAME, INSTRUCTIONS

POINTER, COUNTER, LINK, RA = 28, 25, 30, 31
BODY_WORDS, BLOCK_WORDS, ROUNDS = 120, 176, 3

OVERFLOWING = ("add", "addi", "sub")
CONDITIONAL_TRAPS = tuple(entry for entry in INSTRUCTIONS if is_conditional_trap(entry))
PLAIN = [
    entry
    for entry in comparable()
    if not is_branch(entry)
    and entry not in CONDITIONAL_TRAPS
    and not makes_numbers(entry)
    and entry.mnemonic not in ("break", "syscall", "ll", "sc", "ctc1")
]
HI_LO = [
    entry
    for entry in PLAIN
    if not uses_float(entry)
    and (
        entry.mnemonic[:4] in ("mult", "madd", "msub", "mfhi", "mflo", "mthi", "mtlo")
        or entry.mnemonic in ("div", "divu")
    )
]
MEMORY = [entry for entry in PLAIN if entry.mnemonic in ALIGNMENT]
WITH_OFFSET = [entry for entry in MEMORY if "imm" in entry.pattern.fields]
BRANCHES = [entry for entry in INSTRUCTIONS if is_branch(entry) and "imm" in entry.pattern.fields]
LINKING = [entry for entry in BRANCHES if "al" in entry.mnemonic]
NOT_LINKING = [entry for entry in BRANCHES if "al" not in entry.mnemonic]


@dataclass
class Draft:
    """words: with references still open; entry at word 0. record: registers and window (`Batch`).

    references: (word, kind, target): word `word` names the address of word `target`: as a branch, the
    upper or lower half of a constant, or a jump's index. units: sets of words that may become nops.
    """

    record: np.ndarray
    words: list[int] = field(default_factory=list)
    references: list[tuple[int, str, int]] = field(default_factory=list)
    units: list[tuple[int, ...]] = field(default_factory=list)

    def place(self, address: int) -> list[int]:
        """The words as they stand at an address."""
        words = list(self.words)
        for at, kind, target in self.references:
            destination = address + 4 * target
            if words[at] == 0:
                continue
            words[at] |= {
                "branch": (target - at - 1) & 0xFFFF,
                "upper": destination >> 16,
                "lower": destination & 0xFFFF,
                "jump": destination >> 2 & 0x3FFFFFF,
            }[kind]
        return words

    def without(self, unit: tuple[int, ...]) -> Draft:
        """The same with nops in place of some words."""
        words = [0 if number in unit else word for number, word in enumerate(self.words)]
        return replace(self, words=words)


def batch_of(drafts: list[Draft]) -> Batch:
    """The drafts as blocks of one program."""
    batch = Batch(Loop(floats=True), np.stack([draft.record for draft in drafts]), [], [], BLOCK_WORDS)
    for number, draft in enumerate(drafts):
        batch.records[number, POINTER] = batch.window(number)
        words = draft.place(batch.block_address(number))
        words += [op("j", index=batch.loop.done >> 2), 0]
        assert len(words) <= BLOCK_WORDS
        batch.blocks.append(words)
        batch.entries.append(0)
    return batch


def drafts(count: int, seed: int) -> list[Draft]:
    """`count` random programs; the same seed gives the same ones."""
    rng = random.Random(f"programs {seed}")
    records = random_records(seed_of(rng), count)
    records[:, CONTROL] &= NO_ENABLES
    return [_Writer(rng, records[number]).draft for number in range(count)]


class _Writer:
    """Writes one draft: set-up, body, end of the loop, and between loop and exit two subroutines."""

    def __init__(self, rng: random.Random, record: np.ndarray) -> None:
        self.rng = rng
        self.draft = Draft(record)
        self.kept = {POINTER, COUNTER}
        # Places that name a later item, and places that name the subroutine with a link register.
        self.forward: list[tuple[tuple[int, str], ...]] = []
        self.calls: list[tuple[tuple[tuple[int, str], ...], int]] = []
        length = rng.randrange(8, BODY_WORDS)

        self.add(op("addiu", rt=COUNTER, imm=ROUNDS))
        start = self.here
        boundaries = []
        while self.here < length:
            boundaries.append(self.here)
            self.item()
        boundaries.append(self.here)
        self.add(op("addiu", rs=COUNTER, rt=COUNTER, imm=0xFFFF))
        self.refer(((self.here, "branch"),), start)
        self.add(op("bgtz", rs=COUNTER), self.plain())
        exit_jump = self.here
        self.add(op("beq"), 0)
        entries = {RA: self.subroutine(RA), LINK: self.subroutine(LINK)}
        self.refer(((exit_jump, "branch"),), self.here)

        for places in self.forward:
            later = [boundary for boundary in boundaries if boundary > places[-1][0] + 1]
            self.refer(places, rng.choice(later[:6]))
        for places, link in self.calls:
            self.refer(places, entries[link])

    @property
    def here(self) -> int:
        return len(self.draft.words)

    def add(self, *words: int) -> None:
        self.draft.words.extend(words)

    def unit(self, *words: int) -> None:
        """Words that belong together."""
        self.draft.units.append(tuple(range(self.here, self.here + len(words))))
        self.add(*words)

    def refer(self, places: tuple[tuple[int, str], ...], target: int) -> None:
        self.draft.references += [(at, kind, target) for at, kind in places]

    def item(self) -> None:
        """One random piece of the body."""
        kind = self.rng.random()
        if kind < 0.14:
            self.branch()
        elif kind < 0.19:
            self.call()
        elif kind < 0.21:
            self.computed_jump()
        elif kind < 0.25:
            self.linked_pair()
        elif kind < 0.29:
            self.trap()
        elif kind < 0.33:
            self.unaligned_pair()
        elif kind < 0.37:
            self.other_base()
        else:
            self.unit(self.plain())

    # ------------------------------------------------------------ single instructions

    def plain(self, family: list[Instruction] | None = None) -> int:
        """An instruction that neither jumps nor traps, and leaves the kept registers alone."""
        if family is None:
            family = self.rng.choices((PLAIN, HI_LO, MEMORY), (5, 2, 2))[0]
        entry = self.rng.choice(family)
        while True:
            fields = draw_fields(entry, self.rng)
            size = ALIGNMENT.get(entry.mnemonic)
            if size is not None:
                offset = self.rng.randrange(0, 4 * WINDOW_WORDS, size)
                fields |= {"rs": POINTER, **({"imm": offset} if "imm" in fields else {"rt": 0})}
            if entry.mnemonic in OVERFLOWING:
                self.tame(entry, fields)
            written = {fields.get("rd"), fields.get("rt")}
            if is_predictable(entry, fields) and not written & self.kept:
                return entry.encode(**fields)

    def tame(self, entry: Instruction, fields: dict[str, int]) -> None:
        """No overflow: one operand is zero."""
        if entry.mnemonic == "addi":
            fields[self.rng.choice(("rs", "imm"))] = 0
        else:
            fields["rt"] = 0

    # ------------------------------------------------------------ items of several words

    def delayed(self, *words: int) -> None:
        """A branch or jump with what belongs before it, and its slot, which can become a nop alone."""
        slot = 0 if self.rng.random() < 0.25 else self.plain()
        self.unit(*words, slot)
        self.draft.units.append((self.here - 1,))

    def branch(self) -> None:
        entry = self.rng.choice(NOT_LINKING)
        self.forward.append(((self.here, "branch"),))
        self.delayed(entry.encode(**{**draw_fields(entry, self.rng), "imm": 0}))

    def call(self) -> None:
        self.kept |= {LINK, RA}
        kind = self.rng.randrange(4)
        if kind == 0:
            self.calls.append((((self.here, "jump"),), RA))
            self.delayed(op("jal"))
        elif kind < 3:
            entry = self.rng.choice(LINKING)
            fields = draw_fields(entry, self.rng)
            while fields.get("rs") == RA:
                fields = draw_fields(entry, self.rng)
            self.calls.append((((self.here, "branch"),), RA))
            self.delayed(entry.encode(**{**fields, "imm": 0}))
        else:
            link = self.rng.choice((RA, LINK))
            entry = BY_NAME[self.rng.choice(("jalr", "jalr.hb"))]
            self.calls.append((self.address_words(), link))
            self.through_register(entry, rd=link)
        self.kept -= {LINK, RA}

    def computed_jump(self) -> None:
        self.forward.append(self.address_words())
        self.through_register(BY_NAME[self.rng.choice(("jr", "jr.hb"))])

    def address_words(self) -> tuple[tuple[int, str], ...]:
        """Where `through_register` will put an address."""
        return ((self.here, "upper"), (self.here + 1, "lower"))

    def through_register(self, entry: Instruction, **fields: int) -> None:
        register = self.rng.randrange(2, 24)
        self.delayed(*load_address(register, 0), entry.encode(rs=register, **fields))

    def linked_pair(self) -> None:
        """`ll` and `sc` of one word, or of two; QEMU also compares values, so nothing stores between."""
        first = 4 * self.rng.randrange(WINDOW_WORDS)
        second = first if self.rng.random() < 0.7 else 4 * self.rng.randrange(WINDOW_WORDS)
        between = [self.plain(HI_LO) for _ in range(self.rng.randrange(3))]
        target, stored = (self.rng.choice(range(2, 24)) for _ in range(2))
        self.unit(
            op("ll", rs=POINTER, rt=target, imm=first), *between, op("sc", rs=POINTER, rt=stored, imm=second)
        )

    def trap(self) -> None:
        """Mostly one that is not taken."""
        entry = self.rng.choice(CONDITIONAL_TRAPS)
        fields = draw_fields(entry, self.rng)
        if self.rng.random() < 0.97:
            fields |= _false_condition(entry.mnemonic, fields)
        self.unit(entry.encode(**fields))

    def unaligned_pair(self) -> None:
        """lwl and lwr, or swl and swr, of one unaligned word, in either order."""
        kind, register = self.rng.choice(("lw", "sw")), self.rng.choice(range(2, 24))
        at = self.rng.randrange(4 * WINDOW_WORDS - 3)
        words = [
            op(f"{kind}l", rs=POINTER, rt=register, imm=at),
            op(f"{kind}r", rs=POINTER, rt=register, imm=at + 3),
        ]
        self.rng.shuffle(words)
        self.unit(*words)

    def other_base(self) -> None:
        """An access through a register just computed, with an offset of either sign."""
        base = self.rng.choice(range(2, 24))
        entry = self.rng.choice(WITH_OFFSET)
        size = ALIGNMENT[entry.mnemonic]
        at = self.rng.randrange(0, 4 * WINDOW_WORDS, size)
        offset = self.rng.choice((-0x8000, -size, 0, size, 0x7FF8))
        fields = {**draw_fields(entry, self.rng), "rs": base, "imm": offset & 0xFFFF}
        while {fields.get("rt")} & self.kept or not is_predictable(entry, fields):
            fields = {**draw_fields(entry, self.rng), "rs": base, "imm": offset & 0xFFFF}
        # The distance may need more than 16 bits: two steps.
        half = (at - offset) // 2
        self.unit(
            op("addiu", rs=POINTER, rt=base, imm=half & 0xFFFF),
            op("addiu", rs=base, rt=base, imm=(at - offset - half) & 0xFFFF),
            entry.encode(**fields),
        )

    def subroutine(self, link: int) -> int:
        """A few instructions and the way back through `link`; its first word's number."""
        self.kept = {POINTER, COUNTER, link}
        start = self.here
        for _ in range(self.rng.randrange(4)):
            self.unit(self.plain())
        self.add(op("jr", rs=link), self.plain())
        self.draft.units.append((self.here - 1,))
        return start


def _false_condition(mnemonic: str, fields: dict[str, int]) -> dict[str, int]:
    """Operands with which a conditional trap is not taken; the counter is above 0."""
    if mnemonic in ("tne", "tlt", "tltu"):
        return {"rt": fields["rs"]}
    if mnemonic in ("teqi", "tgei", "tgeiu"):
        return {"rs": 0, "imm": 1}
    if mnemonic in ("tnei", "tlti", "tltiu"):
        return {"rs": 0, "imm": 0}
    # teq, tge, tgeu, and teq with zero
    return {"rs": 0, "rt": COUNTER} if "rt" in fields else {"rs": COUNTER}
