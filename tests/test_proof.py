"""The proof file: what is written is read, and nothing else is accepted."""

import json
import sys

import pytest

from zkm.errors import ProofError
from zkm.params import SMALL
from zkm.proof import FORMAT, Proof
from zkm.verify.statement import Statement

PROOF = Proof(Statement(bytes(32), b"\x01" * 32, 3, b"out\xff"), SMALL, b"\x02" * 99)


def test_round_trip(tmp_path):
    PROOF.save(tmp_path / "proof.json")
    assert Proof.load(tmp_path / "proof.json") == PROOF


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "zkm proof 0"),
        ("format", None),
        ("parameters", "huge"),
        ("parameters", ["small"]),
        ("version", "0x00"),
        ("version", 5),
        ("programVKey", "00" * 32),
        ("programVKey", "0x" + "0g" * 32),
        ("programVKey", "0x" + " 00" * 32),
        ("exitCode", -1),
        ("exitCode", 1 << 32),
        ("exitCode", True),
        ("exitCode", "3"),
        ("output", "0x123"),
        ("proof", None),
    ],
)
def test_a_changed_field_is_refused(tmp_path, key, value):
    path = tmp_path / "proof.json"
    PROOF.save(path)
    content = json.loads(path.read_text())
    assert content["format"] == FORMAT
    content[key] = value
    path.write_text(json.dumps(content))
    with pytest.raises(ProofError, match=r"proof\.json"):
        Proof.load(path)


@pytest.fixture
def high_recursion_limit():
    """As some libraries leave it; Python's own JSON parser then overflows its stack."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    yield
    sys.setrecursionlimit(limit)


OTHER_FILES = {
    "empty": "",
    "list": "[]",
    "unclosed": "{",
    "null": "null",
    "binary": "\xff",
    "deep list": "[" * 1_000_000,
    "deep object": '{"a":' * 1_000_000,
}


@pytest.mark.usefixtures("high_recursion_limit")
@pytest.mark.parametrize("text", OTHER_FILES.values(), ids=OTHER_FILES)
def test_other_files_are_refused(tmp_path, text):
    path = tmp_path / "proof.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ProofError):
        Proof.load(path)


def test_the_summary_shows_text_and_bytes():
    summary = dict(PROOF.summary())
    assert summary["output"] == "0x6f7574ff"
    assert summary["exit code"] == "3"
