"""The command: what it prints, where, and its exit codes."""

import hashlib
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.flow.conftest import FIBONACCI, ROOT
from zkm.cli import main

SHA256 = ROOT / "examples" / "guests" / "sha256" / "sha256.elf"


def zkm(*arguments, data=b""):
    """The command as a process of its own, as a user runs it."""
    command = [sys.executable, "-c", "from zkm.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, input=data, capture_output=True, cwd=ROOT, check=False)


def test_run_passes_standard_input_on():
    done = zkm("run", SHA256, data=b"abc")
    assert done.stdout == hashlib.sha256(b"abc").hexdigest().encode() + b"\n"
    assert (done.returncode, done.stderr) == (0, b"")


def test_run_reads_a_file_and_ends_with_the_guests_exit_code(tmp_path):
    (tmp_path / "in").write_bytes(b"not a number")
    done = zkm("run", "--stdin", tmp_path / "in", FIBONACCI)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"a number" in done.stderr


def test_arguments_behind_the_elf_are_the_guests():
    done = zkm("run", FIBONACCI, "--stats", "--help", data=b"7")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"13\n", b"")


def test_statistics_go_to_standard_error():
    done = zkm("run", "--stats", FIBONACCI, data=b"7")
    assert (done.returncode, done.stdout) == (0, b"13\n")
    text = done.stderr.decode()
    for word in ("LOGIC", "RANGE16", "instructions", "cells", "proof: about", "% of them the kernel's"):
        assert word in text


def test_check_finds_nothing_in_an_honest_run():
    done = zkm("run", "--check", FIBONACCI, data=b"7")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"13\n", b"")


def test_limits_and_bad_files_are_one_line(tmp_path):
    done = zkm("run", "--max-instructions", "100", SHA256, data=bytes(1000))
    assert done.returncode == 125
    assert done.stderr.startswith(b"zkm: ")
    assert done.stderr.count(b"\n") == 1
    (tmp_path / "bad").write_bytes(b"no ELF")
    done = zkm("run", tmp_path / "bad")
    assert done.returncode == 125
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["run", "prove", "verify", "program", "setup", "circuit", "contract"])
def test_every_verb_has_help(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 5


def test_circuit_prints_sections_and_their_sum():
    result = CliRunner().invoke(main, ["circuit", "--params", "tiny"])
    counts = [int(line.split()[-1].replace(",", "")) for line in result.output.splitlines()]
    assert sum(counts[:-1]) == counts[-1]
    assert counts[-1] > 50_000


def test_from_prove_to_verify(keys, tmp_path):
    folder = ["--keys", str(keys.folder)]
    (tmp_path / "in").write_bytes(b"20")
    proof = tmp_path / "proof.json"
    source = ["--stdin", tmp_path / "in"]
    done = zkm("prove", *folder, *source, "-o", proof, FIBONACCI)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    assert b"program key" in done.stderr
    done = zkm("verify", *folder, proof, FIBONACCI)
    assert done.returncode == 0
    assert done.stdout.startswith(b"valid: program 0x")
    key = zkm("program", *folder, FIBONACCI).stdout.strip()
    assert key in done.stdout
    done = zkm("verify", *folder, proof, SHA256)
    assert (done.returncode, done.stdout) == (125, b"")
    assert b"another program" in done.stderr


def test_contract_writes_solidity(keys, tmp_path):
    target = tmp_path / "ZkmVerifier.sol"
    done = zkm("contract", "--keys", keys.folder, "-o", target)
    assert done.returncode == 0
    assert "contract ZkmVerifier" in target.read_text()
