"""The code of docs/integrate.md, taken from the page, compiled and run against real proofs."""

import json
import re

import pytest
from eth_abi import decode, encode

from tests.contract.chain import ROOT, connect
from tests.contract.example import PARAMS
from zkm import proof as proof_module
from zkm.abi import load_abi
from zkm.chain.anvil import Anvil
from zkm.chain.artifacts import compile_standard
from zkm.contract.calldata import verify_calldata
from zkm.contract.generate import CONTRACT, contract_source
from zkm.proof import Proof

pytestmark = pytest.mark.chain

PAGE = (ROOT / "docs" / "integrate.md").read_text()


def snippet(name, language):
    found = re.findall(rf"<!-- {name} -->\n```{language}\n(.*?)```\n<!-- end -->", PAGE, re.DOTALL)
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def world(prover):
    """(web3, the three contracts): verifier, settlement and the page's application."""
    sources = {
        f"contracts/generated/{CONTRACT}.sol": contract_source(prover.description),
        "contracts/Settlement.sol": (ROOT / "contracts" / "Settlement.sol").read_text(),
        "contracts/Application.sol": snippet("application", "solidity"),
    }
    artifacts = compile_standard(ROOT, sources)
    program = prover.prove()[0].program_vkey
    with Anvil() as chain:
        web3 = connect(chain.url)

        def deploy(name, types, *values):
            account, data = web3.eth.accounts[0], artifacts[name].bytecode + encode(types, values)
            sent = web3.eth.send_transaction({"from": account, "data": data, "gas": 8_000_000})
            receipt = web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.005)
            assert receipt.status == 1
            return web3.eth.contract(receipt.contractAddress, abi=artifacts[name].abi)

        verifier = deploy(CONTRACT, [])
        settlement = deploy("Settlement", ["address"], verifier.address)
        application = deploy("Application", ["address", "bytes32"], settlement.address, program)
        yield chain.url, web3, settlement, application


def test_it_is_ten_lines():
    code = snippet("application", "solidity").partition("contract ")[2]
    assert len([line for line in code.splitlines() if line.strip()]) == 10


def test_the_page(world, prover, tmp_path, monkeypatch):
    """A statement counts after the page's Python has settled it from a proof file, and no other does."""
    url, web3, settlement, application = world
    account = web3.eth.accounts[1]
    monkeypatch.setitem(proof_module.PARAMETER_SETS, PARAMS.name, PARAMS)
    failed, good = prover.prove(exit_code=3), prover.prove(exit_code=0, output=b"proven", seed=1)

    def accept(output):
        data = application.encode_abi("accept", [output])
        request = {"from": account, "to": application.address, "data": data, "gas": hex(1_000_000)}
        answer = web3.provider.make_request("eth_call", [request, "latest"])
        if "error" in answer:
            reason = decode(["string"], bytes.fromhex(answer["error"]["data"][10:]))[0]
            assert reason == "not proven"
            return False
        sent = web3.eth.send_transaction({"from": account, "to": application.address, "data": data})
        return web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.005).status == 1

    assert good[0].program_vkey == failed[0].program_vkey
    assert not accept(b"proven")
    monkeypatch.chdir(tmp_path)
    for statement, proof in (failed, good):
        Proof(statement, PARAMS, proof).save("proof.json")
        exec(snippet("python", "python"), {"url": url, "address": settlement.address, "account": account})
    assert not accept(failed[0].output), "settled with exit code 3"
    assert not accept(b"proven!")
    assert accept(b"proven")
    assert application.functions.result().call() == b"proven"


def test_settling_and_asking_in_one_transaction(world, prover):
    """What the page says of `settle` and `verify`."""
    _, web3, settlement, _ = world
    statement, proof = prover.prove(exit_code=0, output=b"another", seed=5)
    for function in ("verify", "settle"):
        data = verify_calldata(statement, proof, function)
        sent = web3.eth.send_transaction(
            {"from": web3.eth.accounts[0], "to": settlement.address, "data": data, "gas": 1_000_000}
        )
        assert web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.005).status == 1


def test_a_proof_file_holds_the_arguments_of_settle(prover, tmp_path):
    """As ethers would read them: by the names of the ABI."""
    statement, proof = prover.prove()
    Proof(statement, PARAMS, proof).save(tmp_path / "proof.json")
    content = json.loads((tmp_path / "proof.json").read_text())
    (settle,) = (entry for entry in load_abi("Settlement") if entry.get("name") == "settle")
    assert [item["name"] for item in settle["inputs"]] == ["programVKey", "exitCode", "output", "proof"]
    for item in settle["inputs"]:
        assert isinstance(content[item["name"]], int if item["type"] == "uint32" else str)
    for item in re.findall(r"proof\.(\w+)", PAGE.partition("```js")[2].partition("```")[0]):
        assert item in content or item == "json"
