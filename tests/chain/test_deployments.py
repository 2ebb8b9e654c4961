"""The record of deployments survives restarts and notices chains that are gone."""

import pytest

from zkm.chain.deployments import Deployments
from zkm.errors import ChainError

CODE, VERSION = b"\x60\x80code", b"\x05" * 32


def test_what_is_recorded_is_read_again(tmp_path):
    entry = Deployments(tmp_path, 31337).record("Settlement", "0x" + "11" * 20, CODE, VERSION)
    assert Deployments(tmp_path, 31337).get("Settlement") == entry
    assert Deployments(tmp_path, 1).get("Settlement") is None


def test_current_means_same_code_and_version(tmp_path):
    entry = Deployments(tmp_path, 1).record("ZkmVerifier", "0x" + "22" * 20, CODE, VERSION)
    assert entry.is_current(CODE, VERSION)
    assert not entry.is_current(b"", VERSION)
    assert not entry.is_current(CODE + b"\0", VERSION)
    assert not entry.is_current(CODE, b"\x06" * 32)


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"name": "x"}}'])
def test_a_damaged_record_is_named(tmp_path, text):
    (tmp_path / "5.json").write_text(text)
    with pytest.raises(ChainError, match=r"5\.json"):
        Deployments(tmp_path, 5)
