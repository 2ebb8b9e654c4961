"""Registering programs, and roots that move along proofs only."""

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.reverts import reverts

PROGRAM = keccak(b"a ledger")
A, B, C = (keccak(name) for name in (b"A", b"B", b"C"))
PROOF = b"a proof"


@pytest.fixture
def verifier(project, owner):
    return owner.deploy(project.StatementVerifier)


@pytest.fixture
def settlement(project, owner, verifier):
    return owner.deploy(project.Settlement, verifier)


@pytest.fixture
def prove(verifier, owner):
    """Make a transition provable; its output."""

    def run(old, new, rest=b"", exit_code=0):
        output = old + new + rest
        verifier.accept(PROGRAM, exit_code, output, PROOF, sender=owner)
        return output

    return run


@pytest.fixture
def ledger(settlement, owner):
    """A settlement where the owner has a root chain of PROGRAM, at root A."""
    settlement.registerProgram(PROGRAM, "ledger", "https://example.org", True, A, sender=owner)
    return settlement


def transition_id(settlement, chain, registrar, output, number):
    types = ["uint256", "address", "bytes32", "uint32", "bytes32", "address", "uint32"]
    values = [chain.provider.chain_id, settlement.address, PROGRAM, 0, keccak(output), registrar, number]
    return keccak(encode(types, values))


def test_registration_is_kept_and_said(settlement, owner, chain):
    receipt = settlement.registerProgram(PROGRAM, "ledger", "ipfs://x", True, A, sender=owner)
    (event,) = settlement.ProgramRegistered.from_receipt(receipt)
    assert (bytes(event.programVKey), event.registrar, event.rooted) == (PROGRAM, owner.address, True)
    assert (bytes(event.genesisRoot), event.name, event.uri) == (A, "ledger", "ipfs://x")
    program = settlement.program(owner, PROGRAM)
    assert (program.rooted, program.transitions, bytes(program.root)) == (True, 0, A)
    assert (program.name, program.uri) == ("ledger", "ipfs://x")
    assert program.registeredAt == chain.blocks[receipt.block_number].timestamp
    assert bytes(settlement.root(owner, PROGRAM)) == A


def test_registration_is_once_for_each_registrar(ledger, owner, stranger):
    for rooted, root in ((True, A), (True, B), (False, bytes(32))):
        with reverts(ledger.AlreadyRegistered, registrar=owner.address, programVKey=PROGRAM):
            ledger.registerProgram(PROGRAM, "again", "", rooted, root, sender=owner)
    # Nobody can take a program from anybody: the stranger's chain is another one.
    ledger.registerProgram(PROGRAM, "ledger", "", True, C, sender=stranger)
    assert bytes(ledger.root(owner, PROGRAM)) == A
    assert bytes(ledger.root(stranger, PROGRAM)) == C


def test_registration_without_a_root_chain(settlement, prove, owner):
    with reverts(settlement.UnusedRoot, genesisRoot=A):
        settlement.registerProgram(PROGRAM, "", "", False, A, sender=owner)
    settlement.registerProgram(PROGRAM, "plain", "", False, bytes(32), sender=owner)
    assert not settlement.program(owner, PROGRAM).rooted
    with reverts(settlement.NotRooted, registrar=owner.address, programVKey=PROGRAM):
        settlement.root(owner, PROGRAM)
    output = prove(bytes(32), B)
    with reverts(settlement.NotRooted):
        settlement.advance(owner, PROGRAM, output, PROOF, sender=owner)


def test_what_nobody_registered(settlement, prove, owner):
    with reverts(settlement.NotRegistered, registrar=owner.address, programVKey=PROGRAM):
        settlement.program(owner, PROGRAM)
    with reverts(settlement.NotRooted):
        settlement.root(owner, PROGRAM)
    output = prove(bytes(32), B)
    with reverts(settlement.NotRooted):
        settlement.advance(owner, PROGRAM, output, PROOF, sender=owner)


def test_a_proof_moves_the_root(ledger, prove, owner, stranger, chain):
    output = prove(A, B, b"and more")
    receipt = ledger.advance(owner, PROGRAM, output, PROOF, sender=stranger)
    identity = transition_id(ledger, chain, owner.address, output, 1)
    assert bytes(ledger.transitionId(owner, PROGRAM, 1, output)) == identity
    assert bytes(ledger.root(owner, PROGRAM)) == B
    assert ledger.program(owner, PROGRAM).transitions == 1
    (settled,) = ledger.Settled.from_receipt(receipt)
    assert (bytes(settled.id), bytes(settled.output), settled.exitCode) == (identity, output, 0)
    (event,) = ledger.Advanced.from_receipt(receipt)
    assert (event.registrar, bytes(event.programVKey), bytes(event.id)) == (owner.address, PROGRAM, identity)
    assert (event.number, bytes(event.oldRoot), bytes(event.newRoot)) == (1, A, B)
    record = ledger.settlement(identity)
    assert (record.submitter, record.exitCode, record.number) == (stranger.address, 0, 1)
    # It is no statement beside: a fact and a transition are two things.
    assert ledger.settlementCount(PROGRAM) == 0
    assert not ledger.isSettled(ledger.settlementId(PROGRAM, 0, output))


def test_only_from_the_present_root(ledger, prove, owner):
    output = prove(B, C)
    with reverts(ledger.WrongRoot, present=A, old=B):
        ledger.advance(owner, PROGRAM, output, PROOF, sender=owner)
    first = prove(A, B)
    ledger.advance(owner, PROGRAM, first, PROOF, sender=owner)
    with reverts(ledger.WrongRoot, present=B, old=A):
        ledger.advance(owner, PROGRAM, first, PROOF, sender=owner)
    ledger.advance(owner, PROGRAM, output, PROOF, sender=owner)
    assert bytes(ledger.root(owner, PROGRAM)) == C


def test_only_with_a_valid_proof(ledger, verifier, prove, owner):
    prove(A, B)
    for output, proof in ((A + C, PROOF), (A + B, b"another"), (A + B + b"\0", PROOF)):
        with reverts(verifier.InvalidProof):
            ledger.advance(owner, PROGRAM, output, proof, sender=owner)
        with reverts(verifier.InvalidProof):
            ledger.advanceBatch(owner, [(PROGRAM, 0, output, proof)], sender=owner)
    assert bytes(ledger.root(owner, PROGRAM)) == A
    assert ledger.program(owner, PROGRAM).transitions == 0


def test_a_program_that_failed_moves_nothing(ledger, verifier, prove, owner):
    output = prove(A, B, exit_code=1)
    with reverts(verifier.InvalidProof):
        ledger.advance(owner, PROGRAM, output, PROOF, sender=owner)
    with reverts(ledger.ProgramFailed, exitCode=1):
        ledger.advanceBatch(owner, [(PROGRAM, 1, output, PROOF)], sender=owner)
    ledger.settle(PROGRAM, 1, output, PROOF, sender=owner)  # as a fact it may be settled
    assert bytes(ledger.root(owner, PROGRAM)) == A


@pytest.mark.parametrize("length", [0, 1, 32, 63])
def test_an_output_holds_two_roots(ledger, verifier, owner, length):
    output = (A + B)[:length]
    verifier.accept(PROGRAM, 0, output, PROOF, sender=owner)
    with reverts(ledger.OutputTooShort, length=length):
        ledger.advance(owner, PROGRAM, output, PROOF, sender=owner)
    with reverts(ledger.OutputTooShort, length=length):
        ledger.advanceBatch(owner, [(PROGRAM, 0, output, PROOF)], sender=owner)


def test_roots_may_go_in_a_circle(ledger, prove, owner):
    """A → B → A → B: the same output twice, as two transitions with two ids; once more it does not fit."""
    forth, back = prove(A, B), prove(B, A)
    for output in (forth, back, forth):
        ledger.advance(owner, PROGRAM, output, PROOF, sender=owner)
    numbers = {n: bytes(ledger.transitionId(owner, PROGRAM, n, forth)) for n in (1, 2, 3)}
    assert [ledger.isSettled(numbers[n]) for n in (1, 2, 3)] == [True, False, True]
    assert ledger.settlement(numbers[3]).number == 3
    with reverts(ledger.WrongRoot, present=B, old=A):
        ledger.advance(owner, PROGRAM, forth, PROOF, sender=owner)
    assert bytes(ledger.root(owner, PROGRAM)) == B


def test_a_root_may_stay(ledger, prove, owner):
    output = prove(A, A)
    for number in (1, 2):
        ledger.advance(owner, PROGRAM, output, PROOF, sender=owner)
        assert ledger.program(owner, PROGRAM).transitions == number


def test_chains_of_two_registrars_do_not_meet(ledger, prove, owner, stranger):
    ledger.registerProgram(PROGRAM, "", "", True, A, sender=stranger)
    output = prove(A, B)
    ledger.advance(owner, PROGRAM, output, PROOF, sender=owner)
    assert bytes(ledger.root(stranger, PROGRAM)) == A
    ledger.advance(stranger, PROGRAM, output, PROOF, sender=owner)
    ids = [bytes(ledger.transitionId(who, PROGRAM, 1, output)) for who in (owner, stranger)]
    assert ids[0] != ids[1]
    assert all(ledger.isSettled(i) for i in ids)


def test_a_batch_of_transitions_is_a_path(ledger, prove, owner):
    path = [prove(A, B), prove(B, C), prove(C, A), prove(A, B)]
    claims = [(PROGRAM, 0, output, PROOF) for output in path]
    for wrong in (claims[1:], claims[:1] + claims[2:], [claims[0], claims[0]]):
        with reverts(ledger.WrongRoot):
            ledger.advanceBatch(owner, wrong, sender=owner)
    assert bytes(ledger.root(owner, PROGRAM)) == A
    receipt = ledger.advanceBatch(owner, claims, sender=owner)
    assert [event.number for event in ledger.Advanced.from_receipt(receipt)] == [1, 2, 3, 4]
    assert bytes(ledger.root(owner, PROGRAM)) == B
    ids = [ledger.transitionId(owner, PROGRAM, n, output) for n, output in enumerate(path, start=1)]
    assert all(ledger.isSettled(i) for i in ids)


def test_a_fact_moves_no_root(ledger, prove, owner):
    output = prove(A, B)
    ledger.settle(PROGRAM, 0, output, PROOF, sender=owner)
    assert bytes(ledger.root(owner, PROGRAM)) == A
    ledger.advance(owner, PROGRAM, output, PROOF, sender=owner)
    assert bytes(ledger.root(owner, PROGRAM)) == B
