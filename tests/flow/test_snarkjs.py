"""The command's side of ceremonies, and snarkjs's opinion of a real proof."""

import json

import pytest
from click.testing import CliRunner

from tests.flow.conftest import FIBONACCI
from tests.formats.ceremony import Ceremony, snarkjs
from zkm.cli import main
from zkm.formats.binfile import BinFile
from zkm.formats.snarkjs_json import PROOF, PUBLIC, VERIFICATION_KEY
from zkm.wrap.keys import keys_folder


def zkm(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def exported(proof, keys, tmp_path_factory):
    """The folder that `zkm export` wrote."""
    folder = tmp_path_factory.mktemp("export")
    proof.save(folder / "p.json")
    done = zkm("export", "--keys", keys.folder, "-o", folder / "new" / "out", folder / "p.json")
    assert done.exit_code == 0, done.output
    return folder / "new" / "out"


def test_snarkjs_verifies_a_real_proof(exported, tmp_path):
    """And refuses it for another value of any public input."""
    names = [exported / name for name in (VERIFICATION_KEY, PUBLIC, PROOF)]
    assert "OK!" in snarkjs("groth16", "verify", *names)
    public = json.loads(names[1].read_text())
    assert len(public) == json.loads(names[0].read_text())["nPublic"] == 3
    for i in range(3):
        changed = [*public[:i], str(int(public[i]) + 1), *public[i + 1 :]]
        (tmp_path / "public.json").write_text(json.dumps(changed))
        said = snarkjs("groth16", "verify", names[0], tmp_path / "public.json", names[2], check=False)
        assert "Invalid proof" in said


def test_only_valid_proofs_are_exported(proof, keys, tmp_path):
    content = bytearray(proof.proof)
    content[-1] ^= 1
    type(proof)(proof.statement, proof.params, bytes(content)).save(tmp_path / "p.json")
    done = zkm("export", "--keys", keys.folder, "-o", tmp_path / "out", tmp_path / "p.json")
    assert done.exit_code == 125
    assert not (tmp_path / "out").exists()


def test_the_verifying_key_alone(keys, exported, tmp_path):
    assert zkm("export", "--keys", keys.folder, "-o", tmp_path).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == [VERIFICATION_KEY]
    assert (tmp_path / VERIFICATION_KEY).read_text() == (exported / VERIFICATION_KEY).read_text()


def test_circuit_and_witness_fit(keys, tmp_path):
    """The real circuit and the witness of a real run, as files; every constraint, recomputed from them."""
    (tmp_path / "in").write_bytes(b"12\n")
    files = ["--r1cs", tmp_path / "c.r1cs", "--wtns", tmp_path / "w.wtns"]
    done = zkm("circuit", "--keys", keys.folder, *files, "--stdin", tmp_path / "in", FIBONACCI)
    assert done.exit_code == 0, done.output
    with BinFile(tmp_path / "w.wtns", b"wtns", 2) as file:
        assert file.sections[2].size == 32 * keys.r1cs.wires
    with BinFile(tmp_path / "c.r1cs", b"r1cs") as file:
        assert file.read(1, 4, 60) == keys.r1cs.constraints.to_bytes(4, "little")
    assert "WITNESS IS CORRECT" in snarkjs("wtns", "check", tmp_path / "c.r1cs", tmp_path / "w.wtns")


def test_witness_and_program_belong_together(tmp_path):
    assert zkm("circuit", "--wtns", tmp_path / "w").exit_code == 2
    assert zkm("circuit", FIBONACCI).exit_code == 2


def test_setup_names_what_is_wrong(keys, tmp_path):
    """A line and exit code 125: files of other kinds, too small, or for a folder of development keys."""
    small = Ceremony(5).write(tmp_path / "small.ptau")
    cases = [
        (("--ptau", FIBONACCI), "not a .ptau file"),
        (("--ptau", small), "a file of power 5 has 63"),
        (("--zkey", small), "--ptau"),
    ]
    for options, message in cases:
        done = zkm("setup", "--keys", tmp_path / "keys", *options)
        assert done.exit_code == 125
        assert message in done.output
        assert done.output.splitlines()[-1].startswith("zkm: ")
    done = zkm("setup", "--keys", keys.folder, "--ptau", small)
    assert done.exit_code == 125 and "holds development keys" in done.output
    assert keys_folder(keys.folder) == keys.folder
