"""Settlement.sol beside a verifier that knows one valid proof: what is recorded, and what reverts."""

import ape
import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.reverts import reverts
from zkm.chain.node import Node
from zkm.chain.settlement import Settlement, settlement_id

PROGRAM = keccak(b"a program")
OTHER = keccak(b"another program")
EXIT_CODE = 3
OUTPUT = b"what the program wrote\n"
PROOF = bytes(range(256)) * 5
STATEMENT = (PROGRAM, EXIT_CODE, OUTPUT)


@pytest.fixture
def owner(accounts):
    return accounts[0]


@pytest.fixture
def verifier(project, owner):
    contract = owner.deploy(project.StatementVerifier)
    contract.accept(*STATEMENT, PROOF, sender=owner)
    return contract


@pytest.fixture
def settlement(project, owner, verifier):
    return owner.deploy(project.Settlement, verifier.address)


def find_settled(settlement, chain, **selection):
    """What the package reads from the events."""
    return list(Settlement(Node(chain.provider.web3), settlement.address).settled(**selection))


def identity_on(settlement, chain, statement=STATEMENT):
    return settlement_id(chain.provider.chain_id, settlement.address, *statement)


def test_a_valid_proof_is_recorded(settlement, accounts, chain):
    submitter = accounts[1]
    identity = identity_on(settlement, chain)
    assert not settlement.isSettled(identity)

    receipt = settlement.settle(*STATEMENT, PROOF, sender=submitter)

    assert bytes(settlement.settlementId(*STATEMENT)) == identity
    assert settlement.isSettled(identity)
    record = settlement.settlement(identity)
    assert (record.submitter, record.settledAt, record.exitCode, record.number) == (
        submitter.address,
        chain.blocks[receipt.block_number].timestamp,
        EXIT_CODE,
        1,
    )
    assert settlement.settlementCount(PROGRAM) == 1
    assert bytes(settlement.latestSettlement(PROGRAM)) == identity


def test_the_event_says_everything(settlement, owner, chain):
    receipt = settlement.settle(*STATEMENT, PROOF, sender=owner)
    (event,) = settlement.Settled.from_receipt(receipt)
    assert (bytes(event.id), bytes(event.programVKey)) == (identity_on(settlement, chain), PROGRAM)
    assert (event.submitter, event.exitCode) == (owner.address, EXIT_CODE)
    assert (bytes(event.outputHash), bytes(event.output)) == (keccak(OUTPUT), OUTPUT)


def test_settling_twice_reverts(settlement, owner, accounts, chain):
    settlement.settle(*STATEMENT, PROOF, sender=owner)
    identity = identity_on(settlement, chain)
    with reverts(settlement.AlreadySettled, id=identity):
        settlement.settle(*STATEMENT, PROOF, sender=accounts[1])
    # Another proof of a settled statement is no second settlement either.
    with reverts(settlement.AlreadySettled, id=identity):
        settlement.settle(*STATEMENT, PROOF[::-1], sender=accounts[1])
    assert settlement.settlementCount(PROGRAM) == 1


@pytest.mark.parametrize(
    ("statement", "proof"),
    [
        ((OTHER, EXIT_CODE, OUTPUT), PROOF),
        ((PROGRAM, 0, OUTPUT), PROOF),
        ((PROGRAM, EXIT_CODE, OUTPUT + b"\0"), PROOF),
        ((PROGRAM, EXIT_CODE, b""), PROOF),
        (STATEMENT, PROOF[:-1]),
        (STATEMENT, PROOF + b"\0"),
        (STATEMENT, b""),
    ],
    ids=["program", "exit code", "longer output", "no output", "short", "long", "empty"],
)
def test_anything_else_reverts_and_leaves_nothing(settlement, verifier, owner, chain, statement, proof):
    with reverts(verifier.InvalidProof):
        settlement.settle(*statement, proof, sender=owner)
    with reverts(verifier.InvalidProof):
        settlement.verify(*statement, proof)
    assert not settlement.isSettled(identity_on(settlement, chain, statement))
    assert settlement.settlementCount(statement[0]) == 0


def test_verify_is_a_preview(settlement, chain):
    settlement.verify(*STATEMENT, PROOF)
    assert not settlement.isSettled(identity_on(settlement, chain))


def test_the_id_is_bound_to_contract_and_chain(project, owner, verifier, settlement, chain):
    second = owner.deploy(project.Settlement, verifier.address)
    settlement.settle(*STATEMENT, PROOF, sender=owner)
    assert not second.isSettled(identity_on(settlement, chain))
    second.settle(*STATEMENT, PROOF, sender=owner)
    assert second.isSettled(identity_on(second, chain))


def test_views_of_what_is_not_there(settlement):
    unknown = keccak(b"no such settlement")
    with reverts(settlement.NotSettled, id=unknown):
        settlement.settlement(unknown)
    with reverts(settlement.NoSettlement, programVKey=PROGRAM):
        settlement.latestSettlement(PROGRAM)
    assert settlement.settlementCount(PROGRAM) == 0


def test_a_verifier_must_be_a_contract(project, owner, accounts):
    nobody = accounts[3].address
    with ape.reverts() as reverted:
        owner.deploy(project.Settlement, nobody)
    error = keccak(b"NoVerifier(address)")[:4] + encode(["address"], [nobody])
    assert reverted.value.revert_message == "0x" + error.hex()


def test_settlements_are_found_in_order(settlement, verifier, owner, chain):
    assert find_settled(settlement, chain) == []
    settlement.settle(*STATEMENT, PROOF, sender=owner)
    second = (PROGRAM, 0, b"")
    verifier.accept(*second, PROOF, sender=owner)
    settlement.settle(*second, PROOF, sender=owner)

    found = find_settled(settlement, chain, program_vkey=PROGRAM)
    assert [(entry.id, entry.exit_code, entry.output) for entry in found] == [
        (identity_on(settlement, chain, statement), *statement[1:]) for statement in (STATEMENT, second)
    ]
    assert find_settled(settlement, chain, identity=found[1].id) == found[1:]
    assert find_settled(settlement, chain, program_vkey=OTHER) == []
    assert settlement.settlementCount(PROGRAM) == 2
    assert settlement.settlement(found[1].id).number == 2
    assert bytes(settlement.latestSettlement(PROGRAM)) == found[1].id


def test_gas_beside_verification(settlement, owner):
    """Two new slots, the call and the event: the rest is the transaction, its calldata, the verifier."""
    receipt = settlement.settle(*STATEMENT, PROOF, sender=owner)
    calldata = settlement.settle.encode_input(*STATEMENT, PROOF)
    intrinsic = 21_000 + sum(16 if byte else 4 for byte in calldata)
    assert receipt.gas_used - intrinsic < 60_000
