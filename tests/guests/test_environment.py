"""Arguments and environment as the run-time systems of Go and Rust find them."""

from __future__ import annotations

import io

import pytest

from examples.guests.manifest import Guest, guests
from tests.guests.test_guests import elf_of
from zkm import machine
from zkm.program import load


def messages(guest: Guest, env: dict[str, str]) -> str:
    """What the first run shows on standard error."""
    run = guest.runs[0]
    shown = io.BytesIO()
    result = machine.run(load(elf_of(guest), run.arguments, env), run.input(), stderr=shown)
    assert (result.exit_code, result.output) == (run.exit_code, run.expected())
    return shown.getvalue().decode()


@pytest.mark.parametrize(
    ("name", "variable", "value", "words"),
    [
        ("go-hello", "GODEBUG", "inittrace=1", ["init runtime @", "init fmt @"]),
        ("rust-std", "RUST_BACKTRACE", "1", ["stack backtrace:"]),
    ],
)
def test_a_variable_of_the_run_time_system(name: str, variable: str, value: str, words: list[str]) -> None:
    guest = guests()[name]
    without = messages(guest, {"ZKM": value})
    text = messages(guest, {"FIRST": "", variable: value, "LAST": "1"})
    assert all(word in text and word not in without for word in words)


def test_go_refuses_an_argument() -> None:
    """An argument that the program refuses ends it as it says."""
    guest = guests()["go-document"]
    shown = io.BytesIO()
    result = machine.run(load(elf_of(guest), ["00"]), b"", stderr=shown)
    assert (result.exit_code, result.output) == (1, b"")
    assert shown.getvalue() == b"the key is not 32 bytes in hexadecimal\n"
