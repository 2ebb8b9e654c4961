"""What the example guests are: reads every `NAME/guest.toml`, `toolchains.toml` and `sources.toml`.

README.md describes the fields. The build (build.py), the tests, the measurements and the README's table all
go by what this file reads.
"""

from __future__ import annotations

import dataclasses
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["CACHE", "GUESTS_FOLDER", "Guest", "Run", "SourcePackage", "ToolChain", "guests", "toolchains"]

GUESTS_FOLDER = Path(__file__).resolve().parent
ROOT = GUESTS_FOLDER.parents[1]
CACHE = ROOT / ".cache" / "guests"
"""Everything that a build makes or fetches, but committed ELF files."""


@dataclass(frozen=True)
class SourcePackage:
    """A Debian source package; its upstream archive is pinned, which stays while Debian's patches change.

    Attributes:
        name: as Debian names it.
        archive: the file name of the upstream archive.
        sha256: the archive's digest.
    """

    name: str
    archive: str
    sha256: str


@dataclass(frozen=True)
class ToolChain:
    """How a family of guests is compiled.

    Attributes:
        name: as manifests name it.
        title: for people.
        needs: what has to be there → the Debian package that has it. A path, or a command's name.
        version: a command that prints the compiler's version.
        made_with: what it printed where the committed files were built.
        environment: variables of the build.
        base: a tool chain that this one builds on; $BASE is its folder.
        sources: source packages that `setup` compiles.
        setup: a script in toolchains/ that fills the folder $TOOLCHAIN once.
        strip: whether the built file is stripped afterwards.
    """

    name: str
    title: str
    needs: Mapping[str, str]
    version: str
    made_with: str
    environment: Mapping[str, str] = field(default_factory=dict)
    base: ToolChain | None = None
    sources: tuple[SourcePackage, ...] = ()
    setup: str | None = None
    strip: bool = True

    @property
    def folder(self) -> Path:
        """Where `setup` puts what it makes."""
        return CACHE / "toolchains" / self.name

    def all_needs(self) -> dict[str, str]:
        """`needs`, with those of the tool chains below."""
        return {**(self.base.all_needs() if self.base else {}), **self.needs}


@dataclass(frozen=True)
class Run:
    """One run of a guest and what has to come out.

    Attributes:
        arguments: behind argv[0].
        stdin: the file that the guest reads; without one, the input is empty.
        stdout: the file that holds what it writes.
        exit_code: how it ends.
    """

    arguments: tuple[str, ...]
    stdin: Path | None
    stdout: Path | None
    exit_code: int

    def input(self) -> bytes:
        """What the guest reads."""
        return b"" if self.stdin is None else self.stdin.read_bytes()

    def expected(self) -> bytes:
        """What the guest writes to standard output."""
        return b"" if self.stdout is None else self.stdout.read_bytes()


@dataclass(frozen=True)
class Guest:
    """One example program.

    Attributes:
        name: folder, and a dash and the variant if there are several.
        folder: where source and manifest lie.
        variant: which of the manifest's variants; empty if it has none.
        shows: what the example is there for.
        toolchain: how it is compiled.
        needs: what the build needs besides, as in a tool chain.
        sources: Debian source packages that it is made of.
        build: shell commands; they write $OUT.
        committed: whether the ELF file lies beside the source.
        cpu: the processor for qemu-mips.
        runs: what is run and compared; the first one is measured.
    """

    name: str
    folder: Path
    variant: str
    shows: str
    toolchain: ToolChain
    needs: Mapping[str, str]
    sources: tuple[SourcePackage, ...]
    build: str
    committed: bool
    cpu: str
    runs: tuple[Run, ...]

    def missing_packages(self) -> list[str]:
        """The Debian packages to install before the guest can be built."""
        needs = {**self.toolchain.all_needs(), **self.needs}
        return sorted({package for what, package in needs.items() if not _exists(what)})

    @property
    def elf(self) -> Path:
        """Where the built file is or would be."""
        return (self.folder if self.committed else CACHE / self.name) / f"{self.name}.elf"


def _exists(what: str) -> bool:
    return Path(what).exists() if what.startswith("/") else shutil.which(what) is not None


def _table(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


@cache
def _sources() -> dict[str, SourcePackage]:
    entries = _table(GUESTS_FOLDER / "sources.toml")
    return {name: SourcePackage(name, entry["archive"], entry["sha256"]) for name, entry in entries.items()}


@cache
def toolchains() -> dict[str, ToolChain]:
    """All tool chains by name."""
    known = {item.name for item in dataclasses.fields(ToolChain)}
    result = {}
    for name, entry in _table(GUESTS_FOLDER / "toolchains.toml").items():
        if unknown := set(entry) - known:
            raise ValueError(f"toolchains.toml: {name}: unknown {sorted(unknown)}")
        entry["sources"] = tuple(_sources()[source] for source in entry.get("sources", ()))
        entry["base"] = result[entry["base"]] if "base" in entry else None
        result[name] = ToolChain(name=name, **entry)
    return result


def _run(folder: Path, entry: dict[str, Any]) -> Run:
    def file(key: str) -> Path | None:
        return folder / entry.pop(key) if key in entry else None

    run = Run(tuple(entry.pop("arguments", ())), file("stdin"), file("stdout"), entry.pop("exit_code", 0))
    if entry:
        raise ValueError(f"{folder.name}/guest.toml: unknown {sorted(entry)}")
    return run


def _variants(folder: Path) -> list[Guest]:
    entry = _table(folder / "guest.toml")
    variants = entry.pop("variants", [""])
    common = {
        "folder": folder,
        "shows": entry.pop("shows"),
        "toolchain": toolchains()[entry.pop("toolchain")],
        "needs": entry.pop("needs", {}),
        "sources": tuple(_sources()[name] for name in entry.pop("sources", ())),
        "build": entry.pop("build"),
        "committed": entry.pop("committed", False),
        "cpu": entry.pop("cpu", "24Kf"),
        "runs": tuple(_run(folder, run) for run in entry.pop("run")),
    }
    if entry:
        raise ValueError(f"{folder.name}/guest.toml: unknown {sorted(entry)}")
    return [
        Guest(name="-".join(filter(None, (folder.name, variant))), variant=variant, **common)
        for variant in variants
    ]


@cache
def guests() -> dict[str, Guest]:
    """All guests by name, in the order of their names.

    Raises:
        ValueError, KeyError: a manifest has an unknown field or lacks one.
    """
    folders = sorted(path.parent for path in GUESTS_FOLDER.glob("*/guest.toml"))
    return {guest.name: guest for folder in folders for guest in _variants(folder)}
