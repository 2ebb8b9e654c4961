"""From an ELF file to a checked proof, through the library."""

from dataclasses import replace

import pytest

from tests.flow.conftest import FIBONACCI, ROOT
from zkm import api
from zkm.errors import GuestFault, ProgramError, ProofError, SetupError
from zkm.params import SMALL, TINY
from zkm.proof import Proof
from zkm.wrap.keys import load_keys

SHA256 = ROOT / "examples" / "guests" / "sha256" / "sha256.elf"


def test_the_statement_is_what_the_program_did(proof):
    assert proof.statement.output == b"2880067194370816120\n"
    assert proof.statement.exit_code == 0


def test_a_saved_proof_is_valid_and_of_its_program(proof, keys, tmp_path):
    proof.save(tmp_path / "proof.json")
    assert api.verify(tmp_path / "proof.json", FIBONACCI, keys=keys) == proof.statement
    assert api.program_key(FIBONACCI, keys=keys) == proof.statement.program_vkey


def test_another_program_or_argument_is_refused(proof, keys):
    for elf, arguments in ((SHA256, ()), (FIBONACCI, ("x",))):
        with pytest.raises(ProofError, match="another program"):
            api.verify(proof, elf, arguments, keys=keys)


@pytest.mark.parametrize(
    "change",
    [
        {"exit_code": 1},
        {"output": b"2880067194370816121\n"},
        {"output": b"2880067194370816120"},
        {"output": b"2880067194370816120\n\0"},
        {"output": b""},
        {"program_vkey": bytes(32)},
        {"version": bytes(32)},
    ],
)
def test_another_statement_is_refused(proof, keys, change):
    other = replace(proof, statement=replace(proof.statement, **change))
    with pytest.raises(ProofError):
        api.verify(other, keys=keys)


def test_changed_bytes_are_refused(proof, keys):
    data = proof.proof
    for position in [*range(0, len(data), 61), len(data) - 1]:
        changed = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        with pytest.raises(ProofError):
            api.verify(replace(proof, proof=changed), keys=keys)
    for changed in (b"", data[:-1], data + b"\0", data[32:]):
        with pytest.raises(ProofError):
            api.verify(replace(proof, proof=changed), keys=keys)


def test_two_proofs_of_one_statement_share_nothing_but_the_program(proof, keys):
    """Fresh randomness: commitments, opening and Groth16 proof differ (protocol, section 9)."""
    again = api.prove(FIBONACCI, stdin=b"90\n", keys=keys)
    assert again.statement == proof.statement
    words = [
        {data[i : i + 32] for i in range(0, len(data) - len(data) % 32, 32)}
        for data in (again.proof, proof.proof)
    ]
    head = 32 * 5  # k, C_0, C_1
    program = {proof.proof[i : i + 32] for i in range(0, head, 32)}
    assert words[0] & words[1] == program


def test_an_exit_code_other_than_zero_is_provable(keys):
    proof = api.prove(FIBONACCI, stdin=b"not a number", keys=keys)
    assert (proof.statement.exit_code, proof.statement.output) == (1, b"")
    api.verify(proof, FIBONACCI, keys=keys)


def test_a_digest_of_private_input(keys):
    import hashlib

    message = bytes(range(200))
    proof = api.prove(SHA256, stdin=message, keys=keys)
    assert proof.statement.output == hashlib.sha256(message).hexdigest().encode() + b"\n"
    api.verify(proof, SHA256, keys=keys)


def test_errors_are_typed(tmp_path, keys):
    (tmp_path / "bad.elf").write_bytes(b"\x7fELF and nothing else")
    with pytest.raises(ProgramError):
        api.prove(tmp_path / "bad.elf", keys=keys)
    with pytest.raises(SetupError, match="zkm setup"):
        load_keys(TINY, tmp_path)
    (tmp_path / "small.groth16").write_bytes(bytes(1000))
    with pytest.raises(SetupError):
        load_keys(SMALL, tmp_path)
    with pytest.raises(ProofError):
        api.verify(tmp_path / "bad.elf", keys=keys)
    assert issubclass(GuestFault, Exception)


def test_the_package_offers_the_verbs():
    import zkm

    assert zkm.prove is api.prove
    assert zkm.Proof is Proof
    with pytest.raises(AttributeError):
        _ = zkm.nothing
