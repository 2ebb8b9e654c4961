"""How tests are found and what they ask for; a small suite goes the whole way where the tools are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.torture.__main__ import main
from tests.torture.build import COMPILER
from tests.torture.suite import FOLDER, Unavailable, find_tests, own_options, require, sources


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache with a suite: two pass; one each fails, needs code on the stack, and does not build."""
    root = tmp_path / "gcc-0" / FOLDER
    for folder in ("ieee", "builtins/lib"):
        (root / folder).mkdir(parents=True)
    (root / "good.c").write_text('int main (void) { __builtin_printf ("%d\\n", 6 * 7); return 0; }\n')
    (root / "bad.c").write_text("int main (void) { __builtin_abort (); }\n")
    (root / "files.c").write_text(
        "/* { dg-require-effective-target fileio } */\nint main (void) { return 0; }\n"
    )
    (root / "stack.c").write_text(
        "/* { dg-require-effective-target trampolines } */\n"
        "static int call (int (*f) (void)) { return f (); }\n"
        "int (*volatile pointer) (int (*) (void)) = call;\n"
        "int main (void) { volatile int x = 0; int g (void) { return x; } return pointer (g); }\n"
    )
    (root / "ieee" / "broken.c").write_text("int main (void) { return no_such_thing; }\n")
    return tmp_path


@pytest.mark.parametrize(
    ("directive", "options"),
    [
        ('/* { dg-options "-fwrapv -O1" } */', ("-fwrapv", "-O1")),
        ('/* { dg-options { "-fwrapv" } } */', ("-fwrapv",)),
        ('/* { dg-additional-options "-mno-stv" { target i?86-*-* x86_64-*-* } } */', ()),
        ('/* { dg-additional-options "-fpic" { target fpic } } */', ("-fpic",)),
        ('/* { dg-options "" } */', ()),
        ("/* { dg-do run } */", ()),
    ],
)
def test_options_of_a_test(tmp_path: Path, directive: str, options: tuple[str, ...]) -> None:
    (tmp_path / "a.c").write_text(directive + "\nint main (void) { return 0; }\n")
    assert own_options(tmp_path / "a.c") == options


def test_options_of_a_script(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int x;\n")
    (tmp_path / "a.x").write_text(
        'lappend additional_flags "-fno-trapping-math"\nset additional_flags -fno-builtin-abs\n'
    )
    assert own_options(tmp_path / "a.c") == ("-fno-trapping-math", "-fno-builtin-abs")


def test_tests_are_found(cache: Path) -> None:
    root = sources(cache)
    builtin = root / "builtins" / "abs.c"
    for path in (builtin, builtin.with_name("abs-lib.c"), builtin.parent / "lib" / "main.c"):
        path.write_text("")
    found = {test.name: test for test in find_tests(root)}
    assert set(found) == {"good", "bad", "files", "stack", "ieee/broken", "builtins/abs"}
    assert found["files"].unsupported and not found["good"].unsupported
    assert [path.name for path in found["builtins/abs"].sources] == ["abs.c", "abs-lib.c", "main.c"]
    assert "-fno-inline" in found["ieee/broken"].options


def test_a_missing_tool_is_named() -> None:
    with pytest.raises(Unavailable, match="not installed: no-such-tool"):
        require("sh", "no-such-tool")


def test_without_tools_the_command_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = CliRunner().invoke(main, ["--cache", str(cache)])
    assert result.exit_code == 0 and result.output.startswith("skipped: not installed: mips-linux-gnu-gcc")


@pytest.mark.skipif(not (shutil.which(COMPILER) and shutil.which("qemu-mips")), reason="no MIPS tools")
def test_the_whole_way(cache: Path) -> None:
    result = CliRunner().invoke(main, ["--cache", str(cache), "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert "ieee/broken: does not build: " in result.output and "no_such_thing" in result.output
    assert "stack: beyond: writes code on its stack" in result.output
    assert "bad: qemu fails: exit code 134" in result.output
    assert "5 tests, 4 build, 2 pass, 0 fail, 1 are beyond the machine, qemu fails 1" in result.output
    built = sorted((cache / "O2").glob("*.elf"))
    again = CliRunner().invoke(main, ["--cache", str(cache), "--jobs", "1", "--only", "good"])
    assert "1 pass" in again.output and sorted((cache / "O2").glob("*.elf")) == built
