"""Groth16 keys of a ceremony: read for our circuit, refused for any other."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.ceremony import Ceremony
from tests.formats.circuits import inputs, sums_of_powers
from tests.formats.zkey_file import key_sections, write_zkey
from zkm.commit.srs import import_ptau, open_srs
from zkm.curve import G2_GENERATOR
from zkm.errors import SetupError
from zkm.field import MODULUS
from zkm.formats.ptau import read_ptau
from zkm.formats.raw import raw_point
from zkm.formats.zkey import domain_size, read_zkey
from zkm.wrap.groth16 import VerifyingKey, native_r1cs, prove, verify


class Files:
    """A ceremony of just the size of the circuit, its powers and its key."""

    def __init__(self, folder):
        self.folder = folder
        self.system = sums_of_powers()
        self.r1cs = native_r1cs(self.system)
        self.ceremony = Ceremony(5)
        powers = read_ptau(self.ceremony.write(folder / "pot.ptau"))
        import_ptau(powers, folder / "srs.bin", powers.length)
        self.srs = open_srs(folder / "srs.bin", powers.length)
        self.sections = key_sections(self.ceremony, self.system)
        self.good = write_zkey(folder / "good.zkey", self.sections)

    def read(self, path):
        return read_zkey(path, self.system, self.r1cs)

    def refused(self, message, **changes):
        """The file with some sections replaced is refused when it is read or when it is checked."""
        sections = self.sections | {int(name[1:]): content for name, content in changes.items()}
        path = write_zkey(self.folder / "bad.zkey", {k: v for k, v in sections.items() if v is not None})
        with pytest.raises(SetupError, match=message):
            self.read(path).check(self.r1cs, self.srs)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return Files(tmp_path_factory.mktemp("zkey"))


def test_the_domain_holds_all_rows():
    system = sums_of_powers(9)  # 13 constraints and 4 extra rows: one more than 16
    assert (system.n_constraints, domain_size(system)) == (13, 32)
    assert domain_size(sums_of_powers(8)) == 16


def test_a_key_proves(files):
    key = files.read(files.good)
    key.check(files.r1cs, files.srs)
    assert not key.is_development
    verifying = VerifyingKey.of(key)
    verifying.check(3)
    public, private = inputs()
    proof = prove(key, files.r1cs, files.r1cs.solve(public, private))
    verify(verifying, public, proof)


def test_the_order_of_terms_is_free(files):
    terms = files.sections[4]
    entries = [terms[i : i + 44] for i in range(4, len(terms), 44)]
    shuffled = terms[:4] + b"".join(reversed(entries))
    path = write_zkey(files.folder / "shuffled.zkey", files.sections | {4: shuffled})
    files.read(path).check(files.r1cs, files.srs)


def test_too_few_powers(files):
    key = files.read(files.good)
    powers = read_ptau(files.folder / "pot.ptau")
    import_ptau(powers, files.folder / "short.bin", 62)
    short = open_srs(files.folder / "short.bin", 62)
    with pytest.raises(SetupError, match="63 are needed"):
        key.check(files.r1cs, short)


def test_files_of_something_else(files):
    files.refused("Groth16", s1=struct.pack("<I", 2))
    for kind in range(1, 10):
        files.refused(f"section {kind} is missing", **{f"s{kind}": None})
        for wrong in (files.sections[kind][:-1], files.sections[kind] + bytes(64)):
            files.refused(f"section {kind} has", **{f"s{kind}": wrong})
    head = files.sections[2]
    files.refused("another curve", s2=head[:4] + b"\0" * 32 + head[36:])
    files.refused("another curve", s2=head[:40] + b"\0" * 32 + head[72:])
    for at, name in ((72, "wires"), (76, "public"), (80, "domain")):
        for value in (0, 2**32 - 1):
            changed = head[:at] + struct.pack("<I", value) + head[at + 4 :]
            files.refused(name, s2=changed)


def test_keys_of_other_circuits(files):
    other = key_sections(files.ceremony, sums_of_powers(21))
    path = write_zkey(files.folder / "other.zkey", other)
    with pytest.raises(SetupError, match="another circuit: 28 wires"):
        files.read(path)
    terms = files.sections[4]
    for at in (4, 8, 12, 16, len(terms) - 1):
        files.refused("constraints differ", s4=terms[:at] + bytes([terms[at] ^ 1]) + terms[at + 1 :])
    files.refused("more or fewer terms", s4=struct.pack("<I", 2**32 - 1) + terms[4:])


def test_keys_that_fit_the_sizes_only(files):
    """The right numbers and terms, but the points of another circuit or ceremony."""
    system = sums_of_powers()
    swapped = files.sections[5][64:128] + files.sections[5][:64] + files.sections[5][128:]
    files.refused("A: not", s5=swapped)
    ic = files.sections[3]
    files.refused("IC or C", s3=ic[64:] + ic[:64])
    for change in ({"tau": 5}, {"alpha": 6}, {"beta": 7}):
        other = key_sections(Ceremony(5, **change), system)
        for kind in (3, 5, 6, 7, 8, 9):
            if other[kind] != files.sections[kind]:
                files.refused("demand", **{f"s{kind}": other[kind]})


def test_gamma_and_the_groups(files):
    head = files.sections[2]
    at = 84 + 2 * 64 + 128
    assert head[at : at + 128] == raw_point(G2_GENERATOR)
    beta = head[at - 128 : at]
    files.refused("γ₂", s2=head[:at] + beta + head[at + 128 :])
    files.refused("curve", s2=head[:84] + b"\1" + head[85:])
    files.refused("curve", s9=bytes(63) + b"\xff" + files.sections[9][64:])


def test_nobody_has_contributed(files):
    """γ = δ: what `snarkjs groth16 setup` writes before the first contribution."""
    sections = key_sections(files.ceremony, files.system, delta=1)
    key = files.read(write_zkey(files.folder / "fresh.zkey", sections))
    key.check(files.r1cs, files.srs)
    with pytest.raises(SetupError, match="nobody has contributed"):
        VerifyingKey.of(key).check(3)


def test_wrong_number_of_inputs(files):
    with pytest.raises(SetupError, match="4 points IC, not 3"):
        VerifyingKey.of(files.read(files.good)).check(2)


@settings(max_examples=60)
@given(data=st.data())
def test_damage_is_a_typed_error(files, data, tmp_path_factory):
    content = bytearray(files.good.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    kind = data.draw(st.sampled_from(["change", "cut", "insert"]))
    if kind == "cut":
        del content[at : at + data.draw(st.integers(1, 200))]
    elif kind == "insert":
        content[at:at] = data.draw(st.binary(min_size=1, max_size=80))
    else:
        content[at] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("damaged") / "f.zkey"
    path.write_bytes(content)
    contributions = len(content) - 80
    try:
        files.read(path).check(files.r1cs, files.srs)
    except SetupError:
        return
    # Only what snarkjs keeps for itself may change: its record of contributions, and its table entry.
    assert kind == "change" and at >= contributions


def test_the_modulus_is_the_known_one():
    assert pow(5, (MODULUS - 1) // 2, MODULUS) == MODULUS - 1, "5 is no square: it generates"
