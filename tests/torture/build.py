"""Builds the tests as static glibc programs, as Debian's cross compiler does by default; cached."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from tests.torture.suite import GccTest

COMPILER = "mips-linux-gnu-gcc"
LIBRARIES = ("-lm",)
TIMEOUT = 120
"""Seconds for a compiler run."""


def build(test: GccTest, level: str, cache: Path) -> Path | None:
    """The ELF file of a test at an optimisation level such as "-O2"; None if it does not build.

    The compiler's first complaint is kept beside the place of the file. A build is done again when
    options or compiler command change, not when the compiler does.
    """
    options = ("-w", level, *test.options, "-static")
    key = hashlib.sha256(repr((options, [path.name for path in test.sources])).encode()).hexdigest()[:12]
    target = cache / level.lstrip("-") / f"{test.name}.{key}.elf"
    failed = target.with_suffix(".txt")
    if target.exists():
        return target
    if failed.exists():
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".new")
    command = [COMPILER, *options, *map(str, test.sources), *LIBRARIES, "-o", str(temporary)]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, text=True, errors="replace", timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        failed.write_text(f"the compiler runs longer than {TIMEOUT} seconds\n")
        return None
    if done.returncode:
        failed.write_text(done.stderr)
        return None
    subprocess.run([COMPILER.replace("gcc", "strip"), str(temporary)], check=True)
    temporary.rename(target)
    return target


def complaint(test: GccTest, level: str, cache: Path) -> str:
    """Why a test does not build, in one line."""
    for path in (cache / level.lstrip("-")).glob(f"{test.name}.*.txt"):
        lines = [line for line in path.read_text().splitlines() if "error:" in line or "undefined" in line]
        return (lines or ["?"])[0][-160:]
    return "?"
