"""Forged traces: what an adversary would write into the tables, with everything that follows adjusted.

Each forgery starts from an honest trace and changes cells, padding rows included, until only the rule
that forbids it is broken; the test states which rule that is. Multiplicities of lookup tables are the
adversary's too: lookups of values that a table holds count as balanced.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.isa.interpreter import Fault
from tests.tables.cases import LOOKUPS, holds
from tests.tables.programs import CODE, HALT, RAM, SYSTEM, access, run, tables_of
from tests.tables.recorder import BIAS, Recorder, make_program
from zkm.field import MODULUS
from zkm.isa.registers import REGISTER_BASE
from zkm.isa.rowops import EXTRA_FLAGS, INSTRUCTION_TABLES, operations_of
from zkm.machine.records import Trace
from zkm.program import load
from zkm.tables.data import TableData
from zkm.tables.exact import row_effect

WORD = RAM // 4
GUESTS = Path(__file__).parents[2] / "examples" / "guests"
QUARTER = pow(4, -1, MODULUS)


class Forgery:
    """An honest trace whose cells are changed; tables may be made higher."""

    def __init__(self, trace: Trace) -> None:
        self.data = tables_of(trace)
        self.changed: dict[tuple[str, int], list[int]] = {}

    def row(self, table: str, row: int) -> list[int]:
        """The honest cells of a row, zeros for padding: heights are the prover's choice."""
        cells = self.data[table].data
        if row >= cells.shape[1]:
            return [0] * len(cells)
        return [int(value) for value in cells[:, row]]

    def cells(self, table: str, row: int) -> dict[str, int]:
        return dict(zip(SYSTEM.table(table).all_columns, self.row(table, row), strict=True))

    def set(self, table: str, row: int, **cells: int) -> Forgery:
        """Change cells of a row, of a padding row too."""
        columns = SYSTEM.table(table).all_columns
        values = self.changed.setdefault((table, row), self.row(table, row))
        for name, value in cells.items():
            values[columns.index(name)] = value
        return self

    def broken(self) -> set[str]:
        """Names of broken constraints ("TABLE: name") and of unbalanced buses ("bus")."""
        found: set[str] = set()
        balance: Counter = Counter()
        for (table, row), cells in self.changed.items():
            index = SYSTEM.index(table)
            effect = row_effect(SYSTEM.compiled[index], cells)
            names = SYSTEM.tables[index].constraints
            found |= {f"{table}: {names[i].name}" for i in effect.broken}
            balance.update(effect.net)
            balance.subtract(row_effect(SYSTEM.compiled[index], self.row(table, row)).net)
        buses = {i.bus.id: i.bus.name for table in SYSTEM.tables for i in table.interactions}
        for (bus, entries), count in balance.items():
            if count % MODULUS and not (bus in LOOKUPS and holds(bus, entries)):
                found.add(buses[bus])
        return found


def written_then_read(image: bool) -> Trace:
    """*RAM = 0xdead; exit(*RAM); the word is part of the image or not."""
    rows = [access("sw", 6, RAM), access("lw", 4, RAM), HALT]
    data = [{"address": RAM, "word": 0}] if image else []
    code = [{"address": CODE + 4 * i, **row} for i, row in enumerate(rows)]
    return Recorder(make_program(data + code, {6: 0xDEAD}, entry=CODE)).run()


def read_zero_from_second_initialiser(image: bool) -> Forgery:
    """The load reads 0, from a second history of the word; everything but its initialiser is right."""
    forgery = Forgery(written_then_read(image))
    assert forgery.broken() == set()
    load_time = 3 + 1
    gap = 1
    forgery.set("LW", 0, v=0, gap_m=gap)
    forgery.set("IO", 0, a=0).set("OUTPUT", 0, p=0)
    forgery.set("BOOT", 4, vf=0)
    forgery.set("WORDS", 0, vf=0xDEAD, tf=2)
    forgery.set("WORDS", 1, w=WORD, t0=load_time - 1 - gap, v0=0, vf=0, tf=load_time)
    return forgery


def test_the_forgery_needs_a_second_initialiser() -> None:
    for image in (False, True):
        assert read_zero_from_second_initialiser(image).broken() == {"mem"}


@pytest.mark.parametrize("image", [False, True])
def test_second_initialiser_as_a_fresh_word(image: bool) -> None:
    for gap in (0, WORD, WORD + 1, 1):
        forgery = read_zero_from_second_initialiser(image).set("WORDS", 1, mf=1, g0=gap)
        assert forgery.broken() == {"link"}
    # The chain already stands behind the word: going back needs a negative gap.
    forgery = read_zero_from_second_initialiser(image)
    position = CODE // 4
    back = (WORD - (WORD + 1)) % MODULUS
    forgery.set("WORDS", 1, mf=1, g0=back)
    assert "r16" in forgery.broken() and position > WORD


@pytest.mark.parametrize("image", [False, True])
def test_second_initialiser_as_an_image_word(image: bool) -> None:
    forgery = read_zero_from_second_initialiser(image).set("WORDS", 1, mi=1)
    assert forgery.broken() == {"image"}
    # PROGRAM sends every image word once: touched is boolean.
    twice = read_zero_from_second_initialiser(image).set("WORDS", 1, mi=1)
    if image:
        twice.set("PROGRAM", 0, touched=2)
        assert twice.broken() == {"PROGRAM: touched is boolean"}


def test_touched_beside_a_padding_row() -> None:
    """Padding offers image(0, 0), which is no word that an access can reach."""
    padding = len(written_then_read(False).counts)
    forgery = read_zero_from_second_initialiser(False).set("WORDS", 1, mi=1)
    forgery.set("PROGRAM", padding, touched=1)
    assert forgery.broken() == {"image"}
    # The same for word 0 itself, where 0 is the right address but not the right tuple.
    first = Forgery(run([access("sw", 6, 0), access("lw", 4, 0), HALT], {6: 5}))
    first.set("LW", 0, v=0, gap_m=1).set("IO", 0, a=0).set("OUTPUT", 0, p=0).set("BOOT", 4, vf=0)
    first.set("WORDS", 0, vf=5, tf=2).set("WORDS", 1, mi=1, w=0, t0=2, v0=0, vf=0, tf=4)
    first.set("PROGRAM", 4, touched=1)
    assert first.broken() == {"image"}
    # What it does offer is the word at −2^35: harmless, nothing reads it.
    alone = Forgery(written_then_read(False))
    alone.set("PROGRAM", padding, touched=1)
    alone.set("WORDS", 1, mi=1, w=-(1 << 33), t0=9, v0=0, vf=0, tf=9)
    assert alone.broken() == set()


def test_touched_beside_a_further_row_of_an_instruction() -> None:
    """It offers a word at an address that no load or store reaches."""
    step = 1 << 36
    rows = [
        {"address": CODE, "word": 1, "op": "li", "r3": 6, "imm": 1, "flags": {"u"}},
        {"address": CODE + step, "op": "li", "r3": 6, "imm": 2},
        {"address": CODE + 4, "word": 2, **HALT},
    ]
    forgery = Forgery(Recorder(make_program(rows)).run())
    forgery.set("PROGRAM", 1, touched=1)
    forgery.set("WORDS", 0, mi=1, w=(CODE + step) // 4, t0=1, v0=0, vf=0, tf=1)
    assert forgery.broken() == set()
    highest_access, lowest_offer = (1 << 32) + (1 << 15), step
    assert highest_access < lowest_offer and 14 * step + (1 << 32) < REGISTER_BASE


@pytest.mark.parametrize("table", INSTRUCTION_TABLES)
def test_flags_in_a_row_outside_the_path(table: str) -> None:
    """With m = 0 no flag can be set, and no interaction is live whatever the other cells hold."""
    index = SYSTEM.index(table)
    compiled, columns = SYSTEM.compiled[index], SYSTEM.tables[index].all_columns
    selectors = {operation.selector for operation in operations_of(table)}
    extra = EXTRA_FLAGS[table]
    rng = random.Random(table)
    for bits in itertools.product((0, 1), repeat=len(extra)):
        for _ in range(20):
            cells = {name: rng.choice((0, 1, rng.randrange(MODULUS))) for name in columns}
            cells |= dict.fromkeys(selectors, 0) | dict(zip(extra, bits, strict=True))
            effect = row_effect(compiled, [cells[name] for name in columns])
            if any(bits):
                assert any(
                    SYSTEM.tables[index].constraints[i].name.endswith("is 0 unless m") for i in effect.broken
                )
            elif not effect.broken:
                assert not any(effect.multiplicities), cells
    # Selectors that cancel to m = 0 are not boolean.
    if len(selectors) > 1:
        first, second, *_ = sorted(selectors)
        cells = dict.fromkeys(columns, 0) | {first: 1, second: MODULUS - 1}
        assert row_effect(compiled, [cells[name] for name in columns]).broken


def test_link_flag_of_a_padding_jump_is_no_free_write() -> None:
    forgery = Forgery(run([{"op": "jump_imm", "imm": CODE + 4}, HALT], {5: 0}))
    forgery.set("JUMP", 1, ts=1, r3=4, pc=77 - 8, lk=1)
    assert "JUMP: lk is 0 unless m" in forgery.broken()


def test_out_with_another_value() -> None:
    """`out` publishes the word in memory; it cannot replace it on the way."""
    rows = [
        access("sw", 6, RAM),
        {"op": "li", "r3": 8, "imm": 2},
        {"op": "out", "r1": 0, "r2": 8, "imm": RAM + BIAS},
        HALT,
    ]
    forgery = Forgery(run(rows, {6: 0x61626364, 5: 4}))
    forgery.set("IO", 0, v=0x7A626364).set("OUTPUT", 2, p=0x7A626364).set("WORDS", 0, vf=0x7A626364)
    assert forgery.broken() == {"IO: out keeps the word"}
    only_public = Forgery(run(rows, {6: 0x61626364, 5: 4})).set("OUTPUT", 2, p=0x7A626364)
    assert only_public.broken() == {"output"}


def test_output_words_cannot_be_dropped_added_or_renumbered() -> None:
    def honest() -> Forgery:
        rows = [
            {"op": "li", "r3": 8, "imm": 2},
            {"op": "out", "r1": 0, "r2": 8, "imm": RAM + BIAS},
            HALT,
        ]
        return Forgery(run(rows, {5: 4, 4: 9}))

    assert honest().set("OUTPUT", 2, used=0, p=0).broken() == {"output"}
    assert honest().set("OUTPUT", 0, used=0, p=0).broken() == {"output"}
    assert honest().set("OUTPUT", 1, p=0).broken() == {"output"}
    assert honest().set("OUTPUT", 3, used=1, p=7, index=3).broken() == {"output"}
    assert honest().set("OUTPUT", 3, used=0, p=7, index=3).broken() == {"OUTPUT: p is 0 unless used"}
    assert honest().set("OUTPUT", 2, used=2).broken() >= {"OUTPUT: used is boolean"}


def test_input_is_a_word() -> None:
    """The word that `in` stores is free, but a word."""
    rows = [{"op": "in", "r1": 0, "imm": RAM + BIAS}, HALT]

    def honest() -> Forgery:
        return Forgery(
            Recorder(make_program([{"address": CODE + 4 * i, **r} for i, r in enumerate(rows)])).run()
        )

    other = honest().set("IO", 0, v=0x12345678, lo=0x5678).set("WORDS", 0, vf=0x12345678)
    assert other.broken() == set()
    for value in (1 << 32, -1, QUARTER):
        for low in (value & 0xFFFF, 0, 0xFFFF):
            forgery = honest().set("IO", 0, v=value, lo=low).set("WORDS", 0, vf=value)
            assert forgery.broken() == {"r16"}


def test_a_load_from_address_1_has_no_proof() -> None:
    """The kernel answers a read that is longer than asked for with this load: no proof may exist."""

    def load_from_1() -> Forgery:
        """A program with that load, as a run in which it reads 0 from its own word of memory."""
        forgery = Forgery(run([access("lw", 4, RAM), HALT]))
        forgery.set("PROGRAM", 0, imm=1 + BIAS).set("LW", 0, imm=1 + BIAS)
        assert forgery.broken() == {"mem"}
        return forgery

    # Word 1/4 has the address 1; it has no place on the chain and no row in the image.
    for gap in (0, QUARTER, QUARTER - 1, QUARTER - CODE // 4):
        forgery = load_from_1().set("WORDS", 0, w=QUARTER, g0=gap)
        assert forgery.broken() in ({"link"}, {"link", "r16"})
    as_image = load_from_1().set("WORDS", 0, w=QUARTER, mf=0, mi=1, g0=0, g1=0)
    assert as_image.broken() == {"link", "image"}
    as_image.set("PROGRAM", 2, touched=1)
    assert as_image.broken() == {"link", "image"}


@pytest.mark.parametrize("op", ["lw", "sw", "in", "out"])
def test_a_misaligned_word_access_has_no_proof(op: str) -> None:
    """Even a word of memory made up for the purpose does not help: its number is a fraction."""
    rows = [{"op": "li", "r3": 8, "imm": 2}, {"op": op, "r1": 6, "imm": BIAS}, HALT]
    rows[1] |= {"lw": {"r3": 9}, "sw": {"r2": 9}, "in": {}, "out": {"r2": 8}}[op]
    for offset in (1, 2, 3, 1 << 32):
        forgery = Forgery(run(rows, {6: RAM, 5: 4 if op == "out" else 0}))
        table = {"lw": "LW", "sw": "SW"}.get(op, "IO")
        forgery.set(table, 0, a=RAM + offset).set("BOOT", 6, v0=RAM + offset, vf=RAM + offset)
        assert forgery.broken() == {"mem"}
        forgery.set("WORDS", 0, w=(RAM + offset) * QUARTER)
        assert forgery.broken() == {"link"}


@pytest.mark.parametrize("op", ["lh", "lhu", "sh"])
@pytest.mark.parametrize("offset", [1, 3])
def test_a_misaligned_half_word_access_has_no_proof(op: str, offset: int) -> None:
    """The offset of a half word is 0 or 2, whatever the address."""
    row = {"op": op, "r1": 6, "imm": BIAS} | ({"r2": 9} if op == "sh" else {"r3": 9})
    forgery = Forgery(run([row, HALT], {6: RAM}))
    forgery.set("BOOT", 6, v0=RAM + offset, vf=RAM + offset)
    table = "UNAL" if op == "sh" else "LB"
    forgery.set(table, 0, a=RAM + offset, **{f"h{offset}": 1})
    assert forgery.broken() == {f"{table}: half words are aligned"}
    # Another offset names a word that is no multiple of 4.
    other = Forgery(run([row, HALT], {6: RAM})).set("BOOT", 6, v0=RAM + offset, vf=RAM + offset)
    assert other.set(table, 0, a=RAM + offset).broken() == {"mem"}
    assert other.set(table, 0, h2=1).broken() == {"mem"}


def test_a_read_longer_than_asked_for_ends_in_that_load() -> None:
    """A host that delivers more than the guest asked for: the kernel's run cannot continue."""
    program = load(GUESTS / "sha256" / "sha256.elf")
    recorder = Recorder(program, b"input")
    recorder.machine.more_than_asked = True
    with pytest.raises(Fault, match="load or store at 0x1"):
        recorder.run()


def two_outcomes() -> list[dict]:
    """exit(1) at the entry; behind it code that would exit with 0."""
    return [
        {"op": "li", "r3": 4, "imm": 1},
        HALT,
        {"op": "li", "r3": 4, "imm": 0},
        HALT,
    ]


def test_halting_twice() -> None:
    forgery = Forgery(run(two_outcomes()))
    halt = forgery.cells("IO", 0)
    forgery.set("IO", 1, **halt)
    assert {"state", "output"} <= forgery.broken()
    # Even with its own registers' history and no output of its own, no state leads to it.
    assert "state" in Forgery(run(two_outcomes())).set("IO", 1, **{**halt, "ts": 99}).broken()


def test_continuing_after_the_halt() -> None:
    """The row after the halting one has no state to receive."""
    forgery = Forgery(run(two_outcomes()))
    li = forgery.cells("LI", 0)
    forgery.set("LI", 1, **{**li, "ts": 6, "pc": CODE + 8, "imm": 0})
    assert "state" in forgery.broken()


def test_starting_elsewhere() -> None:
    """A run that starts at the other exit: BOOT sends the state of the entry point."""
    forgery = Forgery(run(two_outcomes()))
    forgery.set("LI", 0, pc=CODE + 8, imm=0).set("IO", 0, pc=CODE + 12, a=0).set("OUTPUT", 0, p=0)
    forgery.set("BOOT", 4, vf=0)
    forgery.set("PROGRAM", 0, n=0).set("PROGRAM", 1, n=0).set("PROGRAM", 2, n=1).set("PROGRAM", 3, n=1)
    assert forgery.broken() == {"state"}


def test_another_halt_beside_the_path_needs_a_closed_loop_of_states() -> None:
    """Rows that receive each other's state would have to return to their own time."""
    forgery = Forgery(run(two_outcomes()))
    jump = {"fi": 1, "a": CODE, "pc": CODE, "ts": 0}
    for count in (1, 2, 5):
        for i in range(count):
            forgery.set("JUMP", i, **{**jump, "ts": 3 * i})
        assert "state" in forgery.broken()


def test_a_lower_boot_table_drops_registers() -> None:
    """Why BOOT's height is a constant: at height 6 the upper registers have no initialiser."""
    trace = run([{"op": "move", "r1": 64, "r3": 4}, HALT])
    data = tables_of(trace)
    honest = data["BOOT"].data
    forgery = Forgery(trace)
    for row in range(64, 128):
        forgery.set("BOOT", row, **dict.fromkeys(SYSTEM.table("BOOT").all_columns, 0))
    assert forgery.broken() == {"mem"}
    assert SYSTEM.fixed_heights[SYSTEM.index("BOOT")] == 7 and honest.shape[1] == 128


def test_a_higher_range_table_would_accept_larger_values() -> None:
    """Why lookup tables' heights are constants: one more bit and 2^16 is a 16-bit limb."""
    table = SYSTEM.table("RANGE16")
    (x,) = table.structured
    assert table.fixed_height == 16
    assert x.values(17)[1 << 16] == 1 << 16
    higher = TableData(17, replace(TableData.of(table, tables_of(run([HALT]))["RANGE16"].data[:1])).data)
    assert higher.height not in SYSTEM.fixed_heights


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ({"op": "add", "r1": 6, "r2": 7, "r3": 4}, {"r1": 7, "a": 5}),
        ({"op": "move", "r1": 6, "r3": 4}, {"r1": 0, "a": 0}),
    ],
)
def test_another_register_is_read(row: dict, changes: dict[str, int]) -> None:
    """Register indexes are the program's: reading another register, with its own history in order."""
    forgery = Forgery(run([row, HALT], {6: 3, 7: 5}))
    table = "ADD" if row["op"] == "add" else "MOVE"
    assert "prog" in forgery.set(table, 0, **changes).broken()


def test_a_store_cannot_reach_a_register() -> None:
    """An address is a word plus a 16-bit offset, far below the registers."""
    forgery = Forgery(run([access("sw", 6, RAM), HALT], {6: 3}))
    for imm in (REGISTER_BASE + 4 + BIAS, REGISTER_BASE + 4 + BIAS - RAM):
        forgery.set("SW", 0, imm=imm)
        assert "prog" in forgery.broken()


def test_the_zero_register_stays_zero() -> None:
    """Nothing writes to index 0, and it starts as 0: a forged value of it has no initialiser."""
    forgery = Forgery(run([{"op": "move", "r1": 0, "r3": 4}, HALT]))
    forgery.set("MOVE", 0, a=1).set("IO", 0, a=1).set("OUTPUT", 0, p=1).set("BOOT", 4, vf=1)
    assert forgery.broken() == {"mem"}
    forgery.set("BOOT", 0, vf=1)
    assert forgery.broken() == {"mem"}
    assert forgery.set("BOOT", 0, v0=1).broken() == set()  # v0 is preprocessed: not the prover's


@pytest.mark.parametrize("segments", [[], [(1, 3)], [(0, 2)], [(2, 3), (3, 4)]])
def test_the_chain_is_unique_on_small_spaces(segments: list[tuple[int, int]]) -> None:
    """Exhaustively: a balanced link bus has distinct fresh words, none of them in a segment."""
    size, balanced = 4, 0
    rows = [(w, gap) for w in range(-1, size + 1) for gap in range(size + 2)]
    for count in range(4):
        for fresh in itertools.combinations_with_replacement(rows, count):
            received = Counter(w - gap for w, gap in fresh)
            sent = Counter([0, *(w + 1 for w, _ in fresh), *(e for _, e in segments)])
            words = [w for w, _ in fresh]
            if not chain_can_close(sent, received, [s for s, _ in segments], size):
                continue
            balanced += 1
            assert len(set(words)) == len(words) and all(0 <= w < size for w in words)
            assert not any(s <= w < e for w in words for s, e in segments)
    assert balanced


def chain_can_close(sent: Counter, received: Counter, starts: list[int], size: int) -> bool:
    """Whether some gaps of BOOT's rows balance the bus."""
    left = sent - received
    if received - sent or sum(left.values()) != len(starts) + 1:
        return False
    return any(
        all(start - place >= 0 for start, place in zip([*starts, size], order, strict=True))
        for order in itertools.permutations(left.elements())
    )
