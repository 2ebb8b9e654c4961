"""Compiling the contracts as Ape does, and calling them on an Anvil."""

import re
from functools import cache
from pathlib import Path

import solcx
import yaml
from eth_abi import encode
from eth_utils import keccak
from web3 import Web3

from zkm.contract.calldata import verify_calldata
from zkm.contract.generate import CONTRACT, contract_source

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"
GAS = 3_000_000
OUTPUTS = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]


@cache
def compiler_settings():
    """(version, settings) of ape-config.yaml."""
    config = yaml.safe_load((ROOT / "ape-config.yaml").read_text())["solidity"]
    settings = {
        "optimizer": {"enabled": config["optimize"], "runs": config["optimization_runs"]},
        "viaIR": config["via_ir"],
        "evmVersion": config["evm_version"],
        "remappings": config["import_remapping"],
        "outputSelection": {"*": {"*": OUTPUTS}},
    }
    return config["version"], settings


@cache
def compile_contracts(verifier, only="*"):
    """{name: (abi, bytecode, code)} of all contracts, or only one, with this generated verifier."""
    sources = {f"contracts/{p.name}": {"content": p.read_text()} for p in CONTRACTS.glob("*.sol")}
    sources[f"contracts/generated/{CONTRACT}.sol"] = {"content": verifier}
    version, settings = compiler_settings()
    settings = {**settings, "outputSelection": {"*": {only: OUTPUTS}}}
    request = {"language": "Solidity", "sources": sources, "settings": settings}
    output = solcx.compile_standard(request, solc_version=version, base_path=ROOT)
    problems = [e["formattedMessage"] for e in output.get("errors", [])]
    assert not problems, problems
    return {
        name: (c["abi"], c["evm"]["bytecode"]["object"], c["evm"]["deployedBytecode"]["object"])
        for file in output["contracts"].values()
        for name, c in file.items()
    }


class Contract:
    """A deployed contract, called with raw calldata."""

    def __init__(self, web3, abi, bytecode, *arguments):
        self.web3 = web3
        self.errors = {
            keccak(f"{e['name']}({','.join(i['type'] for i in e['inputs'])})".encode())[:4]: e["name"]
            for e in abi
            if e["type"] == "error"
        }
        self.account = web3.eth.accounts[0]
        data = bytes.fromhex(bytecode) + b"".join(arguments)
        receipt = self._transact({"data": data, "gas": 8_000_000})
        assert receipt.status == 1
        self.address = receipt.contractAddress
        self.deployment = receipt.gasUsed

    def _transact(self, transaction):
        sent = self.web3.eth.send_transaction({"from": self.account, **transaction})
        return self.web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.005)

    def transact(self, data, gas=GAS):
        """Receipt of a transaction, reverted or not."""
        return self._transact({"to": self.address, "data": data, "gas": gas})

    def call(self, data, gas=GAS):
        """None if the call succeeds, else the name of the custom error, "" for a revert without one."""
        request = {"to": self.address, "from": self.account, "data": "0x" + data.hex(), "gas": hex(gas)}
        answer = self.web3.provider.make_request("eth_call", [request, "latest"])
        if "error" not in answer:
            return None
        found = re.match(r"0x[0-9a-f]*", str(answer["error"].get("data") or ""))
        return self.errors.get(bytes.fromhex(found.group()[2:10]) if found else b"", "")

    @staticmethod
    def encode(signature, *arguments):
        """Calldata of `name(types)`, for types without commas of their own."""
        types = signature[signature.index("(") + 1 : -1].split(",")
        return keccak(signature.encode())[:4] + encode(types, arguments)

    def verify(self, statement, proof):
        """As :meth:`call`, of `verify` with encoded arguments."""
        return self.call(verify_calldata(statement, proof))


def deploy_with_other_tau(web3, description, other):
    """The verifier of `other`, which differs in [τ]_2: its words are exchanged in the bytecode, as compiling
    takes seconds.
    """
    abi, bytecode, _ = compile_contracts(contract_source(description))[CONTRACT]
    for i in range(0, 128, 32):
        old, new = (d.tau_g2[i : i + 32].hex() for d in (description, other))
        assert old in bytecode
        bytecode = bytecode.replace(old, new)
    return Contract(web3, abi, bytecode)


def deploy_settlement(web3, description):
    contracts = compile_contracts(contract_source(description))
    verifier = Contract(web3, *contracts[CONTRACT][:2])
    settlement = Contract(web3, *contracts["Settlement"][:2], encode(["address"], [verifier.address]))
    settlement.errors |= verifier.errors
    return verifier, settlement


def intrinsic_gas(data):
    """What a transaction costs before any instruction (EIP-2028)."""
    zeros = data.count(0)
    return 21_000 + 4 * zeros + 16 * (len(data) - zeros)


def connect(url):
    return Web3(Web3.HTTPProvider(url, request_kwargs={"timeout": 60}))
