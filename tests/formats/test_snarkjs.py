"""snarkjs makes a ceremony for our circuits, proves for us, and accepts what we prove."""

import json

import pytest

from tests.contract.example import binding_circuit
from tests.formats.ceremony import Ceremony, snarkjs
from tests.formats.circuits import inputs, sums_of_powers
from tests.formats.zkey_file import key_sections
from zkm.commit.srs import import_ptau, open_srs
from zkm.errors import SetupError
from zkm.field import MODULUS
from zkm.formats.binfile import BinFile
from zkm.formats.ptau import read_ptau
from zkm.formats.r1cs import write_r1cs
from zkm.formats.snarkjs_json import proof_json, public_json, save_json, verification_key_json
from zkm.formats.wtns import write_wtns
from zkm.formats.zkey import read_zkey
from zkm.verify.arithmetic import PLAIN
from zkm.verify.sumcheck import linear_combination
from zkm.verify.transcript import PUBLIC_INPUTS_TAG, hash_elements
from zkm.wrap.groth16 import VerifyingKey, native_r1cs, prove, verify

POWER = 5
"""Just enough for the circuit: the highest power of τ is missing, as in any ceremony of this size."""


class SecondPhase:
    """Our circuit's key, from our files by snarkjs's hands and back."""

    def __init__(self, folder, system, ptau):
        self.folder, self.system, self.r1cs = folder, system, native_r1cs(system)
        write_r1cs(folder / "circuit.r1cs", system)
        snarkjs("groth16", "setup", folder / "circuit.r1cs", ptau, folder / "fresh.zkey")
        names = ("--name=someone", "-e=some entropy")
        snarkjs("zkey", "contribute", folder / "fresh.zkey", folder / "final.zkey", *names)
        powers = read_ptau(ptau)
        import_ptau(powers, folder / "srs.bin", powers.length)
        self.srs = open_srs(folder / "srs.bin", powers.length)
        self.key = read_zkey(folder / "final.zkey", system, self.r1cs)
        self.key.check(self.r1cs, self.srs)
        self.verifying = VerifyingKey.of(self.key)
        self.verifying.check(system.n_public)

    def prove(self, public, private):
        """Our proof, checked here and by snarkjs."""
        wires = self.r1cs.solve(public, private)
        proof = prove(self.key, self.r1cs, wires)
        verify(self.verifying, public, proof)
        assert "OK!" in self.snarkjs_verify(public, proof)
        return wires, proof

    def snarkjs_verify(self, public, proof, check=True):
        names = [self.folder / f"{name}.json" for name in ("key", "public", "proof")]
        contents = verification_key_json(self.verifying), public_json(public), proof_json(proof)
        for path, content in zip(names, contents, strict=True):
            save_json(path, content)
        return snarkjs("groth16", "verify", *names, check=check)


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory):
    """A `.ptau` of snarkjs's own, with a contribution, prepared for phase 2."""
    folder = tmp_path_factory.mktemp("pot")
    snarkjs("powersoftau", "new", "bn128", POWER, folder / "new.ptau")
    names = ("--name=someone", "-e=some entropy")
    snarkjs("powersoftau", "contribute", folder / "new.ptau", folder / "one.ptau", *names)
    snarkjs("powersoftau", "prepare", "phase2", folder / "one.ptau", folder / "final.ptau")
    return folder


@pytest.fixture(scope="module")
def second_phase(ceremony, tmp_path_factory):
    return SecondPhase(tmp_path_factory.mktemp("phase2"), sums_of_powers(), ceremony / "final.ptau")


def test_powers_without_a_contribution(ceremony):
    with pytest.raises(SetupError, match="nobody has contributed"):
        read_ptau(ceremony / "new.ptau")
    assert read_ptau(ceremony / "one.ptau").tau_g2 == read_ptau(ceremony / "final.ptau").tau_g2


def test_a_key_without_a_contribution(second_phase):
    fresh = read_zkey(second_phase.folder / "fresh.zkey", second_phase.system, second_phase.r1cs)
    fresh.check(second_phase.r1cs, second_phase.srs)
    with pytest.raises(SetupError, match="nobody has contributed"):
        VerifyingKey.of(fresh).check(3)


def test_snarkjs_knows_the_circuit(second_phase, ceremony):
    folder = second_phase.folder
    said = snarkjs("r1cs", "info", folder / "circuit.r1cs")
    for line in ("# of Wires: 27", "# of Constraints: 24", "# of Private Inputs: 2", "# of Public Inputs: 3"):
        assert line in said
    said = snarkjs("zkey", "verify", folder / "circuit.r1cs", ceremony / "final.ptau", folder / "final.zkey")
    assert "ZKey Ok!" in said


def test_proofs_both_ways(second_phase):
    """snarkjs verifies ours and refuses a changed one; we verify snarkjs's, made from our witness."""
    folder = second_phase.folder
    public, private = inputs()
    wires, proof = second_phase.prove(public, private)
    for wrong in ([public[0] + 1, *public[1:]], [public[1], public[0], public[2]]):
        assert "Invalid proof" in second_phase.snarkjs_verify(wrong, proof, check=False)
    assert "OK!" not in second_phase.snarkjs_verify(
        public, proof[:64] + proof[64:192] + proof[:64], check=False
    )

    write_wtns(folder / "w.wtns", wires)
    assert "WITNESS IS CORRECT" in snarkjs("wtns", "check", folder / "circuit.r1cs", folder / "w.wtns")
    theirs = [folder / "their_proof.json", folder / "their_public.json"]
    snarkjs("groth16", "prove", folder / "final.zkey", folder / "w.wtns", *theirs)
    content = json.loads(theirs[0].read_text())
    assert json.loads(theirs[1].read_text()) == public_json(public)
    (a, b, c) = (content[name] for name in ("pi_a", "pi_b", "pi_c"))
    numbers = [*a[:2], *reversed(b[0]), *reversed(b[1]), *c[:2]]
    encoded = b"".join(int(number).to_bytes(32, "big") for number in numbers)
    assert proof_json(encoded) == content
    verify(second_phase.verifying, public, encoded)


def test_the_verifying_key_is_snarkjss(second_phase):
    folder = second_phase.folder
    snarkjs("zkey", "export", "verificationkey", folder / "final.zkey", folder / "their_key.json")
    assert json.loads((folder / "their_key.json").read_text()) == verification_key_json(
        second_phase.verifying
    )


def test_our_prepared_files_are_snarkjss(tmp_path):
    """The files of tests/formats/ceremony.py are what snarkjs would have made of their secrets."""
    made = Ceremony(3).prepare()
    made.write(tmp_path / "ours.ptau")
    Ceremony(3).write(tmp_path / "plain.ptau")
    snarkjs("powersoftau", "prepare", "phase2", tmp_path / "plain.ptau", tmp_path / "theirs.ptau")
    with BinFile(tmp_path / "theirs.ptau", b"ptau") as theirs:
        for kind, pieces in made.sections.items():
            assert theirs.read(kind, theirs.sections[kind].size) == b"".join(pieces), kind


def test_our_first_keys_are_snarkjss(tmp_path):
    """So are the keys of tests/formats/zkey_file.py: what snarkjs makes before anybody contributes."""
    system, ceremony = sums_of_powers(), Ceremony(POWER)
    ceremony.prepare().write(tmp_path / "pot.ptau")
    write_r1cs(tmp_path / "circuit.r1cs", system)
    snarkjs("groth16", "setup", tmp_path / "circuit.r1cs", tmp_path / "pot.ptau", tmp_path / "theirs.zkey")
    ours = key_sections(ceremony, system, delta=1)
    with BinFile(tmp_path / "theirs.zkey", b"zkey") as theirs:
        assert theirs.sections.keys() == ours.keys()
        for kind in range(1, 10):
            content = theirs.read(kind, theirs.sections[kind].size)
            if kind == 4:  # in another order
                assert sorted(terms(content)) == sorted(terms(ours[kind]))
            else:
                assert content == ours[kind], kind


def terms(section):
    return [section[i : i + 44] for i in range(4, len(section), 44)]


def test_a_circuit_with_the_public_inputs_of_the_real_one(tmp_path):
    """About a thousand constraints with Poseidon2; the powers are prepared natively (snarkjs: minutes)."""
    system = binding_circuit()
    assert system.n_constraints > 500
    power = (system.n_constraints + system.n_public).bit_length()
    ptau = Ceremony(power).prepare(lowest=power).write(tmp_path / "pot.ptau")
    phase = SecondPhase(tmp_path, system, ptau)
    values = list(range(1, 13))
    digest, xi = int(hash_elements(PLAIN, PUBLIC_INPUTS_TAG, values)), 77
    total = sum(value * pow(xi, i, MODULUS) for i, value in enumerate(values)) % MODULUS
    assert total == linear_combination(xi, values) % MODULUS
    phase.prove([digest, xi, total], values)
