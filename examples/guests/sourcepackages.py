"""Fetches upstream archives from Debian source packages, without a change to the system's configuration.

apt is given package sources, lists and a cache of its own: the system's mirrors of this Debian release, asked
for source packages. It checks Debian's signatures; the digest of the archive is pinned on top.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from examples.guests.manifest import CACHE, SourcePackage

__all__ = ["PackageError", "fetch", "is_fetched", "source_lists", "unpack"]

APT = CACHE / "apt"
DOWNLOADS = CACHE / "sources"
ETC = Path("/etc/apt")


class PackageError(Exception):
    """A source package cannot be had, or is not the pinned one."""


def _release() -> str:
    match = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    if match is None:
        raise PackageError("/etc/os-release names no release")
    return match[1]


def source_lists(etc: Path, release: str) -> tuple[str, str]:
    """The system's package sources of a release, turned into sources of source packages.

    Returns the lines for a .list file and the stanzas for a .sources file.
    """
    lines, stanzas = [], []
    for path in sorted([etc / "sources.list", *etc.glob("sources.list.d/*")]):
        text = path.read_text() if path.is_file() else ""
        if path.suffix == ".list":
            found = re.findall(r"^deb\s+((?:\[.*?\]\s+)?\S+\s+(\S+)\s.*)$", text, re.MULTILINE)
            lines += [f"deb-src {rest}" for rest, suite in found if suite.startswith(release)]
        elif path.suffix == ".sources":
            for stanza in re.split(r"\n\s*\n", text):
                suites = re.search(r"^Suites:\s*(\S+)", stanza, re.MULTILINE)
                if suites is not None and suites[1].startswith(release):
                    stanzas.append(re.sub(r"(?m)^Types:.*$", "Types: deb-src", stanza.strip()))
    return "\n".join(lines) + "\n", "\n\n".join(stanzas) + "\n"


def _apt(*arguments: str) -> list[str]:
    options = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": f"{APT}/parts",
        "Dir::State::lists": f"{APT}/lists",
        "Dir::Cache": f"{APT}/cache",
        "APT::Sandbox::User": "root",  # an unprivileged user's cache is not the sandbox user's either
    }
    return ["apt-get", "-qq", *(f"-o{key}={value}" for key, value in options.items()), *arguments]


def _update() -> None:
    for folder in ("parts", "lists/partial", "cache/archives/partial"):
        (APT / folder).mkdir(parents=True, exist_ok=True)
    lines, stanzas = source_lists(ETC, _release())
    (APT / "parts" / "source.list").write_text(lines)
    (APT / "parts" / "source.sources").write_text(stanzas)
    subprocess.run(_apt("update"), check=True)


def is_fetched(package: SourcePackage) -> bool:
    """Whether the pinned archive is in the cache."""
    path = DOWNLOADS / package.archive
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == package.sha256


def fetch(package: SourcePackage) -> None:
    """Downloads an upstream archive, unless it is there.

    Raises:
        PackageError: Debian serves another version, or the archive is not the pinned one.
    """
    if is_fetched(package):
        return
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    if not (APT / "parts").exists():
        _update()
    command = _apt("source", "--download-only", "--tar-only", package.name)
    if subprocess.run(command, cwd=DOWNLOADS, check=False).returncode:
        _update()  # the lists may have aged
        subprocess.run(command, cwd=DOWNLOADS, check=False)
    if not is_fetched(package):
        raise PackageError(
            f"no {package.archive} with the digest in sources.toml; if this Debian release has another "
            f"version, put the archive into {DOWNLOADS}"
        )


def unpack(package: SourcePackage, folder: Path) -> None:
    """Unpacks a fetched archive without its top folder, as `folder`.

    Raises:
        PackageError: it cannot be unpacked.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = ["tar", "-xf", str(DOWNLOADS / package.archive), "--strip-components=1", "-C", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise PackageError(f"{package.archive} cannot be unpacked:\n{done.stderr.strip()}")
