"""Deploying and settling through zkm.chain, with a verifier of tests in the real one's place."""

from types import SimpleNamespace

import pytest
from eth_utils.crypto import keccak

from zkm.chain import settlement as chain_side
from zkm.errors import ChainError

VERSION = keccak(b"StatementVerifier")
PROOF = SimpleNamespace(
    statement=SimpleNamespace(program_vkey=keccak(b"a program"), exit_code=0, output=b"out"),
    proof=b"a proof",
)


class Contracts:
    """Ape's project, with a verifier of tests in the real one's place."""

    def __init__(self, project):
        self._project = project

    def get_contract(self, name):
        return self._project.get_contract({"ZkmVerifier": "StatementVerifier"}.get(name, name))


@pytest.fixture
def account(accounts):
    return accounts[0]


@pytest.fixture
def deploy(project, account, chain, tmp_path):
    said = []

    def run(version=VERSION):
        return chain_side.deploy(Contracts(project), account, chain.provider, tmp_path, version, said.append)

    run.said = said
    return run


@pytest.fixture
def settlement(deploy, project, account):
    contract = deploy()
    verifier = project.StatementVerifier.at(contract.verifier())
    statement = PROOF.statement
    verifier.accept(
        statement.program_vkey, statement.exit_code, statement.output, PROOF.proof, sender=account
    )
    return contract


def test_a_second_time_nothing_is_deployed(deploy, project, chain, tmp_path):
    first = deploy()
    assert [text.split()[0] for text in deploy.said] == ["deployed", "deployed"]
    height = chain.blocks.height
    assert deploy().address == first.address
    assert chain.blocks.height == height
    found = chain_side.deployed_settlement(Contracts(project), chain.provider, tmp_path)
    assert found.address == first.address


def test_a_chain_that_began_anew_is_noticed(deploy, project, chain, tmp_path):
    gone = deploy()
    chain.provider.make_request("anvil_setCode", [gone.address, "0x"])
    with pytest.raises(ChainError, match="any more"):
        chain_side.deployed_settlement(Contracts(project), chain.provider, tmp_path)
    assert deploy().address != gone.address


def test_another_version_is_refused(deploy):
    with pytest.raises(ChainError, match="of another version"):
        deploy(keccak(b"other keys"))


def test_nothing_deployed(project, chain, tmp_path):
    with pytest.raises(ChainError, match=r"nothing is deployed on chain \d+"):
        chain_side.deployed_settlement(Contracts(project), chain.provider, tmp_path)


def test_settle_and_find(settlement, account):
    receipt = chain_side.settle(settlement, account, PROOF)
    (found,) = chain_side.find_settled(settlement)
    assert (found.program_vkey, found.exit_code, found.output, found.submitter, found.transaction) == (
        PROOF.statement.program_vkey,
        0,
        b"out",
        account.address,
        receipt.txn_hash,
    )


def test_settled_already(settlement, account):
    chain_side.settle(settlement, account, PROOF)
    with pytest.raises(ChainError, match="settled already: id 0x"):
        chain_side.settle(settlement, account, PROOF)
