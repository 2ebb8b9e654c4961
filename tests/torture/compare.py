"""A built test on qemu-mips and on our machine: exit code and standard output must agree."""

from __future__ import annotations

import re
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path

from zkm.errors import ZkmError
from zkm.machine import RunResult, run
from zkm.program import load

QEMU = ("qemu-mips", "-cpu", "24Kf")
SECONDS, INSTRUCTIONS = 60, 2_000_000_000
"""Limits of a run on qemu, and on our machine."""


@dataclass(frozen=True)
class Ending:
    """How a program ended: its exit code as a shell shows it (128 + signal), and its output."""

    exit_code: int
    output: bytes


@dataclass(frozen=True)
class Verdict:
    """kind: "passed", "qemu fails" (not our concern), "beyond" (the machine, by its nature) or "failed".

    reason: why, in a line.
    """

    kind: str
    reason: str = ""
    result: RunResult | None = None


def on_qemu(elf: Path) -> Ending | None:
    """None if it runs too long."""
    # A signal that ends the guest ends qemu too: no core files.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    try:
        done = subprocess.run(
            [*QEMU, elf.resolve()],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=SECONDS,
            cwd="/tmp",
        )
    except subprocess.TimeoutExpired:
        return None
    code = done.returncode
    return Ending(code if code >= 0 else 128 - code, done.stdout)


def judge(elf: Path, unsupported: str = "") -> Verdict:
    """A test passes where its exit code is 0; what qemu does not pass does not count.

    unsupported: a reason that excuses a failure.
    """
    verdict = _judge(elf)
    if unsupported and verdict.kind == "failed":
        return Verdict("beyond", f"{unsupported} ({verdict.reason})")
    return verdict


def _judge(elf: Path) -> Verdict:
    theirs = on_qemu(elf)
    if theirs is None or theirs.exit_code != 0:
        reason = "runs too long" if theirs is None else f"exit code {theirs.exit_code}"
        return Verdict("qemu fails", reason)
    try:
        ours = run(load(elf), max_instructions=INSTRUCTIONS)
    except ZkmError as error:
        return Verdict("failed", f"{type(error).__name__}: {error}")
    if ours.exit_code != 0:
        return Verdict("failed", f"exit code {ours.exit_code}")
    if _without_addresses(ours.output) != _without_addresses(theirs.output):
        return Verdict("failed", f"output {ours.output[:60]!r}, qemu {theirs.output[:60]!r}")
    return Verdict("passed", result=ours)


def _without_addresses(output: bytes) -> bytes:
    """Stacks lie elsewhere on qemu, and tests print pointers."""
    return re.sub(rb"0x[0-9a-f]{8}", b"ADDRESS", output)
