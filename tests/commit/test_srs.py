"""Reference strings: development files, damaged files, ceremony files."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from zkm import _native
from zkm.commit.srs import (
    BASE_FIELD,
    DEVELOPMENT_SEED,
    development_srs,
    import_ptau,
    open_srs,
    srs_length,
)
from zkm.curve import G1_GENERATOR, G2_GENERATOR
from zkm.errors import SetupError
from zkm.field import MODULUS
from zkm.params import SMALL, TINY

HEADER = 4096
KNOWN_SEED = "d0b071e8a6cd17737832fd5338dd25ae466a70ebe85629b0111e6d4a3b1a718f"
KNOWN_TAU = "0faf734bb11a2ec2a7973e7f6cb5581fe45a14572c0051eff07b72bfb855cf4b"  # x of [τ]_1


def test_development_string_is_known_and_marked(tmp_path: Path) -> None:
    srs = development_srs(tmp_path / "new" / "dev.srs", 40)
    assert srs.insecure
    assert b"INSECURE" in (tmp_path / "new" / "dev.srs").read_bytes()[:HEADER]
    assert srs.point(0) == G1_GENERATOR
    for i in (0, 1, 38):
        negative = _native.g1_msm([srs.point(i)], [MODULUS - 1])
        assert _native.pairing_check([(negative, srs.tau_g2), (srs.point(i + 1), G2_GENERATOR)])
    # A key hash depends on it: it must not change from release to release.
    assert srs.point(1)[:32].hex() == KNOWN_TAU
    assert len(development_srs(tmp_path / "new" / "dev.srs", 50)) == 50
    assert len(open_srs(tmp_path / "new" / "dev.srs", 30)) == 30


def test_lengths() -> None:
    assert srs_length(SMALL, 1 << 19) == (1 << 19) + 1
    assert srs_length(TINY, 16) == 1 << 10, "the mask slot's two rows"


def test_missing_damaged_and_foreign_files(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"nothing\.srs"):
        open_srs(tmp_path / "nothing.srs", 1)
    path = tmp_path / "a.srs"
    _native.Srs.development(str(path), bytes(32), 10)
    with pytest.raises(SetupError, match="not the development"):
        development_srs(path, 10)
    with pytest.raises(SetupError, match="10 points of the 11"):
        open_srs(path, 11)
    data = bytearray(path.read_bytes())
    data[HEADER + 64 * 5 + 3] ^= 1
    path.write_bytes(data)
    with pytest.raises(SetupError, match="damaged"):
        open_srs(path, 10)


def ptau(srs_file: Path, count: int, tau_g2: bytes, field: int = BASE_FIELD) -> bytes:
    """A `.ptau` file with the sections that are read, around an unknown one."""
    points = srs_file.read_bytes()[HEADER : HEADER + 64 * count]

    def montgomery(word: bytes) -> bytes:
        return ((int.from_bytes(word, "big") << 256) % BASE_FIELD).to_bytes(32, "little")

    words = [G2_GENERATOR, tau_g2]
    g2 = b"".join(montgomery(w[32 * i : 32 * i + 32]) for w in words for i in (1, 0, 3, 2))
    header = struct.pack("<I", 32) + field.to_bytes(32, "little") + struct.pack("<II", 5, 5)
    sections = [(1, header), (9, b"unknown"), (2, points), (3, g2)]
    body = b"".join(struct.pack("<IQ", kind, len(data)) + data for kind, data in sections)
    return b"ptau" + struct.pack("<II", 1, len(sections)) + body


def test_import_of_a_ceremony(tmp_path: Path) -> None:
    source = development_srs(tmp_path / "dev.srs", 32)
    file = tmp_path / "pot.ptau"
    good = ptau(tmp_path / "dev.srs", 32, source.tau_g2)
    file.write_bytes(good)
    srs = import_ptau(file, tmp_path / "ceremony.srs", 20)
    assert not srs.insecure
    assert [srs.point(i) for i in range(20)] == [source.point(i) for i in range(20)]
    assert srs.tau_g2 == source.tau_g2
    with pytest.raises(SetupError, match="not the development"):
        development_srs(tmp_path / "ceremony.srs", 20)

    def refused(data: bytes, match: str, length: int = 20) -> None:
        file.write_bytes(data)
        with pytest.raises(SetupError, match=match):
            import_ptau(file, tmp_path / "bad.srs", length)
        assert not (tmp_path / "bad.srs").exists()

    refused(good, "32 points of the 33", 33)
    refused(b"", "too short")
    refused(b"zkey" + good[4:], "not a .ptau")
    refused(good[:-1], "section 3")
    refused(ptau(tmp_path / "dev.srs", 32, source.tau_g2, field=7), "another curve")
    refused(ptau(tmp_path / "dev.srs", 32, G2_GENERATOR), "powers|damaged")
    at = good.index(source_bytes(tmp_path / "dev.srs", 9))
    refused(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], "curve|damaged")


def source_bytes(path: Path, index: int) -> bytes:
    start = HEADER + 64 * index
    return path.read_bytes()[start : start + 64]


def test_seed_is_public_and_fixed() -> None:
    assert DEVELOPMENT_SEED.hex() == KNOWN_SEED
