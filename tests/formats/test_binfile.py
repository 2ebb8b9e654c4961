"""The container: what is written can be read, and no damage is more than a typed error."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkm.errors import SetupError
from zkm.formats import binfile
from zkm.formats.binfile import BinFile, write_sections

MAGIC = b"test"
CONTENTS = {3: [b"abc", b"", b"defg"], 1: [b""], 700: [bytes(100)]}


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good"
    write_sections(path, MAGIC, CONTENTS)
    return path


def test_sections_return(good, tmp_path):
    with BinFile(good, MAGIC) as file:
        assert {kind: s.size for kind, s in file.sections.items()} == {3: 7, 1: 0, 700: 100}
        assert list(file.sections) == [3, 1, 700]
        assert (file.read(3, 7), file.read(3, 2, 4), file.read(1, 0)) == (b"abcdefg", b"ef", b"")
        assert file.section(3, 7).position == 24
        for kind, size, offset in ((3, 8, 0), (3, 1, 7), (2, 0, 0), (3, 1 << 62, 0)):
            with pytest.raises(SetupError, match=rf"good: section {kind}"):
                file.read(kind, size, offset)
        with pytest.raises(SetupError, match="7 bytes, not 6"):
            file.section(3, 6)
        with pytest.raises(SetupError, match="missing"):
            file.section(4, 6)
    assert [p.name for p in tmp_path.iterdir()] == ["good"]


def test_known_bytes(tmp_path):
    write_sections(tmp_path / "f", b"wtns", {2: [b"xy"]}, version=2)
    expected = b"wtns" + struct.pack("<III", 2, 1, 2) + struct.pack("<Q", 2) + b"xy"
    assert (tmp_path / "f").read_bytes() == expected


def test_a_failure_leaves_nothing(tmp_path):
    def pieces():
        yield b"abc"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sections(tmp_path / "f", MAGIC, {1: pieces()})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda d: b"zkey" + d[4:], r"not a \.test file"),
        (lambda d: d[:4] + struct.pack("<I", 2) + d[8:], "version 2"),
        (lambda d: d[:8] + struct.pack("<I", 65) + d[12:], "65 sections"),
        (lambda d: d[:8] + struct.pack("<I", 4) + d[12:], "truncated"),
        (lambda d: d[:8] + struct.pack("<I", 2) + d[12:], "112 bytes behind"),
        (lambda d: d[:12] + struct.pack("<I", 1) + d[16:], "occurs twice"),
        (lambda d: d[:16] + struct.pack("<Q", 1 << 63) + d[24:], "ends behind"),
        (lambda d: d[:16] + struct.pack("<Q", (1 << 64) - 12) + d[24:], "ends behind"),
        (lambda d: d[:-1], "section 700 ends behind"),
        (lambda d: d + b"\0", "1 bytes behind"),
        (lambda d: d[:11], "truncated"),
        (lambda _: b"", "truncated"),
    ],
)
def test_damage(good, damage, message):
    good.write_bytes(damage(good.read_bytes()))
    with pytest.raises(SetupError, match=message):
        BinFile(good, MAGIC)


@given(st.binary(max_size=200), st.data())
def test_no_file_does_more_than_a_typed_error(tmp_path_factory, noise, data):
    """Random tails behind a valid head, and reads of whatever they seem to hold."""
    path = tmp_path_factory.mktemp("noise") / "f"
    count = data.draw(st.integers(0, 3))
    path.write_bytes(MAGIC + struct.pack("<II", 1, count) + noise)
    try:
        with BinFile(path, MAGIC) as file:
            for kind, section in file.sections.items():
                assert len(file.read(kind, section.size)) == section.size
                assert section.position + section.size <= path.stat().st_size
    except SetupError:
        pass


def test_the_limit_is_real():
    assert binfile.MAX_SECTIONS >= 15
