"""Anvil is started, answers, and is gone afterwards, whatever happens."""

import json
import sys
import urllib.error
import urllib.request

import pytest

from zkm.chain import anvil
from zkm.chain.anvil import Anvil
from zkm.errors import ChainError

pytestmark = pytest.mark.chain


def chain_id(url):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return int(json.load(answer)["result"], 16)


def test_it_answers_and_stops():
    with Anvil(chain_id=4242) as chain:
        assert chain_id(chain.url) == 4242
    with pytest.raises(urllib.error.URLError):
        chain_id(chain.url)


def test_a_busy_port_is_an_error():
    with Anvil() as chain, pytest.raises(ChainError, match="anvil ended"):
        Anvil(port=chain.port).__enter__()


def test_a_missing_program_is_an_error(monkeypatch):
    monkeypatch.setattr(anvil.shutil, "which", lambda _: None)
    with pytest.raises(ChainError, match="not installed"):
        Anvil().__enter__()


def test_the_command_gets_the_host_and_its_exit_code_is_ours():
    code = "import os, sys; sys.exit(7 if os.environ['APE_FOUNDRY_HOST'].startswith('http') else 1)"
    assert anvil.main(["--", sys.executable, "-c", code]) == 7
    assert anvil.main([]) == 2
