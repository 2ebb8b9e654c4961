"""Runs with more rows than a limit: their size is counted to the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program.elf_file import ElfFile, Load
from zkm import machine
from zkm.errors import GuestFault, ParameterError
from zkm.machine import OversizeError, interpreter, size
from zkm.program import Program, load
from zkm.tables.stats import stats

SHA256 = Path(__file__).parents[2] / "examples" / "guests" / "sha256" / "sha256.elf"

ENDLESS = bytes.fromhex("1000ffff 00000000")
"""b . with its slot."""

COUNTED = bytes.fromhex("24080800 1d00ffff 2508ffff 8c080000")
"""li t0, 2048; bgtz t0, . with addiu t0, t0, -1; lw t0, 0(zero)"""


@pytest.fixture(scope="module")
def sha256() -> Program:
    return load(SHA256)


@pytest.fixture
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are looked at, and dropped, many times in a run."""
    monkeypatch.setattr(interpreter, "_CHUNK", 1000)


@pytest.mark.usefixtures("short_chunks")
def test_the_size_is_that_of_the_trace(sha256: Program) -> None:
    stdin = bytes(range(250)) * 8
    trace = machine.trace(sha256, stdin)
    entries = stats(trace)
    longest = max(len(records) for records in trace.records.values())
    with pytest.raises(OversizeError, match=f"sha256.elf: more than {longest - 1:,} rows of table") as caught:
        machine.trace(sha256, stdin, max_table_rows=longest - 1)
    fixed = {"BOOT", "RANGE16", "BYTES", "POW"}
    assert caught.value.rows == {entry.name: entry.rows for entry in entries if entry.name not in fixed}
    assert machine.trace(sha256, stdin, max_table_rows=longest).row_count == trace.row_count


def test_a_run_that_fits_only_at_a_glance_is_caught_at_its_end(sha256: Program) -> None:
    """The whole run is shorter than the time between two looks."""
    with pytest.raises(OversizeError) as caught:
        machine.trace(sha256, b"", max_table_rows=1)
    assert caught.value.rows["LOGIC"] == len(machine.trace(sha256, b"").records["LOGIC"])


@pytest.mark.usefixtures("short_chunks")
def test_no_set_is_large_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless loop ends where the largest set does."""
    monkeypatch.setattr(size, "_LARGEST", 1 << 14)
    loop = load(ElfFile(loads=[Load(0x400000, ENDLESS)]).build(), name="loop")
    with pytest.raises(
        ParameterError, match="loop: more than 16,384 rows of table JUMP, and no parameter set"
    ):
        machine.trace(loop, max_table_rows=1 << 10)


@pytest.mark.usefixtures("short_chunks")
def test_a_fault_behind_the_limit_is_a_fault() -> None:
    """What cannot be proven with any set says so."""
    program = load(ElfFile(loads=[Load(0x400000, COUNTED)]).build(), name="counted")
    with pytest.raises(GuestFault, match="unmapped first 64 KiB"):
        machine.trace(program, max_table_rows=100)
