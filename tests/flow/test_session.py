"""A session with real proofs: what was proven is not proven again, what is settled is not settled again."""

import threading
from pathlib import Path

import pytest

from tests.flow.conftest import FIBONACCI
from zkm import api
from zkm.chain import session as module
from zkm.chain.accounts import local_account
from zkm.chain.anvil import Anvil
from zkm.chain.artifacts import compile_contracts
from zkm.chain.node import Node
from zkm.chain.session import Session
from zkm.chain.submission import Policy
from zkm.errors import ChainError

pytestmark = pytest.mark.chain

ROOT = Path(__file__).resolve().parents[2]
FAST = Policy(timeout=60, poll=0.01)


@pytest.fixture(scope="module")
def artifacts(keys):
    return compile_contracts(ROOT, api.contract_source(keys=keys))


@pytest.fixture(scope="module")
def second_proof(keys):
    return api.prove(FIBONACCI, stdin=b"91\n", keys=keys)


@pytest.fixture(scope="module")
def chain():
    with Anvil() as anvil:
        yield anvil


@pytest.fixture
def said():
    return []


@pytest.fixture
def session(chain, artifacts, keys, tmp_path, said):
    made = Session(
        Node.at(chain.url),
        tmp_path,
        artifacts.__getitem__,
        signer=local_account(),
        keys=keys.folder,
        policy=FAST,
        say=said.append,
    )
    made.__dict__["keys"] = keys
    return made


@pytest.fixture
def no_proving(monkeypatch):
    monkeypatch.setattr(module.api, "prove", lambda *_, **__: pytest.fail("a proof was made"))


@pytest.mark.usefixtures("no_proving")
def test_a_kept_proof_is_not_made_again(session, proof, said):
    session.proofs.keep(proof)
    assert session.prove(FIBONACCI, stdin=b"90\n") == proof
    assert said == ["a proof of this statement is kept: it is not made again"]


def test_a_proof_is_made_and_kept(session, proof, monkeypatch):
    monkeypatch.setattr(module.api, "prove", lambda *_, **__: proof)
    assert session.prove(FIBONACCI, stdin=b"90\n") is proof
    assert session.proofs.find(proof.statement) == proof


def test_a_kept_proof_that_does_not_verify_is_made_again(session, proof, monkeypatch):
    damaged = type(proof)(proof.statement, proof.params, proof.proof[:-1] + bytes([proof.proof[-1] ^ 1]))
    session.proofs.keep(damaged)
    monkeypatch.setattr(module.api, "prove", lambda *_, **__: proof)
    assert session.prove(FIBONACCI, stdin=b"90\n") is proof
    assert session.proofs.find(proof.statement) == proof


def test_settling_a_real_proof_once(session, proof):
    settlement = session.deploy()
    settlement.check(proof)
    found, gas = session.settle(settlement, proof)
    assert gas > 100_000
    assert (found.output, found.submitter) == (b"2880067194370816120\n", local_account().address)
    again, nothing = session.settle(session.deploy(), proof)
    assert (again, nothing) == (found, None)


def test_the_same_statement_behind_a_router(session, proof, second_proof):
    settlement = session.deploy(router=True)
    results = list(session.settle_batch(settlement, [proof, second_proof, proof]))
    ((count, gas),) = results
    assert count == 2
    assert gas < 2 * 450_000
    assert list(session.settle_batch(settlement, [proof, second_proof])) == []


def test_what_is_settled_already_is_left_out_of_a_batch(session, proof, second_proof, said):
    settlement = session.deploy()
    session.settle(settlement, proof)
    ((count, _),) = session.settle_batch(settlement, [proof, second_proof])
    assert count == 1
    assert any("is settled already" in line for line in said)


@pytest.mark.usefixtures("no_proving")
def test_the_example_goes_on_with_what_is_kept(session, proof, monkeypatch):
    """A kept proof of the example that is not settled comes before a new one."""
    monkeypatch.setattr(module, "EXAMPLE_GUEST", FIBONACCI)
    session.proofs.keep(proof)
    settlement = session.deploy()
    assert session.prove_example(settlement) == proof
    session.settle(settlement, proof)
    with pytest.raises(pytest.fail.Exception, match="a proof was made"):
        session.prove_example(settlement)


def test_registering(session, proof):
    settlement = session.deploy()
    key = proof.statement.program_vkey
    assert session.register(settlement, key, "fibonacci", "https://example.org", None) > 0
    assert session.register(settlement, key, "fibonacci", "https://example.org", None) is None
    assert settlement.program(local_account().address, key).name == "fibonacci"


def test_watching(session, proof, second_proof):
    settlement = session.deploy()
    session.settle(settlement, proof)
    watched = session.watch(settlement, from_block=0, poll=0.01)
    assert next(watched).output == proof.statement.output
    thread = threading.Timer(0.1, lambda: session.settle(settlement, second_proof))
    thread.start()
    assert next(watched).output == second_proof.statement.output
    thread.join()


def test_nothing_is_sent_without_an_account(chain, artifacts, tmp_path):
    with pytest.raises(ChainError, match="an account is needed"):
        Session(Node.at(chain.url), tmp_path, artifacts.__getitem__).submitter  # noqa: B018
