"""Whole guests against qemu-mips: what they write and how they end."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.machine.invariants import check_trace
from zkm import machine
from zkm.errors import GuestFault
from zkm.program import load

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "guests"
SOURCES = Path(__file__).parent / "guests"
COMPILER = "mips-linux-gnu-gcc"

needs_qemu = pytest.mark.skipif(
    shutil.which("qemu-mips") is None, reason="qemu-mips (Debian: qemu-user) is not installed"
)
needs_compiler = pytest.mark.skipif(
    shutil.which(COMPILER) is None,
    reason=f"{COMPILER} (Debian: gcc-mips-linux-gnu) is not installed",
)


def qemu(elf: Path, arguments: list[str], stdin: bytes) -> tuple[int, bytes, bytes]:
    """Exit code (128 + signal), standard output and error under qemu-mips."""
    done = subprocess.run(
        ["qemu-mips", "-cpu", "24Kf", "-0", elf.name, str(elf), *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )
    code = done.returncode
    return (code if code >= 0 else 128 - code), done.stdout, done.stderr


def ours(elf: Path, arguments: list[str], stdin: bytes) -> tuple[int, bytes, bytes]:
    """The same on the machine; the shown output must be the proven one."""
    out, err = io.BytesIO(), io.BytesIO()
    try:
        result = machine.run(load(elf, arguments), stdin, out, err)
    except GuestFault as fault:
        return fault.exit_code, out.getvalue(), err.getvalue()
    assert out.getvalue() == result.output
    return result.exit_code, result.output, err.getvalue()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    directory = tmp_path_factory.mktemp("guests")

    def build(name: str, architecture: str, level: str = "-O2") -> Path:
        elf = directory / f"{name}-{architecture}{level}.elf"
        if not elf.exists():
            command = [COMPILER, "-EB", f"-march={architecture}", level, "-mabi=32", "-msoft-float"]
            command += ["-mno-abicalls", "-fno-pic", "-G0", "-ffreestanding", "-fno-stack-protector"]
            command += ["-nostdlib", "-static", "-Wl,--build-id=none", "-I", str(EXAMPLES / "lib")]
            command += ["-o", str(elf), str(EXAMPLES / "lib" / "start.S"), str(SOURCES / f"{name}.c")]
            subprocess.run([*command, "-lgcc"], check=True)
        return elf

    return build


@needs_qemu
@pytest.mark.parametrize("arguments", [[], ["7"], ["93"], ["94"], ["x"], ["1", "2"]])
def test_fibonacci(arguments):
    elf = EXAMPLES / "fibonacci" / "fibonacci.elf"
    assert ours(elf, arguments, b"") == qemu(elf, arguments, b"")


@needs_qemu
@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 1000])
def test_sha256(length):
    elf = EXAMPLES / "sha256" / "sha256.elf"
    assert ours(elf, [], b"a" * length) == qemu(elf, [], b"a" * length)


@needs_qemu
@needs_compiler
@pytest.mark.parametrize("level", ["-O0", "-O2", "-Os"])
@pytest.mark.parametrize("architecture", ["mips1", "mips2", "mips32", "mips32r2"])
def test_compiled_code(compiled, architecture, level):
    elf = compiled("compute", architecture, level)
    for seed in ("", "a", "zkm"):
        assert ours(elf, [seed], b"") == qemu(elf, [seed], b"")
    check_trace(machine.trace(load(elf)))


@needs_qemu
@needs_compiler
@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 100, 30_000])
def test_input_and_output(compiled, length):
    elf = compiled("echo", "mips32r2")
    stdin = (b"The quick brown fox. " * 2000)[:length]
    assert ours(elf, [], stdin) == qemu(elf, [], stdin)


@needs_qemu
@needs_compiler
@pytest.mark.skipif(
    not Path("/usr/mips-linux-gnu/lib/libc.a").exists(),
    reason="a static C library (Debian: libc6-dev-mips-cross) is not installed",
)
@pytest.mark.parametrize("stdin", [b"", b"one\n", b"one\ntwo\n" + b"a long line " * 30 + b"\nend"])
def test_program_of_the_c_library(tmp_path, stdin):
    elf = tmp_path / "hosted"
    command = [COMPILER, "-O2", "-static", "-o", str(elf), str(SOURCES / "hosted.c")]
    subprocess.run(command, check=True)
    for arguments in ([], ["200"]):
        assert ours(elf, arguments, stdin) == qemu(elf, arguments, stdin)


@needs_qemu
@needs_compiler
@pytest.mark.parametrize("kind", "nmsjaiboe")
def test_ends_as_qemu(compiled, kind):
    elf = compiled("fault", "mips32r2", "-O1")
    assert ours(elf, [kind], b"")[0] == qemu(elf, [kind], b"")[0]


@needs_compiler
@pytest.mark.parametrize(("kind", "signal"), [("k", 4), ("d", 8)])
def test_ends_as_linux(compiled, kind, signal):
    """qemu-mips has the instruction (k), or reports SIGTRAP for a checked division by zero (d)."""
    assert ours(compiled("fault", "mips32r2", "-O1"), [kind], b"")[0] == 128 + signal
