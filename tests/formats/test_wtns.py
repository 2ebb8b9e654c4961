"""Witness files."""

import struct

from zkm import _native
from zkm.field import MODULUS
from zkm.formats.wtns import write_wtns


def test_known_bytes(tmp_path):
    values = [1, 0, MODULUS - 1, 2**200]
    write_wtns(tmp_path / "w.wtns", _native.FrVec(values))
    header = struct.pack("<I", 32) + MODULUS.to_bytes(32, "little") + struct.pack("<I", 4)
    body = b"".join(value.to_bytes(32, "little") for value in values)
    expected = b"wtns" + struct.pack("<II", 2, 2)
    for kind, content in ((1, header), (2, body)):
        expected += struct.pack("<IQ", kind, len(content)) + content
    assert (tmp_path / "w.wtns").read_bytes() == expected
