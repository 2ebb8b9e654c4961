"""Anvil is started, answers, and is gone afterwards, whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
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


def is_gone(url, tries=100):
    for _ in range(tries):
        try:
            chain_id(url)
        except urllib.error.URLError:
            return True
        except OSError:
            pass  # it is just ending
        time.sleep(0.05)
    return False


def test_it_answers_and_stops():
    with Anvil(chain_id=4242) as chain:
        assert chain_id(chain.url) == 4242
    assert is_gone(chain.url, tries=1)


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_anvil_ends_with_us(number):
    """Whatever ends the command that started it, the node is gone."""
    code = "import os, time; print(os.environ['APE_FOUNDRY_HOST'], flush=True); time.sleep(60)"
    command = [sys.executable, "-m", "zkm.chain.anvil", "--", sys.executable, "-c", code]
    # A shell's background job starts with SIGINT ignored, and so would what it starts.
    interruptible = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, **interruptible
    ) as process:
        url = process.stdout.readline().strip()
        assert chain_id(url) == 31337
        # Ctrl-C reaches the whole group, the others are sent to us alone.
        send = os.killpg if number == signal.SIGINT else os.kill
        send(process.pid, number)
        process.wait(timeout=10)
        assert is_gone(url)
        if number == signal.SIGKILL:
            os.killpg(process.pid, signal.SIGKILL)
