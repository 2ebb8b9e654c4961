"""The manifests, and what the build makes of the system's package configuration."""

from __future__ import annotations

import dataclasses
import sys

import pytest

from examples.guests import build as building
from examples.guests import manifest, sourcepackages
from examples.guests.build import BuildError, build
from examples.guests.manifest import guests

ANY = next(iter(guests().values()))


def test_every_file_of_a_run_is_there():
    for guest in guests().values():
        assert guest.runs
        for run in guest.runs:
            assert run.input() is not None
            assert run.expected() is not None


def test_unknown_fields_are_refused(tmp_path):
    (tmp_path / "guest.toml").write_text(
        'shows = ""\ntoolchain = "freestanding"\nbuild = ""\nrun = []\ncommited = true\n'
    )
    with pytest.raises(ValueError, match=r"unknown \['commited'\]"):
        manifest._variants(tmp_path)


def test_unknown_fields_of_a_run_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"unknown \['input'\]"):
        manifest._run(tmp_path, {"input": "x"})


def test_missing_packages_are_named_not_installed():
    guest = dataclasses.replace(
        ANY, needs={"/nonexistent/header.h": "some-dev", "no-such-command": "some-tool"}
    )
    with pytest.raises(BuildError, match="needs: apt-get install some-dev some-tool"):
        build(guest)


def test_a_failed_build_shows_the_end_of_its_output(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "CACHE", tmp_path)
    toolchain = dataclasses.replace(ANY.toolchain, needs={})
    guest = dataclasses.replace(
        ANY, needs={}, toolchain=toolchain, sources=(), build="echo before; false; echo after"
    )
    with pytest.raises(BuildError, match=r"exit code 1\nbefore$"):
        build(guest)


def test_source_packages_come_from_the_mirrors_of_the_release(tmp_path):
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (tmp_path / "sources.list").write_text("")
    (parts / "a.list").write_text(
        "# a comment\ndeb [arch=amd64] mirror:/one bookworm main\ndeb mirror:/two other main\n"
        "deb-src mirror:/one bookworm main\n"
    )
    (parts / "b.sources").write_text(
        "Types: deb deb-src\nURIs: mirror:/one\nSuites: bookworm-updates\nComponents: main\n\n"
        "Types: deb\nURIs: mirror:/three\nSuites: stable\nComponents: main\n"
    )
    lines, stanzas = sourcepackages.source_lists(tmp_path, "bookworm")
    assert lines == "deb-src [arch=amd64] mirror:/one bookworm main\n"
    assert stanzas == "Types: deb-src\nURIs: mirror:/one\nSuites: bookworm-updates\nComponents: main\n"


def test_an_archive_with_another_digest_is_refused(tmp_path, monkeypatch):
    downloads = tmp_path / "sources"
    downloads.mkdir()
    (downloads / "thing_1.orig.tar.gz").write_bytes(b"not the archive")
    (tmp_path / "apt" / "parts").mkdir(parents=True)
    monkeypatch.setattr(sourcepackages, "DOWNLOADS", downloads)
    monkeypatch.setattr(sourcepackages, "APT", tmp_path / "apt")
    monkeypatch.setattr(sourcepackages, "_apt", lambda *_: [sys.executable, "-c", ""])
    package = manifest.SourcePackage("thing", "thing_1.orig.tar.gz", "00" * 32)
    with pytest.raises(sourcepackages.PackageError, match=r"no thing_1\.orig\.tar\.gz with the digest"):
        sourcepackages.fetch(package)
