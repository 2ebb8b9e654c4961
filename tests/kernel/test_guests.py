"""Small guests for threads, events and memory: against QEMU, and as traces that satisfy all tables."""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from zkm import machine
from zkm.cli import main
from zkm.kernel import KERNEL_BASE
from zkm.machine.records import Trace
from zkm.params import SMALL
from zkm.program import load
from zkm.tables.check import assert_valid
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system

GUESTS = Path(__file__).parent / "guests"
INPUT = b"some input\n"
SAME_AS_QEMU = {"threads": (), "deadlock": ("x",), "memory": (), "events": (), "signals": ("abort",)}
"""Guests that do not depend on what differs by design: addresses, times, waiting for ever."""


@cache
def trace(name: str, *arguments: str) -> Trace:
    return machine.trace(load(GUESTS / f"{name}.elf", arguments), INPUT)


@pytest.mark.skipif(shutil.which("qemu-mips") is None, reason="no qemu-mips")
@pytest.mark.parametrize("name", SAME_AS_QEMU)
def test_guests_do_what_they_do_under_qemu(name: str, tmp_path: Path) -> None:
    arguments = SAME_AS_QEMU[name]
    (tmp_path / "input").write_bytes(INPUT)
    with (tmp_path / "input").open("rb") as stdin:  # a file, which poll calls readable at its end, too
        command = ["qemu-mips", str(GUESTS / f"{name}.elf"), *arguments]
        done = subprocess.run(command, stdin=stdin, capture_output=True, check=False, timeout=60)
    ours = trace(name, *arguments)
    exit_code = done.returncode if done.returncode >= 0 else 128 - done.returncode
    assert (ours.exit_code, ours.output.decode()) == (exit_code, done.stdout.decode())


@pytest.mark.parametrize("name", SAME_AS_QEMU)
def test_what_is_shown_is_what_is_proven(name: str) -> None:
    shown = io.BytesIO()
    result = machine.run(load(GUESTS / f"{name}.elf", SAME_AS_QEMU[name]), INPUT, shown)
    ours = trace(name, *SAME_AS_QEMU[name])
    assert shown.getvalue() == result.output == ours.output
    assert result.exit_code == ours.exit_code


def test_unhandled_signals_end_the_program() -> None:
    """SIGABRT when it is unblocked; SIGUSR2, whose number differs from the host's, at once."""
    assert (trace("signals", "abort").exit_code, trace("signals").exit_code) == (128 + 6, 128 + 17)


@pytest.mark.parametrize(("name", "arguments"), [*SAME_AS_QEMU.items(), ("deadlock", ())])
def test_traces_satisfy_all_tables(name: str, arguments: tuple[str, ...]) -> None:
    system = machine_system(SMALL)
    assert_valid(system, fill(system, trace(name, *arguments)))


def test_a_deadlock_is_an_end() -> None:
    ours = trace("deadlock")
    assert (ours.exit_code, ours.output) == (137, b"waiting\n")


def test_threads_cost_no_more_than_their_calls() -> None:
    ours = trace("threads")
    in_kernel = ours.program.rows.address % (1 << 36) >= KERNEL_BASE
    calls = ours.counts[ours.program.rows.address == KERNEL_BASE].sum()
    assert 100 < calls < 700
    assert ours.counts[in_kernel].sum() < 250 * calls


def test_environment_is_what_is_given() -> None:
    def run(*options: str) -> list[str]:
        result = CliRunner().invoke(main, ["run", *options, str(GUESTS / "environ.elf"), "one", "--two"])
        assert result.exit_code == 3
        return result.output.splitlines()

    system = ["page 4096", "ticks 100", f"random {1 + 256 * 16}"]
    assert run() == ["environ.elf", "one", "--two", *system]
    assert run("--env", "A=b=c", "--env", "D=") == ["environ.elf", "one", "--two", "A=b=c", "D=", *system]


@pytest.mark.parametrize("text", ["NAME", "=value", ""])
def test_variables_have_a_name_and_a_value(text: str) -> None:
    result = CliRunner().invoke(main, ["run", "--env", text, str(GUESTS / "environ.elf")])
    assert result.exit_code == 2
    assert "NAME=VALUE" in result.output


@pytest.mark.skipif(shutil.which("mips-linux-gnu-gcc") is None, reason="no MIPS compiler")
def test_guests_are_reproducible(tmp_path: Path) -> None:
    subprocess.run([str(GUESTS / "build.sh"), str(tmp_path)], check=True)
    built = list(tmp_path.glob("*.elf"))
    assert len(built) > 4
    for path in built:
        assert path.read_bytes() == (GUESTS / path.name).read_bytes()
