"""Finds gcc's execution tests, and which options each asks for.

The sources come from Debian's package gcc-12-source: installed, or downloaded into the cache with
`apt-get download`. Only gcc.c-torture/execute is unpacked.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "gcc-12-source"
INSTALLED = Path("/usr/src/gcc-12")
FOLDER = "gcc/testsuite/gcc.c-torture/execute"

# What the .exp files of the three folders add.
FOLDER_OPTIONS = {
    ".": (),
    "ieee": ("-fno-inline",),
    "builtins": (
        "-fno-tree-dse",
        "-fno-tree-loop-distribute-patterns",
        "-fno-tracer",
        "-fno-ipa-ra",
        "-fno-inline-functions",
    ),
}

LACKING = {
    "fileio": "needs files, of which the machine has none",
    "trampolines": "writes code on its stack, and the machine's code is fixed",
}
"""Effective targets of gcc's test suite that the machine is not. Their tests may pass nevertheless."""

_DG_REQUIRE = re.compile(r"dg-require-effective-target ([a-z0-9_]+)")
_DG_OPTIONS = re.compile(r'\{\s*dg-(?:additional-)?options\s+\{?\s*"([^"]*)"\s*\}?\s*(\{.*\})?\s*\}')
_TCL_FLAGS = re.compile(r'^\s*(?:set|lappend) additional_flags "?(-[^"\n]*)"?$', re.MULTILINE)


class Unavailable(Exception):
    """The sources or the tools are not on this machine; the text says what is missing."""


@dataclass(frozen=True)
class GccTest:
    """One program: its name within the suite, sources and compiler options.

    unsupported: why the machine may fail it by its nature; empty if it may not.
    """

    name: str
    sources: tuple[Path, ...]
    options: tuple[str, ...]
    unsupported: str = ""


def require(*programs: str) -> None:
    """Raises Unavailable naming the programs that are not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise Unavailable("not installed: " + ", ".join(missing))


def sources(cache: Path) -> Path:
    """The folder `execute`, unpacked into the cache if it is not there yet."""
    found = sorted(cache.glob(f"*/{FOLDER}"))
    if found:
        return found[0]
    cache.mkdir(parents=True, exist_ok=True)
    archive = next(INSTALLED.glob("gcc-12*.tar.xz"), None)
    if archive is not None:
        _unpack(["xz", "-dc", str(archive)], cache)
    else:
        package = next(cache.glob(f"{PACKAGE}_*.deb"), None) or _download(cache)
        script = f"dpkg-deb --fsys-tarfile {package.name} | tar xO --wildcards '*/gcc-12*.tar.xz' | xz -dc"
        _unpack(["sh", "-c", script], cache)
        package.unlink()
    return next(cache.glob(f"*/{FOLDER}"))


def _download(cache: Path) -> Path:
    require("apt-get", "dpkg-deb")
    try:
        subprocess.run(["apt-get", "download", PACKAGE], cwd=cache, check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"Debian package {PACKAGE} is not installed and cannot be downloaded") from error
    return next(cache.glob(f"{PACKAGE}_*.deb"))


def _unpack(archive: list[str], cache: Path) -> None:
    with subprocess.Popen(archive, cwd=cache, stdout=subprocess.PIPE) as process:
        tar = ["tar", "x", "--wildcards", f"*/{FOLDER}/*"]
        subprocess.run(tar, cwd=cache, stdin=process.stdout, check=True)


def find_tests(root: Path) -> list[GccTest]:
    """All tests below the folder `execute`, those in its folders ieee and builtins too."""
    found = []
    for folder, options in FOLDER_OPTIONS.items():
        for source in sorted((root / folder).glob("*.c")):
            files = [source]
            if folder == "builtins":
                if source.stem.endswith("-lib"):
                    continue
                files += [source.with_name(f"{source.stem}-lib.c"), source.parent / "lib" / "main.c"]
            name = str(source.relative_to(root).with_suffix(""))
            found.append(GccTest(name, tuple(files), (*options, *own_options(source)), _unsupported(source)))
    return found


def own_options(source: Path) -> tuple[str, ...]:
    """What a test asks for in its `dg-options` and its .x file; those for other machines left out.

    What else a test needs is not read: the machine has it if the test builds and qemu passes it.
    """
    options: list[str] = []
    for text, target in _DG_OPTIONS.findall(source.read_text("latin-1")):
        if not target or "mips" in target or "fpic" in target:
            options += text.split()
    script = source.with_suffix(".x")
    if script.exists():
        for text in _TCL_FLAGS.findall(script.read_text("latin-1")):
            options += text.split()
    return tuple(option for option in options if "_printf_float" not in option)


def _unsupported(source: Path) -> str:
    required = _DG_REQUIRE.findall(source.read_text("latin-1"))
    return "; ".join(LACKING[target] for target in required if target in LACKING)
