"""Reference strings: development files, damaged files, ceremony files."""

from __future__ import annotations

from pathlib import Path

import pytest

from zkm import _native
from zkm.commit.srs import (
    DEVELOPMENT_SEED,
    development_srs,
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


def test_seed_is_public_and_fixed() -> None:
    assert DEVELOPMENT_SEED.hex() == KNOWN_SEED
