"""The settlement contract through Python: settle, batch, register, move roots, and read all of it back."""

import itertools

import pytest
from eth_utils import keccak

from tests.chain.conftest import a_proof, changed
from zkm.chain import settlement as module
from zkm.chain.accounts import local_account
from zkm.chain.node import Reverted
from zkm.chain.settlement import CONTRACT_ERRORS, settlement_id, transition_id
from zkm.errors import ChainError

pytestmark = pytest.mark.chain

PROGRAM = keccak(b"a program")
GENESIS, SECOND, THIRD = (keccak(text) for text in (b"genesis", b"second", b"third"))


@pytest.fixture
def settlement(world):
    return world.deploy()


def test_settling(world, settlement):
    proof = a_proof(b"settling", exit_code=3)
    world.accept(settlement.verifier(), proof)
    settlement.check(proof)
    receipt = world.submitter(1).submit(settlement.settle(proof))
    identity = settlement.settlement_id(proof.statement)
    assert identity == settlement_id(world.node.chain_id(), settlement.address, PROGRAM, 3, b"settling")
    assert settlement.is_settled(identity)
    record = settlement.record(identity)
    account = local_account(1).address
    assert (record.submitter, record.exit_code, record.number) == (account, 3, 1)
    assert record.settled_at == world.node.block(receipt["blockNumber"])["timestamp"]
    assert settlement.count(PROGRAM) == 1
    assert settlement.latest(PROGRAM) == identity
    (found,) = settlement.settled(identity=identity)
    assert (found.program_vkey, found.exit_code, found.output, found.submitter) == (
        PROGRAM,
        3,
        b"settling",
        account,
    )
    assert (found.block, found.transaction) == (
        receipt["blockNumber"],
        "0x" + bytes(receipt["transactionHash"]).hex(),
    )
    assert world.submitter().submit(settlement.settle(proof)) is None


def test_an_invalid_proof_is_explained(world, settlement):
    proof = a_proof(b"invalid")
    with pytest.raises(Reverted) as reverted:
        settlement.check(proof)
    assert CONTRACT_ERRORS.name(reverted.value.data) == "InvalidProof"
    with pytest.raises(ChainError, match=r"nothing was sent: InvalidProof\(\): the proof does not prove"):
        world.submitter().submit(settlement.settle(proof))


def test_views_of_what_is_not_there(settlement):
    unknown = keccak(b"unknown")
    assert not settlement.is_settled(unknown)
    assert settlement.record(unknown) is None
    assert settlement.count(unknown) == 0
    assert settlement.latest(unknown) is None
    assert settlement.program(local_account().address, unknown) is None


def test_a_batch(world, settlement):
    proofs = [a_proof(f"batch {i}".encode()) for i in range(3)]
    for proof in proofs:
        world.accept(settlement.verifier(), proof)
    call = settlement.settle_batch(proofs)
    assert not call.is_done()
    assert world.submitter().submit(call)["status"] == 1
    assert call.is_done()
    assert settlement.count(PROGRAM) == 3
    assert world.submitter().submit(call) is None


def test_registration(world, settlement):
    account = local_account().address
    call = settlement.register(account, PROGRAM, "a name", "https://example.org")
    assert world.submitter().submit(call)["status"] == 1
    entry = settlement.program(account, PROGRAM)
    assert (entry.name, entry.uri, entry.rooted) == ("a name", "https://example.org", False)
    assert world.submitter().submit(call) is None
    with pytest.raises(ChainError, match="AlreadyRegistered"):
        world.submitter().submit(
            type(call)(call.key, call.what, call.to, call.data, lambda: False),
        )


def test_a_root_moves_along_proofs(world, settlement):
    account = local_account().address
    world.submitter().submit(settlement.register(account, PROGRAM, "chain", "", GENESIS))
    first, second = a_proof(GENESIS + SECOND + b"more"), a_proof(SECOND + THIRD)
    for proof in (first, second):
        world.accept(settlement.verifier(), proof)
    with pytest.raises(ChainError, match=r"WrongRoot\(.*the root has moved on"):
        world.submitter().submit(settlement.advance(account, second))
    # Anybody may bring the proof, and bring it again.
    assert world.submitter(2).submit(settlement.advance(account, first))["status"] == 1
    assert world.submitter(2).submit(settlement.advance(account, first)) is None
    assert world.submitter().submit(settlement.advance(account, second))["status"] == 1
    entry = settlement.program(account, PROGRAM)
    assert (entry.root, entry.transitions) == (THIRD, 2)
    output = first.statement.output
    identity = transition_id(world.node.chain_id(), settlement.address, account, PROGRAM, 1, output)
    assert settlement.is_settled(identity)


def test_events_are_selected(world, settlement):
    other = keccak(b"another program")
    proofs = [a_proof(b"1"), a_proof(b"2"), changed(a_proof(b"3"), program_vkey=other)]
    blocks = []
    for number, proof in enumerate(proofs):
        world.accept(settlement.verifier(), proof)
        blocks.append(world.submitter(number).submit(settlement.settle(proof))["blockNumber"])

    def outputs(**selection):
        return [entry.output for entry in settlement.settled(**selection)]

    assert outputs() == [b"1", b"2", b"3"]
    assert outputs(program_vkey=PROGRAM) == [b"1", b"2"]
    assert outputs(program_vkey=other) == [b"3"]
    assert outputs(submitter=local_account(1).address) == [b"2"]
    assert outputs(program_vkey=other, submitter=local_account(1).address) == []
    assert outputs(from_block=blocks[1]) == [b"2", b"3"]
    assert outputs(from_block=blocks[1], to_block=blocks[1]) == [b"2"]
    assert outputs(identity=settlement.settlement_id(proofs[2].statement)) == [b"3"]


def test_long_ranges_are_read_in_pieces(world, settlement, monkeypatch):
    monkeypatch.setattr(module, "FIRST_RANGE", 3)
    for i in range(4):
        proof = a_proof(bytes([i]))
        world.accept(settlement.verifier(), proof)
        world.submitter().submit(settlement.settle(proof))
    asked = []
    logs = world.node.logs
    monkeypatch.setattr(settlement.node, "logs", lambda wanted: asked.append(wanted) or logs(wanted))
    assert [entry.output for entry in settlement.settled()] == [bytes([i]) for i in range(4)]
    assert asked[0]["fromBlock"] == 0
    assert asked[-1]["toBlock"] == world.height()
    assert all(b["fromBlock"] == a["toBlock"] + 1 for a, b in itertools.pairwise(asked))
