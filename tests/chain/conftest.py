"""A chain with a verifier that accepts what it was told to, and deployments on it."""

from dataclasses import replace
from pathlib import Path

import pytest
from eth_abi import encode
from eth_utils import keccak

from zkm.chain.accounts import local_account
from zkm.chain.anvil import Anvil
from zkm.chain.artifacts import compile_standard
from zkm.chain.deployment import Deployer
from zkm.chain.journal import Journal
from zkm.chain.node import Node
from zkm.chain.settlement import CONTRACT_ERRORS
from zkm.chain.submission import Policy, Submitter
from zkm.params import SMALL
from zkm.proof import Proof
from zkm.verify.statement import Statement

ROOT = Path(__file__).parents[2]
VERSION = keccak(b"StatementVerifier")
PROGRAM = keccak(b"a program")
FAST = Policy(timeout=20, poll=0.01)


@pytest.fixture(scope="session")
def artifacts():
    """The contracts around the verifier; the test verifier stands in the real one's place."""
    names = ("Settlement.sol", "VerifierRouter.sol", "test/StatementVerifier.sol")
    sources = {f"contracts/{name}": (ROOT / "contracts" / name).read_text() for name in names}
    found = compile_standard(ROOT, sources)
    return {**found, "ZkmVerifier": found["StatementVerifier"]}


@pytest.fixture(scope="module")
def chain():
    with Anvil() as anvil:
        yield anvil


class World:
    """What a test does to a chain."""

    def __init__(self, chain, artifacts, folder):
        self.node = Node.at(chain.url)
        self.artifacts = artifacts
        self.folder = folder
        self.said = []

    def submitter(self, number=0):
        journal = Journal(self.folder / "transactions", self.node.chain_id())
        return Submitter(self.node, local_account(number), journal, CONTRACT_ERRORS, FAST, self.said.append)

    def deployer(self, number=0):
        return Deployer(
            self.node,
            self.submitter(number),
            local_account(number).address,
            self.artifacts.__getitem__,
            self.folder / "deployments",
            self.said.append,
        )

    def deploy(self, version=VERSION, **options):
        return self.deployer().deploy(version, development=True, **options)

    def accept(self, verifier, proof):
        """Tell the test verifier that a proof is valid."""
        types = ["bytes32", "uint32", "bytes", "bytes"]
        statement = proof.statement
        values = [statement.program_vkey, statement.exit_code, statement.output, proof.proof]
        data = keccak(f"accept({','.join(types)})".encode())[:4] + encode(types, values)
        request = {"from": local_account(9).address, "to": verifier, "data": data}
        sent = self.node.web3.eth.send_transaction(request)
        receipt = self.node.web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.005)
        assert receipt["status"] == 1

    def ask(self, method, *parameters):
        answer = self.node.web3.provider.make_request(method, list(parameters))
        assert "error" not in answer, answer
        return answer.get("result")

    def height(self):
        return self.node.block("latest")["number"]


@pytest.fixture
def world(chain, artifacts, tmp_path):
    return World(chain, artifacts, tmp_path)


def a_proof(output=b"out", exit_code=0, program=PROGRAM, version=VERSION):
    """A proof that only the test verifier can be made to accept."""
    return Proof(Statement(version, program, exit_code, output), SMALL, version[:4] + b"a proof of " + output)


def changed(proof, **changes):
    return replace(proof, statement=replace(proof.statement, **changes))
