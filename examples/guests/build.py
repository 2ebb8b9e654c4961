"""Builds example guests: `build.sh [--install] [--compare] [NAME…]`.

Each guest's manifest says with which tool chain and by which commands. Nothing is installed unless --install
says so; without it, missing Debian packages are named.
"""

from __future__ import annotations

import argparse
import dataclasses
import fcntl
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from examples.guests import sourcepackages
from examples.guests.manifest import CACHE, GUESTS_FOLDER, ROOT, Guest, ToolChain, guests

__all__ = ["BuildError", "build", "is_current", "main"]

LINE_LENGTH = 300
"""Characters of a line of a failed build that are shown."""

LIBRARY = GUESTS_FOLDER / "lib"


class BuildError(Exception):
    """A guest cannot be built; the text says why."""


def _digest(description: object, paths: list[Path]) -> str:
    state = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
    for path in sorted(paths):
        state.update(f"\n{path.relative_to(GUESTS_FOLDER)}\n".encode() + path.read_bytes())
    return state.hexdigest()


def _setup_digest(toolchain: ToolChain) -> str:
    """Of everything that a tool chain's own folder, and those below it, are made from."""
    below = [_setup_digest(toolchain.base)] if toolchain.base else []
    script = [GUESTS_FOLDER / "toolchains" / toolchain.setup] if toolchain.setup else []
    return _digest([*map(dataclasses.asdict, toolchain.sources), *below], script)


def _guest_digest(guest: Guest) -> str:
    """Of everything that an ELF file is made from, but installed compilers."""
    description = [
        guest.build,
        guest.variant,
        dict(guest.toolchain.environment),
        *map(dataclasses.asdict, guest.sources),
    ]
    library = LIBRARY.glob("*") if "$LIB" in guest.build else []
    named = [guest.folder / word for word in shlex.split(guest.build, comments=True) if "/" in word]
    files = {path.resolve() for path in (*guest.folder.rglob("*"), *library, *named) if path.is_file()}
    files -= {path.resolve() for run in guest.runs for path in (run.stdin, run.stdout) if path is not None}
    files -= {path for path in files if path.suffix == ".elf" or path.name == "guest.toml"}
    return _digest([description, _setup_digest(guest.toolchain)], list(files))


def _stamp(guest: Guest) -> Path:
    return CACHE / guest.name / "made-from"


def is_current(guest: Guest) -> bool:
    """Whether the ELF file is there and, where it is not committed, was made from the present sources."""
    if not guest.elf.exists():
        return False
    stamp = _stamp(guest)
    return guest.committed or (stamp.exists() and stamp.read_text() == _guest_digest(guest))


def _shell(commands: list[str], folder: Path, environment: dict[str, str], log: Path) -> None:
    """Runs a build step; what it prints goes to a file, and to the error if it fails."""
    with log.open("wb") as output:
        done = subprocess.run(
            ["sh", "-eu", *commands],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C", "SOURCE_DATE_EPOCH": "0", "TZ": "UTC", **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        lines = log.read_text(errors="replace").splitlines()[-20:]
        last = "\n".join(line[:LINE_LENGTH] for line in lines)
        raise BuildError(f"{log}: exit code {done.returncode}\n{last}")


def _is_set_up(toolchain: ToolChain) -> bool:
    """Whether nothing of a tool chain has to be compiled first."""
    if toolchain.base is not None and not _is_set_up(toolchain.base):
        return False
    stamp = toolchain.folder / "made-from"
    return toolchain.setup is None or (stamp.exists() and stamp.read_text() == _setup_digest(toolchain))


def _set_up(toolchain: ToolChain) -> None:
    """Compiles what a tool chain needs, once."""
    if toolchain.base is not None:
        _set_up(toolchain.base)
    if _is_set_up(toolchain):
        return
    print(f"tool chain {toolchain.name}: setting up", file=sys.stderr)
    shutil.rmtree(toolchain.folder, ignore_errors=True)
    work = CACHE / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    toolchain.folder.mkdir(parents=True)
    _unpack(toolchain.sources, work)
    script = GUESTS_FOLDER / "toolchains" / toolchain.setup
    _shell([str(script)], work, {"TOOLCHAIN": str(toolchain.folder)}, toolchain.folder / "setup.log")
    shutil.rmtree(work)
    (toolchain.folder / "made-from").write_text(_setup_digest(toolchain))


def _unpack(sources: tuple[sourcepackages.SourcePackage, ...], folder: Path) -> None:
    for source in sources:
        sourcepackages.fetch(source)
        sourcepackages.unpack(source, folder / source.name)


def _environment(toolchain: ToolChain) -> dict[str, str]:
    """A tool chain's variables, in which $TOOLCHAIN and $BASE stand for folders."""
    folders = {"TOOLCHAIN": str(toolchain.folder)}
    if toolchain.base is not None:
        folders["BASE"] = str(toolchain.base.folder)
    values = dict(toolchain.environment)
    for name, folder in folders.items():
        values = {key: value.replace(f"${name}", folder) for key, value in values.items()}
    return {**folders, **values}


def build(guest: Guest, output: Path | None = None) -> Path:
    """Builds a guest and returns the ELF file's path.

    Args:
        guest: which.
        output: where the ELF file goes, instead of its usual place.

    Raises:
        BuildError: packages are missing, or a command failed.
        PackageError: a source package cannot be had.
    """
    if missing := guest.missing_packages():
        raise BuildError(f"{guest.name} needs: apt-get install {' '.join(missing)}")
    folder = CACHE / guest.name
    folder.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _set_up(guest.toolchain)
        work = folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        _unpack(guest.sources, work)
        built = work / f"{guest.name}.elf"
        variables = {
            "OUT": str(built),
            "WORK": str(work),
            "FOLDER": str(guest.folder),
            "LIB": str(LIBRARY),
            "VARIANT": guest.variant,
            **_environment(guest.toolchain),
        }
        _shell(["-c", guest.build], guest.folder, variables, folder / "build.log")
        if guest.toolchain.strip:
            strip = ["mips-linux-gnu-strip", "--strip-all", "-R.comment", "-R.pdr", str(built)]
            subprocess.run(strip, check=True)
        built.chmod(0o755)
        target = output or guest.elf
        shutil.move(built, target)
        shutil.rmtree(work)
        if output is None:
            _stamp(guest).write_text(_guest_digest(guest))
    return target


def _install(chosen: list[Guest]) -> None:
    packages = sorted({package for guest in chosen for package in guest.missing_packages()})
    if packages:
        subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", *packages], check=True)


def _reported(guest: Guest, *, compare: bool) -> bool:
    """Builds a guest, says what became of it, and returns whether that went well."""
    try:
        path = build(guest, CACHE / f"{guest.name}.compared" if compare else None)
    except (BuildError, sourcepackages.PackageError) as error:
        print(f"build.sh: {error}", file=sys.stderr)
        return False
    if compare and path.read_bytes() != guest.elf.read_bytes():
        print(f"build.sh: {path} differs from the committed file", file=sys.stderr)
        return False
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes", file=sys.stderr)
    return True


def main() -> int:
    """The command: builds the guests named, or all that are not built."""
    parser = argparse.ArgumentParser(prog="build.sh", description=__doc__)
    parser.add_argument("--install", action="store_true", help="apt-get install what is missing")
    parser.add_argument(
        "--compare", action="store_true", help="build committed guests elsewhere and compare the bytes"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="guests; folders stand for all variants")
    options = parser.parse_args()
    known = guests()
    chosen = [guest for guest in known.values() if {guest.name, guest.folder.name} & set(options.names)]
    if unknown := set(options.names) - {name for guest in chosen for name in (guest.name, guest.folder.name)}:
        parser.error(f"no such guest: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if not options.names and not options.compare:
        chosen = [guest for guest in known.values() if not is_current(guest)]
    if options.compare:
        chosen = [guest for guest in chosen or known.values() if guest.committed]
    if options.install:
        _install(chosen)
    return sum(not _reported(guest, compare=options.compare) for guest in chosen) and 1


if __name__ == "__main__":
    sys.exit(main())
