"""A proof is found again by what it says, and by nothing else."""

from dataclasses import replace

from zkm.chain.kept import KeptProofs
from zkm.params import SMALL
from zkm.proof import Proof
from zkm.verify.statement import Statement

STATEMENT = Statement(b"\x01" * 32, b"\x02" * 32, 3, b"output")
PROOF = Proof(STATEMENT, SMALL, b"proof")


def test_a_kept_proof_is_found(tmp_path):
    kept = KeptProofs(tmp_path / "proofs")
    assert kept.find(STATEMENT) is None
    assert kept.all() == []
    assert kept.keep(PROOF) == kept.path(STATEMENT)
    assert KeptProofs(tmp_path / "proofs").find(STATEMENT) == PROOF
    assert kept.all() == [PROOF]


def test_every_part_of_the_statement_counts(tmp_path):
    kept = KeptProofs(tmp_path)
    kept.keep(PROOF)
    for change in (
        {"version": b"\x09" * 32},
        {"program_vkey": b"\x09" * 32},
        {"exit_code": 4},
        {"output": b""},
    ):
        assert kept.find(replace(STATEMENT, **change)) is None


def test_damaged_and_foreign_files_are_passed_over(tmp_path):
    kept = KeptProofs(tmp_path)
    other = Proof(replace(STATEMENT, output=b"other"), SMALL, b"proof")
    kept.path(STATEMENT).write_text("{}")
    (tmp_path / "copy.json").write_text(other.to_json())
    assert kept.find(STATEMENT) is None
    assert kept.all() == []
    # A proof under another statement's name is not taken for that statement's.
    kept.path(STATEMENT).write_text(other.to_json())
    assert kept.find(STATEMENT) is None
    kept.keep(PROOF)
    assert kept.all() == [PROOF]
