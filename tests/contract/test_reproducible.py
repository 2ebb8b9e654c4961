"""The verifier's code follows from the keys and the pinned compiler, however it comes onto a chain."""

import importlib.util
import subprocess
import sys

import pytest
from click.testing import CliRunner
from eth_utils import keccak
from web3 import Web3

from tests.contract.chain import ROOT, compile_contracts, connect
from zkm.chain.anvil import Anvil
from zkm.contract.generate import CONTRACT
from zkm.params import SMALL
from zkm.wrap.keys import make_keys

pytestmark = pytest.mark.chain

SPEC = importlib.util.spec_from_file_location("verifier_code", ROOT / "tools" / "verifier_code.py")
tool = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tool)

# CREATE2 (EIP-1014) of the calldata behind its first word, which is the salt.
RUNTIME = bytes.fromhex("6020360380 60205f37 5f35905f5ff5 5f52 60205ff3")
FACTORY = bytes.fromhex("601580 60095f39 5ff3") + RUNTIME


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """What `zkm contract` writes, in two processes and folders."""
    make_keys(SMALL)
    texts = []
    for name in ("a", "b"):
        path = tmp_path_factory.mktemp(name) / "Verifier.sol"
        command = [sys.executable, "-m", "zkm", "contract", "-o", str(path)]
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
        texts.append(path.read_text())
    return texts


@pytest.fixture(scope="module")
def code(sources):
    return tool.verifier_code(sources[0])


@pytest.fixture(scope="module")
def web3():
    with Anvil() as chain:
        yield connect(chain.url)


def deployed(web3, account, **transaction):
    sent = web3.eth.send_transaction({"from": account, "gas": 8_000_000, **transaction})
    receipt = web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.005)
    assert receipt.status == 1
    return receipt


def test_the_source_is_always_the_same(sources):
    assert sources[0] == sources[1]


def test_what_else_is_compiled_does_not_matter(sources, code):
    """Beside all contracts, the code is the one that its own imports give."""
    creation, runtime = compile_contracts(sources[0], CONTRACT)[CONTRACT][1:]
    assert bytes.fromhex(runtime) == code
    assert code in bytes.fromhex(creation), "nothing is filled in when it is deployed"


def test_how_it_is_deployed_does_not_matter(sources, code, web3):
    creation = bytes.fromhex(compile_contracts(sources[0], CONTRACT)[CONTRACT][1])
    first, second = web3.eth.accounts[:2]
    addresses = [
        deployed(web3, first, data=creation).contractAddress,
        deployed(web3, second, data=creation).contractAddress,
    ]
    factory = deployed(web3, first, data=FACTORY).contractAddress
    salt = keccak(b"salt")
    deployed(web3, second, to=factory, data=salt + creation)
    preimage = b"\xff" + bytes.fromhex(factory[2:]) + salt + keccak(creation)
    addresses.append(Web3.to_checksum_address(keccak(preimage)[12:]))
    assert len(set(addresses)) == 3
    for address in addresses:
        assert bytes(web3.eth.get_code(address)) == code


def test_the_tool(sources, code, web3, monkeypatch):
    known = {sources[0]: code}
    monkeypatch.setattr(tool, "verifier_code", known.__getitem__)  # compiling takes seconds
    creation = bytes.fromhex(compile_contracts(sources[0], CONTRACT)[CONTRACT][1])
    account = web3.eth.accounts[0]
    right = deployed(web3, account, data=creation).contractAddress
    wrong = deployed(web3, account, data=FACTORY).contractAddress
    run = lambda *arguments: CliRunner().invoke(tool.main, arguments)  # noqa: E731
    rpc = web3.provider.endpoint_uri
    plain = run()
    assert plain.exit_code == 0 and plain.output.startswith("0x" + keccak(code).hex())
    same = run("--rpc", rpc, "--address", right)
    assert same.exit_code == 0 and f"the same at {right}" in same.output
    for address in (wrong, "0x" + "11" * 20):
        other = run("--rpc", rpc, "--address", address)
        assert other.exit_code == 1 and "other code" in other.output
    assert run("--rpc", rpc).exit_code == 2
    assert run("--rpc", rpc, "--address", "nonsense").exit_code == 1
