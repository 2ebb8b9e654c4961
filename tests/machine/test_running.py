"""Whole guests, and what a run reports."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from zkm import machine
from zkm.errors import ParameterError
from zkm.program import load

GUESTS = Path(__file__).parents[2] / "examples" / "guests"


@pytest.fixture(scope="module")
def sha256():
    return load(GUESTS / "sha256" / "sha256.elf")


@pytest.mark.parametrize("length", [0, 1, 3, 55, 56, 64, 1000, 10_000])
def test_sha256_of_every_kind_of_length(sha256, length):
    data = bytes(i * 7 & 255 for i in range(length))
    result = machine.run(sha256, data)
    assert (result.exit_code, result.output) == (
        0,
        hashlib.sha256(data).hexdigest().encode() + b"\n",
    )
    assert sum(result.table_rows.values()) == result.rows


def test_output_is_shown_while_the_guest_runs(sha256):
    shown = io.BytesIO()
    result = machine.run(sha256, b"abc", shown)
    assert shown.getvalue() == result.output


def test_error_output_is_shown_and_not_proven():
    program = load(GUESTS / "fibonacci" / "fibonacci.elf")
    out, err = io.BytesIO(), io.BytesIO()
    result = machine.run(program, b"", out, err)
    assert (result.exit_code, result.output, out.getvalue()) == (1, b"", b"")
    assert err.getvalue()


def test_instruction_limit_is_exact(sha256):
    instructions = machine.run(sha256, b"abc").instructions
    assert machine.run(sha256, b"abc", max_instructions=instructions).exit_code == 0
    with pytest.raises(ParameterError, match=f"more than {instructions - 1:,} instructions"):
        machine.run(sha256, b"abc", max_instructions=instructions - 1)


def test_why_a_run_ended(sha256):
    assert machine.run(sha256, b"").cause is None
    kernel_guests = Path(__file__).parents[1] / "kernel" / "guests"
    deadlock = machine.run(load(kernel_guests / "deadlock.elf"))
    assert deadlock.exit_code == 137
    assert deadlock.cause.startswith("every thread waits for another")
