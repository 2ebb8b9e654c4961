"""From a ceremony's files to keys in a folder, and every mixture that is refused."""

import json

import pytest

from tests.formats.ceremony import Ceremony
from tests.formats.circuits import inputs, sums_of_powers
from tests.formats.zkey_file import key_sections, write_zkey
from zkm.commit.srs import development_srs
from zkm.errors import SetupError
from zkm.formats.ptau import read_ptau
from zkm.params import TINY
from zkm.wrap import ceremony as ceremony_module
from zkm.wrap import keys as module
from zkm.wrap.groth16 import prove, verify
from zkm.wrap.keys import import_groth16, import_powers, load_keys, make_keys

LENGTH = 100
"""Powers that the parameter set would need."""


@pytest.fixture(autouse=True)
def small_sizes(monkeypatch):
    monkeypatch.setattr(module, "build_circuit", lambda _: sums_of_powers())
    monkeypatch.setattr(module, "FIRST_POINTS", 1 << 8)
    monkeypatch.setattr(ceremony_module, "srs_length", lambda *_: LENGTH)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """(.ptau of power 6, .zkey)."""
    folder = tmp_path_factory.mktemp("ceremony")
    ceremony = Ceremony(6)
    ptau = ceremony.write(folder / "pot.ptau")
    return ptau, write_zkey(folder / "key.zkey", key_sections(ceremony, sums_of_powers()))


def test_a_ceremonys_keys(files, tmp_path):
    ptau, zkey = files
    assert import_powers(TINY, ptau, tmp_path).power == 6
    keys = import_groth16(TINY, zkey, tmp_path)
    assert not keys.is_development
    assert "INSECURE" not in keys.describe()
    public, private = inputs()
    verify(keys.verifying_key, public, prove(keys.groth16, keys.r1cs, keys.wires(public, private)))
    assert len(keys.srs(LENGTH)) == LENGTH
    with pytest.raises(SetupError, match="100 points of the 101"):
        keys.srs(LENGTH + 1)
    again = load_keys(TINY, tmp_path)
    assert (again.version, again.verifying_key) == (keys.version, keys.verifying_key)
    assert make_keys(TINY, tmp_path).version == keys.version, "a set-up makes nothing anew"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ceremony.json", "srs.bin", "tiny.groth16"]


def test_the_version_binds_the_key(files, tmp_path):
    """Two second phases of one first phase are two verifiers."""
    ptau, zkey = files
    import_powers(TINY, ptau, tmp_path / "a")
    first = import_groth16(TINY, zkey, tmp_path / "a")
    import_powers(TINY, ptau, tmp_path / "b")
    other = write_zkey(tmp_path / "other.zkey", key_sections(Ceremony(6), sums_of_powers(), delta=5))
    assert import_groth16(TINY, other, tmp_path / "b").version != first.version


def test_nothing_is_made_beside_a_ceremonys_powers(files, tmp_path):
    import_powers(TINY, files[0], tmp_path)
    with pytest.raises(SetupError, match="no Groth16 key of 'tiny'"):
        make_keys(TINY, tmp_path)
    with pytest.raises(SetupError, match="zkm setup"):
        load_keys(TINY, tmp_path)


def test_a_key_needs_its_powers(files, tmp_path):
    with pytest.raises(SetupError, match="--ptau"):
        import_groth16(TINY, files[1], tmp_path)
    make_keys(TINY, tmp_path / "dev")
    (tmp_path / "dev" / "tiny.groth16").unlink()
    with pytest.raises(SetupError, match="--ptau"):
        import_groth16(TINY, files[1], tmp_path / "dev")


def test_development_keys_stay_alone(files, tmp_path):
    make_keys(TINY, tmp_path)
    with pytest.raises(SetupError, match="development keys"):
        import_powers(TINY, files[0], tmp_path)
    with pytest.raises(SetupError, match="exists"):
        import_groth16(TINY, files[1], tmp_path)
    assert make_keys(TINY, tmp_path).is_development


def test_ceremonies_do_not_mix(files, tmp_path):
    import_powers(TINY, files[0], tmp_path)
    other = Ceremony(6, tau=99)
    with pytest.raises(SetupError, match="another ceremony"):
        import_powers(TINY, other.write(tmp_path / "other.ptau"), tmp_path)
    import_powers(TINY, files[0], tmp_path)
    for change in ({"tau": 99}, {"alpha": 98}, {"beta": 97}):
        sections = key_sections(Ceremony(6, **change), sums_of_powers())
        zkey = write_zkey(tmp_path / "other.zkey", sections)
        with pytest.raises(SetupError, match=r"other\.zkey: (α or β|A: not)"):
            import_groth16(TINY, zkey, tmp_path)
    fresh = write_zkey(tmp_path / "fresh.zkey", key_sections(Ceremony(6), sums_of_powers(), delta=1))
    with pytest.raises(SetupError, match="nobody has contributed"):
        import_groth16(TINY, fresh, tmp_path)
    import_groth16(TINY, files[1], tmp_path)
    with pytest.raises(SetupError, match="exists"):
        import_groth16(TINY, files[1], tmp_path)


def test_more_powers_later(files, tmp_path, monkeypatch):
    import_powers(TINY, files[0], tmp_path)
    monkeypatch.setattr(ceremony_module, "srs_length", lambda *_: 127)
    import_powers(TINY, files[0], tmp_path)
    keys = import_groth16(TINY, files[1], tmp_path)
    assert len(keys.srs(127)) == 127
    monkeypatch.setattr(ceremony_module, "srs_length", lambda *_: 128)
    with pytest.raises(SetupError, match="128 powers of τ are needed"):
        import_powers(TINY, files[0], tmp_path)
    assert len(load_keys(TINY, tmp_path).srs(127)) == 127


def test_the_tau_that_everybody_knows(files, tmp_path, monkeypatch):
    known = development_srs(tmp_path / "dev", 2)
    assert ceremony_module.development_tau_g2() == known.tau_g2
    tau_g2 = read_ptau(files[0]).tau_g2
    monkeypatch.setattr(ceremony_module, "development_tau_g2", lambda: tau_g2)
    with pytest.raises(SetupError, match="everybody knows"):
        import_powers(TINY, files[0], tmp_path / "keys")
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c | {"format": "x"},
        lambda c: c | {"power": "6"},
        lambda c: c | {"tau_g2": 5},
        lambda c: c | {"tau_g2": "0x12"},
        lambda c: c | {"alpha_g1": c["alpha_g1"] + "00"},
        lambda c: {k: v for k, v in c.items() if k != "beta_g2"},
        lambda _: [],
        lambda _: "x",
    ],
)
def test_a_damaged_record_is_refused(files, tmp_path, damage):
    import_powers(TINY, files[0], tmp_path)
    path = tmp_path / "ceremony.json"
    path.write_text(json.dumps(damage(json.loads(path.read_text()))))
    with pytest.raises(SetupError, match=r"ceremony\.json"):
        import_groth16(TINY, files[1], tmp_path)


def test_a_record_of_other_powers_is_refused(files, tmp_path):
    import_powers(TINY, files[0], tmp_path)
    import_powers(TINY, Ceremony(6, tau=99).write(tmp_path / "other.ptau"), tmp_path / "other")
    (tmp_path / "other" / "ceremony.json").replace(tmp_path / "ceremony.json")
    with pytest.raises(SetupError, match="different ceremonies"):
        import_groth16(TINY, files[1], tmp_path)
