"""The example guests: each run's output and exit code as its manifest says, on the machine and under qemu."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from examples.guests.build import build, is_current
from examples.guests.manifest import GUESTS_FOLDER, Guest, Run, guests
from zkm import api, machine
from zkm.program import load

CHECKED_INSTRUCTIONS = 500_000
"""Runs up to this length are checked against all tables, too; the measurements check longer ones."""

QUICK = {"freestanding", "glibc", "glibc-cpp"}
"""Tool chains that compile a guest within seconds and download nothing."""

COMMITTED_BYTES = 3 << 20
"""All committed ELF files together."""

RUNS = [
    pytest.param(guest, run, id=f"{guest.name}-{number}")
    for guest in guests().values()
    for number, run in enumerate(guest.runs)
]

needs_qemu = pytest.mark.skipif(
    shutil.which("qemu-mips") is None, reason="qemu-mips (Debian: qemu-user) is not installed"
)


def elf_of(guest: Guest) -> Path:
    """The ELF file; built first where that takes seconds and no missing package."""
    if not is_current(guest):
        if missing := guest.missing_packages():
            pytest.skip(f"{guest.name}.elf is not built: Debian packages {' '.join(missing)} are missing")
        if guest.toolchain.name not in QUICK:
            pytest.skip(f"not built: examples/guests/build.sh {guest.name}")
        build(guest)
    return guest.elf


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    stdout: bytes
    instructions: int
    """Without those of an operating system or the kernel."""


@pytest.fixture(scope="session")
def counting_plugin(tmp_path_factory):
    """A plugin that makes qemu count instructions, or None if it cannot be compiled or loaded."""
    if shutil.which("cc") is None:
        return None
    plugin = tmp_path_factory.mktemp("plugin") / "count.so"
    source = Path(__file__).with_name("count.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", str(plugin), str(source)], check=True)
    elf = guests()["fibonacci"].elf
    command = ["qemu-mips", "-plugin", f"{plugin},descriptor=2", str(elf)]
    loaded = subprocess.run(command, input=b"1\n", capture_output=True, check=False)
    return plugin if loaded.returncode == 0 and loaded.stderr.strip().isdigit() else None


def qemu(guest: Guest, run: Run, plugin: Path | None) -> Outcome:
    """The run under qemu-mips; without a plugin, the count is 0."""
    counted, report = os.pipe()
    command = [shutil.which("qemu-mips"), "-cpu", guest.cpu]
    command += ["-plugin", f"{plugin},descriptor={report}"] if plugin else []
    command += ["-0", guest.elf.name, str(guest.elf), *run.arguments]
    done = subprocess.run(
        command, input=run.input(), capture_output=True, check=False, timeout=120, pass_fds=[report], env={}
    )
    os.close(report)
    with os.fdopen(counted) as pipe:
        instructions = int(pipe.read() or 0)
    return Outcome(done.returncode, done.stdout, instructions)


def ours(guest: Guest, run: Run) -> Outcome:
    result = machine.run(load(guest.elf, run.arguments), run.input())
    return Outcome(result.exit_code, result.output, result.instructions - result.kernel_instructions)


def test_committed_files_are_small_and_there():
    committed = [guest for guest in guests().values() if guest.committed]
    assert all(guest.elf.exists() for guest in committed)
    assert set(GUESTS_FOLDER.glob("*/*.elf")) == {guest.elf for guest in committed}
    assert sum(guest.elf.stat().st_size for guest in committed) <= COMMITTED_BYTES


def test_committed_files_are_measured():
    entries = json.loads((GUESTS_FOLDER / "measurements.json").read_text())
    measured = {name: entry["elf_sha256"] for name, entry in entries.items() if guests()[name].committed}
    present = {
        guest.name: hashlib.sha256(guest.elf.read_bytes()).hexdigest()
        for guest in guests().values()
        if guest.committed
    }
    assert measured == present, "run tools/measure_guests.py and `make docs`"


@pytest.mark.parametrize(("guest", "run"), RUNS)
def test_does_what_the_manifest_says(guest, run):
    elf_of(guest)
    outcome = ours(guest, run)
    assert (outcome.exit_code, outcome.stdout) == (run.exit_code, run.expected())


@needs_qemu
@pytest.mark.parametrize(("guest", "run"), RUNS)
def test_does_what_qemu_does(guest, run, counting_plugin):
    elf_of(guest)
    theirs, outcome = qemu(guest, run, counting_plugin), ours(guest, run)
    assert (outcome.exit_code, outcome.stdout) == (theirs.exit_code, theirs.stdout)
    if counting_plugin is None:
        return
    if guest.toolchain.name == "freestanding":
        if guest.variant == "mips2":  # qemu counts the skipped slots of its likely branches, too
            assert outcome.instructions <= theirs.instructions
        else:
            assert outcome.instructions == theirs.instructions
    elif guest.toolchain.name == "musl":
        # One thread; start-up code meets another auxiliary vector and other answers to system calls.
        assert outcome.instructions == pytest.approx(theirs.instructions, rel=0.01, abs=500)


@pytest.mark.parametrize("guest", guests().values(), ids=lambda guest: guest.name)
def test_trace_satisfies_all_tables(guest):
    elf_of(guest)
    run = guest.runs[0]
    if ours(guest, run).instructions > CHECKED_INSTRUCTIONS:
        pytest.skip("too long to be checked cell by cell")
    exit_code, _ = api.run_statistics(guest.elf, run.arguments, stdin=run.input(), check=True)
    assert exit_code == run.exit_code


@pytest.mark.parametrize(
    "guest",
    [guest for guest in guests().values() if guest.committed and guest.toolchain.name in QUICK],
    ids=lambda guest: guest.name,
)
def test_committed_file_can_be_built_anew(guest, tmp_path):
    toolchain = guest.toolchain
    if guest.missing_packages():
        pytest.skip(f"the tool chain {toolchain.name} is not installed")
    version = subprocess.run(["sh", "-c", toolchain.version], capture_output=True, text=True, check=True)
    if version.stdout.strip() != toolchain.made_with:
        pytest.skip(f"another version of the tool chain {toolchain.name}: {version.stdout.strip()}")
    built = build(guest, tmp_path / guest.elf.name)
    assert built.read_bytes() == guest.elf.read_bytes()
