"""Ceremonies' powers of τ: read, imported, and refused when anything is wrong."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.ceremony import Ceremony
from zkm import _native
from zkm.commit.srs import DEVELOPMENT_SEED, development_srs, import_ptau, is_ceremony, open_srs
from zkm.curve import G1_GENERATOR, G2_GENERATOR
from zkm.errors import SetupError
from zkm.field import MODULUS
from zkm.formats.ptau import read_ptau
from zkm.formats.raw import raw_point

POWER = 5


@pytest.fixture(scope="module")
def ceremony():
    return Ceremony(POWER)


@pytest.fixture(scope="module")
def good(ceremony, tmp_path_factory):
    return ceremony.write(tmp_path_factory.mktemp("ptau") / "good.ptau")


def changed(ceremony, **changes):
    """The ceremony with some sections replaced."""
    sections = {int(name[1:]): [content] for name, content in changes.items()}
    return Ceremony(POWER, sections={**ceremony.sections, **sections})


def test_header_and_first_points(good, ceremony):
    powers = read_ptau(good)
    assert (powers.power, powers.length) == (POWER, 63)
    assert powers.alpha_g1 == _native.g1_msm([G1_GENERATOR], [ceremony.alpha])
    tau = _native.g1_msm([G1_GENERATOR], [MODULUS - ceremony.tau])
    assert _native.pairing_check([(G1_GENERATOR, powers.tau_g2), (tau, G2_GENERATOR)])


def test_import(good, ceremony, tmp_path):
    powers = read_ptau(good)
    for length in (2, 40, 63):
        import_ptau(powers, tmp_path / "srs.bin", length)
        srs = open_srs(tmp_path / "srs.bin", length)
        assert not srs.insecure and len(srs) == length
        assert is_ceremony(tmp_path / "srs.bin")
        srs.check()
        for i in (0, 1, length - 1):
            assert srs.point(i) == _native.g1_msm([G1_GENERATOR], [pow(ceremony.tau, i, MODULUS)])
        assert srs.tau_g2 == powers.tau_g2
    with pytest.raises(SetupError, match="64 powers of τ are needed, a file of power 5 has 63"):
        import_ptau(powers, tmp_path / "srs.bin", 64)
    assert len(open_srs(tmp_path / "srs.bin", 63)) == 63, "the file of before is still there"
    with pytest.raises(SetupError, match="not the development"):
        development_srs(tmp_path / "srs.bin", 20)


def test_development_strings_are_no_ceremony(tmp_path):
    assert not is_ceremony(tmp_path / "nothing")
    development_srs(tmp_path / "dev", 4)
    assert not is_ceremony(tmp_path / "dev")
    assert len(DEVELOPMENT_SEED) == 32


def refused(ceremony, path: Path, message):
    ceremony.write(path)
    with pytest.raises(SetupError, match=message) as info:
        read_ptau(path)
    assert path.name in str(info.value)


def test_files_that_are_refused(ceremony, tmp_path):
    path = tmp_path / "bad.ptau"
    sections = {kind: pieces[0] for kind, pieces in ceremony.sections.items()}
    refused(Ceremony(POWER, field_modulus=7), path, "another curve")
    header = Ceremony(POWER, field_modulus=MODULUS).header()
    refused(changed(ceremony, s1=header), path, "another curve")
    refused(changed(ceremony, s1=header[:-1]), path, "section 1")
    for power in (0, 4, 6, 29, 63, 2**32 - 1):
        refused(changed(ceremony, s1=Ceremony(power, sections={1: []}).header()), path, "section|power")
    for kind in range(1, 7):
        rest = {k: v for k, v in ceremony.sections.items() if k != kind}
        refused(Ceremony(POWER, sections=rest), path, f"section {kind} is missing")
        for wrong in (sections[kind][:-1], sections[kind] + b"\0", b""):
            refused(changed(ceremony, **{f"s{kind}": wrong}), path, f"section {kind} has|truncated")
    for kind in (2, 3):
        refused(changed(ceremony, **{f"s{kind}": sections[kind][128:] + bytes(128)}), path, "generator")


def test_nobody_has_contributed(tmp_path):
    path = tmp_path / "bad.ptau"
    for secret, name in (("tau", "τ"), ("alpha", "α"), ("beta", "β")):
        for value in (0, 1):
            refused(Ceremony(POWER, **{secret: value}), path, f"{name} is trivial")


def test_first_points_that_are_none(ceremony, tmp_path):
    path = tmp_path / "bad.ptau"
    sections = {kind: pieces[0] for kind, pieces in ceremony.sections.items()}
    refused(changed(ceremony, s4=b"\1" + sections[4][1:]), path, "curve")
    refused(changed(ceremony, s6=sections[6][:-1] + b"\0"), path, "curve")
    refused(changed(ceremony, s4=b"\xff" * 32 + sections[4][32:]), path, "modulus")
    other = raw_point(G1_GENERATOR)
    refused(changed(ceremony, s5=other + sections[5][64:]), path, "both groups")
    refused(changed(ceremony, s5=bytes(64) + sections[5][64:]), path, "both groups")


@pytest.mark.parametrize("index", [1, 2, 30, 61, 62])
def test_every_power_counts(ceremony, tmp_path, index):
    """Another point of the curve, none of the curve, and infinity in a power's place."""
    points = ceremony.sections[2][0]
    one, start = points[:64], 64 * index
    other = one if index != 1 else points[128:192]
    for point in (other, bytes(64), points[start : start + 63] + bytes([points[start + 63] ^ 1])):
        path = changed(ceremony, s2=points[:start] + point + points[start + 64 :]).write(
            tmp_path / "bad.ptau"
        )
        with pytest.raises(SetupError, match=r"bad\.ptau"):
            import_ptau(read_ptau(path), tmp_path / "srs.bin", 63)
        assert not (tmp_path / "srs.bin").exists()


@settings(max_examples=40)
@given(data=st.data())
def test_damage_is_a_typed_error(good, ceremony, data, tmp_path_factory):
    """Bytes changed, cut or inserted anywhere: refused, or what was changed is not ours to look at."""
    content = bytearray(good.read_bytes())
    kind = data.draw(st.sampled_from(["change", "cut", "insert", "head"]))
    limit = 200 if kind == "head" else len(content)
    at = data.draw(st.integers(0, limit - 1))
    if kind == "cut":
        del content[at : at + data.draw(st.integers(1, 200))]
    elif kind == "insert":
        content[at:at] = data.draw(st.binary(min_size=1, max_size=80))
    else:
        content[at : at + 8] = data.draw(st.binary(min_size=8, max_size=8))
    folder = tmp_path_factory.mktemp("damaged")
    path = folder / "f.ptau"
    path.write_bytes(content)
    try:
        powers = read_ptau(path)
        import_ptau(powers, folder / "srs.bin", 63)
    except SetupError:
        assert not (folder / "srs.bin").exists()
    else:
        srs = open_srs(folder / "srs.bin", 63)
        points = _native.g1_multiples(_native.FrVec([pow(ceremony.tau, i, MODULUS) for i in range(63)]))
        assert [raw_point(srs.point(i)) for i in range(63)] == [
            points[i : i + 64] for i in range(0, 4032, 64)
        ]
