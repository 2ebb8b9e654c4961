"""Keys in a folder: made once, loaded afterwards, refused when they belong to something else."""

import pytest

from tests.contract.example import binding_circuit
from zkm.errors import SetupError
from zkm.params import TINY
from zkm.progress import Stages
from zkm.wrap import keys as module
from zkm.wrap.keys import keys_folder, load_keys, make_keys
from zkm.wrap.r1cs import ONE, Recorder


@pytest.fixture(autouse=True)
def small_circuit(monkeypatch):
    """The keys of a circuit that is made in no time."""
    monkeypatch.setattr(module, "build_circuit", lambda _: binding_circuit())
    monkeypatch.setattr(module, "FIRST_POINTS", 1 << 8)


def other_circuit(_):
    recorder = Recorder(3, 1)
    recorder.check({1: 1, 2: 1}, {ONE: 1}, {3: 1, 4: 1}, "a sum")
    return recorder.finish()


def test_keys_are_made_once_and_are_always_the_same(tmp_path):
    stages = Stages()
    first = make_keys(TINY, tmp_path / "a", stages)
    assert {"reference string", "Groth16 set-up"} <= stages.seconds.keys()
    written = (tmp_path / "a" / "tiny.groth16").stat().st_mtime_ns
    again = make_keys(TINY, tmp_path / "a")
    assert (tmp_path / "a" / "tiny.groth16").stat().st_mtime_ns == written
    elsewhere = make_keys(TINY, tmp_path / "b")
    for other in (again, elsewhere, load_keys(TINY, tmp_path / "a")):
        assert (other.version, other.verifying_key) == (first.version, first.verifying_key)
    assert sorted(p.name for p in (tmp_path / "a").iterdir() if p.suffix in (".tmp", ".groth16")) == [
        "tiny.groth16"
    ]


def test_development_keys_say_so(tmp_path):
    made = make_keys(TINY, tmp_path)
    assert made.is_development
    assert "INSECURE" in made.describe()


def test_keys_of_another_circuit_are_refused(tmp_path, monkeypatch):
    made = make_keys(TINY, tmp_path)
    monkeypatch.setattr(module, "build_circuit", other_circuit)
    for load in (load_keys, make_keys):
        with pytest.raises(SetupError, match="another circuit"):
            load(TINY, tmp_path)
    assert make_keys(TINY, tmp_path / "other").version != made.version


def test_missing_and_damaged_keys(tmp_path):
    with pytest.raises(SetupError, match="zkm setup --params"):
        load_keys(TINY, tmp_path)
    make_keys(TINY, tmp_path)
    path = tmp_path / "tiny.groth16"
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    with pytest.raises(SetupError, match=r"tiny\.groth16"):
        load_keys(TINY, tmp_path)
    path.write_bytes(data)
    load_keys(TINY, tmp_path)


def test_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ZKM_KEYS", str(tmp_path))
    assert keys_folder() == tmp_path
    assert keys_folder("elsewhere").name == "elsewhere"
    monkeypatch.delenv("ZKM_KEYS")
    assert keys_folder().name == "keys"
