"""Systems: numbering, blocks, limits, digest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tables.toy import TOY, toy_system
from zkm.tables.bus import Bus
from zkm.tables.system import Block, System
from zkm.tables.table import Builder


def test_toy_numbering() -> None:
    system = toy_system()
    assert [table.name for table in system.tables] == ["START", "STEP", "NIBBLE", "COUNT"]
    assert (system.column_offset, system.column_count) == ([0, 4, 8, 9], 11)
    assert (system.interaction_offset, system.interaction_count) == ([0, 2, 7, 8], 9)
    assert (system.constraint_offset, system.constraint_count) == ([0, 0, 2, 2], 4)
    assert system.fixed_heights == (1, None, 4, None)
    assert system.max_heights == (1, 6, 4, 6)
    assert system.blocks == (
        Block(0, 0, 1, True),
        Block(0, 2, 1, False),
        Block(1, 4, 2, False),
        Block(2, 8, 0, False),
        Block(3, 9, 1, False),
    )


def test_blocks_are_the_largest_powers_of_two() -> None:
    table = Builder("T", " ".join(f"c{i}" for i in range(13))).build("")
    assert [b.size_bits for b in System(TOY, [table]).blocks] == [3, 2, 0]


def test_preprocessed_columns_share_one_slot() -> None:
    table = Builder("T", "c", preprocessed="a b d").build("")
    assert System(replace(TOY, table_bits=10), [table]).max_heights == (8,)


def test_digest_binds_parameters_and_tables() -> None:
    system = toy_system()
    digests = {
        system.digest(),
        System(replace(TOY, name="other"), system.tables).digest(),
        System(TOY, system.tables[:-1]).digest(),
        System(TOY, system.tables[::-1]).digest(),
    }
    assert len(digests) == 4 and system.digest() == toy_system().digest()


def test_contradictions_are_refused() -> None:
    table = Builder("T", "c")
    table.send("one", Bus(1, "one", ("x",)), (table["c"],), table["c"])
    other = Builder("U", "c")
    other.send("two", Bus(1, "two", ("x",)), (other["c"],), other["c"])
    with pytest.raises(ValueError, match="id of another bus"):
        System(TOY, [table.build(""), other.build("")])
    with pytest.raises(ValueError, match="same name"):
        System(TOY, [table.build(""), table.build("")])
    with pytest.raises(ValueError, match="exceeds"):
        System(TOY, [table.build("", fixed_height=7)])
    for i in range(16):
        table.send(f"more {i}", Bus(1, "one", ("x",)), (table["c"],), table["c"])
    with pytest.raises(ValueError, match="17 interactions"):
        System(TOY, [table.build("")])


def test_builder_refuses_what_the_argument_cannot_prove() -> None:
    table = Builder("T", "x m")
    x, m = table.get("x m")
    bus = Bus(1, "one", ("x",))
    with pytest.raises(ValueError, match="degree 4"):
        table.require("quartic", x * x * x * x)
    with pytest.raises(ValueError, match="all-zero row"):
        table.require("constant", x - 1)
    with pytest.raises(ValueError, match="all-zero row"):
        table.send("free", bus, (x,), 1 - m)
    with pytest.raises(ValueError, match="all-zero row"):
        table.send("constant entry", bus, (x + 4,), m)
    with pytest.raises(ValueError, match="takes 1 entries"):
        table.send("long", bus, (x, x), m)
    with pytest.raises(ValueError, match="twice"):
        Builder("T", "x x")
