"""The published ABI files are those of the contracts."""

import json
from pathlib import Path

import pytest

from tests.chain.conftest import ROOT
from zkm.abi import load_abi
from zkm.chain.artifacts import compile_contracts


@pytest.fixture(scope="module")
def artifacts():
    """With any generated verifier: the interface does not depend on the keys."""
    from zkm import api

    return compile_contracts(ROOT, api.contract_source())


@pytest.mark.parametrize("path", sorted((ROOT / "zkm" / "abi").glob("*.json")), ids=lambda path: path.stem)
def test_a_file_is_what_the_compiler_says(path: Path, artifacts):
    assert json.loads(path.read_text()) == artifacts[path.stem].abi, "run tools/make_abi.py"
    assert load_abi(path.stem) == artifacts[path.stem].abi


def test_an_unknown_contract():
    with pytest.raises(FileNotFoundError):
        load_abi("Nothing")
