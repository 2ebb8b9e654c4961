"""Settlement.settleBatch beside a verifier that knows some valid proofs."""

import pytest
from eth_utils.crypto import keccak

from tests.contracts.reverts import reverts

PROGRAMS = keccak(b"one program"), keccak(b"another program")
CLAIMS = [
    (PROGRAMS[0], 0, b"first", b"proof 1"),
    (PROGRAMS[0], 7, b"", b"proof 2"),
    (PROGRAMS[1], 0, bytes(100), b"proof 3"),
    (PROGRAMS[0], 0, b"last", b""),
]


@pytest.fixture
def verifier(project, owner):
    contract = owner.deploy(project.StatementVerifier)
    for claim in CLAIMS:
        contract.accept(*claim, sender=owner)
    return contract


@pytest.fixture
def settlement(project, owner, verifier):
    return owner.deploy(project.Settlement, verifier)


def ids(settlement, claims=CLAIMS):
    return [bytes(settlement.settlementId(*claim[:3])) for claim in claims]


def test_all_are_recorded_in_order(settlement, stranger):
    expected = ids(settlement)
    assert [bytes(i) for i in settlement.settleBatch.call(CLAIMS)] == expected
    receipt = settlement.settleBatch(CLAIMS, sender=stranger)
    events = settlement.Settled.from_receipt(receipt)
    assert [bytes(event.id) for event in events] == expected
    assert [(bytes(e.programVKey), e.exitCode, bytes(e.output)) for e in events] == [c[:3] for c in CLAIMS]
    assert [bytes(event.outputHash) for event in events] == [keccak(claim[2]) for claim in CLAIMS]
    assert [settlement.settlement(i).number for i in expected] == [1, 2, 1, 3]
    assert {settlement.settlement(i).submitter for i in expected} == {stranger.address}
    assert [settlement.settlementCount(program) for program in PROGRAMS] == [3, 1]
    assert bytes(settlement.latestSettlement(PROGRAMS[0])) == expected[3]
    assert [bytes(event.id) for event in settlement.Settled] == expected


def test_what_is_settled_already_is_passed_over(settlement, owner, stranger):
    """Somebody who settles one statement of a batch first does not stop the others."""
    expected = ids(settlement)
    settlement.settle(*CLAIMS[1], sender=stranger)
    receipt = settlement.settleBatch(CLAIMS, sender=owner)
    events = settlement.Settled.from_receipt(receipt)
    assert [bytes(event.id) for event in events] == [expected[i] for i in (0, 2, 3)]
    assert settlement.settlement(expected[1]).submitter == stranger.address
    assert settlement.settlementCount(PROGRAMS[0]) == 3


def test_nothing_new_reverts(settlement, owner):
    settlement.settleBatch(CLAIMS, sender=owner)
    for batch in (CLAIMS, CLAIMS[2:], CLAIMS[1:2]):
        with reverts(settlement.AlreadySettled, id=ids(settlement, batch)[0]):
            settlement.settleBatch(batch, sender=owner)
    with reverts(settlement.AlreadySettled):
        settlement.settle(*CLAIMS[0], sender=owner)
    assert settlement.settlementCount(PROGRAMS[0]) == 3


def test_a_statement_twice_in_a_batch_counts_once(settlement, owner):
    receipt = settlement.settleBatch([CLAIMS[0], CLAIMS[1], CLAIMS[0]], sender=owner)
    assert len(settlement.Settled.from_receipt(receipt)) == 2
    assert settlement.settlementCount(PROGRAMS[0]) == 2


def test_one_invalid_claim_leaves_nothing(settlement, verifier, owner):
    wrong = (PROGRAMS[0], 0, b"false", b"proof 1")
    for i in range(len(CLAIMS) + 1):
        with reverts(verifier.InvalidProof):
            settlement.settleBatch([*CLAIMS[:i], wrong, *CLAIMS[i:]], sender=owner)
    with reverts(verifier.InvalidProof):
        settlement.settleBatch([wrong], sender=owner)
    assert not any(settlement.isSettled(i) for i in ids(settlement))
    # Not even where the statement itself is settled.
    settlement.settle(*CLAIMS[0], sender=owner)
    with reverts(verifier.InvalidProof):
        settlement.settleBatch([(*CLAIMS[0][:3], b"another proof"), CLAIMS[1]], sender=owner)


def test_an_empty_batch(settlement, owner):
    with reverts(settlement.EmptyBatch):
        settlement.settleBatch([], sender=owner)
    with reverts(settlement.EmptyBatch):
        settlement.advanceBatch(owner, [], sender=owner)


@pytest.mark.parametrize("function", ["settle", "settleBatch", "advance", "advanceBatch", "registerProgram"])
def test_a_verifier_cannot_come_back_in(project, owner, function):
    """Whatever it calls back, in whatever call, the settlement goes on as if it had not."""
    verifier = owner.deploy(project.ReentrantVerifier)
    settlement = owner.deploy(project.Settlement, verifier)
    root = keccak(b"root")
    roots = (*CLAIMS[0][:2], root + root, b"proof")
    settlement.registerProgram(roots[0], "", "", True, root, sender=owner)
    arguments = {
        "settle": CLAIMS[2],
        "settleBatch": (CLAIMS,),
        "advance": (owner.address, roots[0], *roots[2:]),
        "advanceBatch": (owner.address, [roots]),
        "registerProgram": (PROGRAMS[1], "", "", False, bytes(32)),
    }[function]
    verifier.setCallback(getattr(settlement, function).encode_input(*arguments), sender=owner)
    settlement.settle(*CLAIMS[0], sender=owner)
    settlement.settleBatch([CLAIMS[1]], sender=owner)
    settlement.advance(owner, roots[0], *roots[2:], sender=owner)
    settlement.advanceBatch(owner, [roots], sender=owner)
    assert settlement.settlementCount(PROGRAMS[0]) == 2
    assert settlement.settlementCount(PROGRAMS[1]) == 0
    assert settlement.program(owner, roots[0]).transitions == 2
    with reverts(settlement.NotRegistered):
        settlement.program(verifier, PROGRAMS[1])
