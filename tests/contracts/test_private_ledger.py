"""PrivateLedger.sol beside a verifier that knows the valid proofs: what it does, and every revert."""

import ape
import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.reverts import reverts
from zkm.examples.ledger.hashing import EMPTY, queue_hash
from zkm.examples.ledger.transactions import BatchOutput, WithdrawalPaid

PROGRAM = keccak(b"the ledger's program")
PROOF = b"a proof"
GWEI = 10**9
SMALLEST = 10 * GWEI
PATIENCE = 3600
ALICE, BOB = keccak(b"alice"), keccak(b"bob")


@pytest.fixture
def operator(accounts):
    return accounts[0]


@pytest.fixture
def user(accounts):
    return accounts[1]


@pytest.fixture
def verifier(project, operator):
    return operator.deploy(project.StatementVerifier)


@pytest.fixture
def settlement(project, operator, verifier):
    return operator.deploy(project.Settlement, verifier.address)


def deploy(project, operator, settlement):
    arguments = (settlement.address, PROGRAM, SMALLEST, PATIENCE, operator.address)
    return operator.deploy(project.PrivateLedger, *arguments)


@pytest.fixture
def ledger(project, operator, settlement):
    return deploy(project, operator, settlement)


def batch(ledger, old, new, withdrawals=(), count=None, **changes):
    """A batch's output that takes the first `count` deposits (default: all)."""
    count = ledger.depositCount() if count is None else count
    paid = tuple(WithdrawalPaid(str(to), amount) for to, amount in withdrawals)
    fields = {
        "old_root": old,
        "new_root": new,
        "domain": bytes(ledger.domain()),
        "deposit_count": count,
        "queue": bytes(ledger.queueAt(count)),
        "withdrawals": paid,
    }
    return BatchOutput(**{**fields, **changes}).encode()


@pytest.fixture
def advance(verifier, ledger, operator):
    def run(output, sender=None):
        verifier.accept(PROGRAM, 0, output, PROOF, sender=operator)
        return ledger.advance(output, PROOF, sender=sender or operator)

    return run


ROOTS = [EMPTY, *(keccak(b"root %d" % i) for i in range(9))]


def test_deposits_form_a_queue(ledger, user, operator):
    queue = EMPTY
    for number, (account, place, amount, sender) in enumerate(
        [(ALICE, 0, 10, user), (BOB, 1, 2**40, operator), (ALICE, 0, 11, operator)], start=1
    ):
        receipt = ledger.deposit(account, value=amount * GWEI, sender=sender)
        queue = queue_hash(queue, account, place, amount)
        (event,) = ledger.Deposited.from_receipt(receipt)
        assert (event.number, bytes(event.account), event.accountNumber) == (number, account, place)
        assert (event.amount, event["from"], bytes(event.queue)) == (amount, sender.address, queue)
        assert bytes(ledger.queueAt(number)) == queue
        assert (ledger.depositCount(), ledger.accountNumber(account)) == (number, place)
    assert ledger.accountCount() == 2
    assert ledger.balance == (21 + 2**40) * GWEI


@pytest.mark.parametrize("amount", [0, 1, SMALLEST - GWEI, SMALLEST + 1])
def test_unfit_deposits_revert(ledger, user, amount):
    with reverts(ledger.UnfitAmount, amount=amount):
        ledger.deposit(ALICE, value=amount, sender=user)


def test_a_deposit_of_more_gwei_than_64_bits(ledger, user, chain):
    amount = 2**64 * GWEI
    chain.set_balance(user.address, 2 * amount)
    with reverts(ledger.UnfitAmount, amount=amount):
        ledger.deposit(ALICE, value=amount, sender=user)


def test_no_account_has_the_id_zero(ledger, user):
    with reverts(ledger.NoAccount):
        ledger.deposit(bytes(32), value=SMALLEST, sender=user)
    with reverts(ledger.UnknownAccount, account=ALICE):
        ledger.accountNumber(ALICE)


def test_money_that_is_no_deposit_is_refused(ledger, user):
    with ape.reverts():
        user.transfer(ledger.address, SMALLEST)


def test_a_batch_moves_the_root(ledger, settlement, advance, user):
    ledger.deposit(ALICE, value=SMALLEST, sender=user)
    ledger.deposit(BOB, value=SMALLEST, sender=user)
    output = batch(ledger, ROOTS[0], ROOTS[1], count=1)
    receipt = advance(output)
    assert bytes(ledger.root()) == ROOTS[1]
    assert (ledger.batchCount(), ledger.depositsTaken(), ledger.totalOwed()) == (1, 1, 0)
    (event,) = ledger.BatchApplied.from_receipt(receipt)
    identity = bytes(settlement.settlementId(PROGRAM, 0, output))
    assert (event.number, bytes(event.settlementId), event.depositsTaken) == (1, identity, 1)
    assert (bytes(event.oldRoot), bytes(event.newRoot)) == (ROOTS[0], ROOTS[1])
    assert settlement.isSettled(identity)


def test_withdrawals_are_owed_and_paid_once(ledger, advance, user, accounts, operator):
    ledger.deposit(ALICE, value=100 * GWEI, sender=user)
    receiver, other = accounts[2], accounts[3]
    withdrawals = [(receiver.address, 30), (other.address, 40), (receiver.address, 20), (receiver.address, 0)]
    output = batch(ledger, ROOTS[0], ROOTS[1], withdrawals)
    receipt = advance(output)
    events = ledger.WithdrawalOwed.from_receipt(receipt)
    assert [(e.batch, e.to, e.amount) for e in events] == [(1, to, n * GWEI) for to, n in withdrawals]
    assert (ledger.owed(receiver), ledger.owed(other)) == (50 * GWEI, 40 * GWEI)
    assert ledger.totalOwed() == 90 * GWEI
    before = receiver.balance
    receipt = ledger.claim(receiver, sender=user)
    assert receiver.balance == before + 50 * GWEI
    (event,) = ledger.Claimed.from_receipt(receipt)
    assert (event.to, event.amount) == (receiver.address, 50 * GWEI)
    with reverts(ledger.NothingToClaim, to=receiver.address):
        ledger.claim(receiver, sender=user)
    # Neither the same batch nor the same proof pays again.
    with reverts(ledger.WrongRoot, present=ROOTS[1], old=ROOTS[0]):
        ledger.advance(output, PROOF, sender=operator)
    assert (ledger.owed(receiver), ledger.totalOwed()) == (0, 40 * GWEI)


def test_only_the_operator_applies_batches(ledger, advance, user, operator, accounts):
    output = batch(ledger, ROOTS[0], ROOTS[1])
    with reverts(ledger.OwnableUnauthorizedAccount, account=user.address):
        advance(output, sender=user)
    with reverts(ledger.OwnableUnauthorizedAccount, account=user.address):
        ledger.transferOwnership(user, sender=user)
    ledger.transferOwnership(user, sender=operator)
    with reverts(ledger.OwnableUnauthorizedAccount, account=user.address):
        advance(output, sender=user)
    with reverts(ledger.OwnableUnauthorizedAccount, account=accounts[2].address):
        ledger.acceptOwnership(sender=accounts[2])
    ledger.acceptOwnership(sender=user)
    with reverts(ledger.OwnableUnauthorizedAccount, account=operator.address):
        advance(output)
    advance(output, sender=user)
    assert bytes(ledger.root()) == ROOTS[1]


def test_there_is_always_an_operator(ledger, operator, user):
    with reverts(ledger.OperatorNeeded):
        ledger.renounceOwnership(sender=operator)
    with reverts(ledger.OwnableUnauthorizedAccount, account=user.address):
        ledger.renounceOwnership(sender=user)


def test_without_a_valid_proof_nothing_moves(ledger, verifier, operator):
    output = batch(ledger, ROOTS[0], ROOTS[1])
    with reverts(verifier.InvalidProof):
        ledger.advance(output, PROOF, sender=operator)
    verifier.accept(PROGRAM, 1, output, PROOF, sender=operator)  # the program failed
    verifier.accept(keccak(b"another program"), 0, output, PROOF, sender=operator)
    with reverts(verifier.InvalidProof):
        ledger.advance(output, PROOF, sender=operator)
    assert bytes(ledger.root()) == EMPTY


def test_a_failed_run_that_is_settled_counts_for_nothing(ledger, settlement, verifier, operator):
    output = batch(ledger, ROOTS[0], ROOTS[1])
    verifier.accept(PROGRAM, 1, output, PROOF, sender=operator)
    settlement.settle(PROGRAM, 1, output, PROOF, sender=operator)
    with reverts(verifier.InvalidProof):
        ledger.advance(output, PROOF, sender=operator)


def test_settling_first_does_not_hinder_a_batch(ledger, settlement, verifier, operator, user):
    output = batch(ledger, ROOTS[0], ROOTS[1])
    verifier.accept(PROGRAM, 0, output, PROOF, sender=operator)
    settlement.settle(PROGRAM, 0, output, PROOF, sender=user)
    ledger.advance(output, b"", sender=operator)
    assert bytes(ledger.root()) == ROOTS[1]


@pytest.mark.parametrize("length", [0, 64, 159, 161, 191])
def test_outputs_of_another_form(ledger, advance, length):
    output = (batch(ledger, ROOTS[0], ROOTS[1]) + bytes(32))[:length]
    with reverts(ledger.MalformedOutput, length=length):
        advance(output)


def test_a_batch_of_another_ledger(project, operator, settlement, ledger, advance):
    second = deploy(project, operator, settlement)
    output = batch(second, ROOTS[0], ROOTS[1])
    with reverts(ledger.WrongDomain, expected=bytes(ledger.domain()), given=bytes(second.domain())):
        advance(output)


def test_the_domain_is_bound_to_the_chain(ledger, chain):
    parts = encode(["uint256", "address"], [chain.provider.chain_id, ledger.address])
    assert bytes(ledger.domain()) == keccak(parts)


def test_a_batch_from_another_root(ledger, advance):
    with reverts(ledger.WrongRoot, present=EMPTY, old=ROOTS[2]):
        advance(batch(ledger, ROOTS[2], ROOTS[3]))
    advance(batch(ledger, ROOTS[0], ROOTS[1]))
    with reverts(ledger.WrongRoot, present=ROOTS[1], old=EMPTY):
        advance(batch(ledger, ROOTS[0], ROOTS[2]))


def test_deposits_that_were_not_made(ledger, advance, user):
    ledger.deposit(ALICE, value=SMALLEST, sender=user)
    queue = bytes(ledger.queueAt(1))
    invented = queue_hash(queue, BOB, 1, 10**6)
    for count, last in [(0, queue), (1, EMPTY), (1, invented), (2, invented), (2, EMPTY), (2**32, EMPTY)]:
        with reverts(ledger.WrongDeposits, count=count, queue=last):
            advance(batch(ledger, ROOTS[0], ROOTS[1], count=0, deposit_count=count, queue=last))


def test_more_is_never_owed_than_there_is(ledger, advance, user):
    """Beyond what proofs guarantee: were one false, what is owed already would still be there."""
    ledger.deposit(ALICE, value=100 * GWEI, sender=user)
    advance(batch(ledger, ROOTS[0], ROOTS[1], [(user.address, 60)]))
    with reverts(ledger.Insolvent, owed=101 * GWEI, balance=100 * GWEI):
        advance(batch(ledger, ROOTS[1], ROOTS[2], [(user.address, 41)]))
    advance(batch(ledger, ROOTS[1], ROOTS[2], [(user.address, 40)]))
    ledger.claim(user, sender=user)
    assert (ledger.balance, ledger.totalOwed()) == (0, 0)


def test_a_receiver_that_asks_again_gets_nothing_more(project, ledger, advance, user):
    greedy = user.deploy(project.GreedyReceiver)
    ledger.deposit(ALICE, value=100 * GWEI, sender=user)
    advance(batch(ledger, ROOTS[0], ROOTS[1], [(greedy.address, 30), (user.address, 70)]))
    ledger.claim(greedy, sender=user)
    assert greedy.balance == 30 * GWEI
    assert bytes(greedy.answer()) == keccak(b"ReentrancyGuardReentrantCall()")[:4]
    assert ledger.totalOwed() == ledger.balance == 70 * GWEI


def test_a_receiver_that_refuses_hinders_nobody(project, ledger, advance, user):
    refusing = user.deploy(project.RefusingReceiver)
    ledger.deposit(ALICE, value=100 * GWEI, sender=user)
    advance(batch(ledger, ROOTS[0], ROOTS[1], [(refusing.address, 30), (user.address, 70)]))
    with reverts(ledger.PaymentFailed, to=refusing.address):
        ledger.claim(refusing, sender=user)
    assert ledger.owed(refusing) == 30 * GWEI
    ledger.claim(user, sender=user)
    assert ledger.balance == 30 * GWEI


DEPOSITS = [(ALICE, 0, 10), (BOB, 1, 20), (ALICE, 0, 30), (BOB, 1, 40)]


@pytest.fixture
def waiting(ledger, user, accounts):
    """Four deposits, the second of them by another payer."""
    for number, (account, _, amount) in enumerate(DEPOSITS, start=1):
        ledger.deposit(account, value=amount * GWEI, sender=accounts[2] if number == 2 else user)
    return DEPOSITS


def queue_of(deposits):
    queue = EMPTY
    for deposit in deposits:
        queue = queue_hash(queue, *deposit)
    return queue


def test_a_deposit_that_is_not_taken_can_be_taken_back(ledger, advance, waiting, chain, accounts, operator):
    payer = accounts[2]
    taken = batch(ledger, ROOTS[0], ROOTS[1])  # proven with all four, and on its way
    chain.mine(deltatime=PATIENCE)
    receipt = ledger.takeBack(2, waiting[1:], sender=payer)
    left = [waiting[0], (*waiting[1][:2], 0), *waiting[2:]]
    assert [bytes(ledger.queueAt(n)) for n in range(5)] == [queue_of(left[:n]) for n in range(5)]
    (event,) = ledger.TakenBack.from_receipt(receipt)
    assert (event.number, event.amount, bytes(event.queue)) == (2, 20, queue_of(left))
    assert (ledger.owed(payer), ledger.totalOwed(), ledger.balance) == (20 * GWEI, 20 * GWEI, 100 * GWEI)
    with reverts(ledger.NotYours, number=2):
        ledger.takeBack(2, left[1:], sender=payer)
    before = payer.balance
    ledger.claim(payer, sender=operator)
    assert payer.balance == before + 20 * GWEI
    # The batch with the deposit that is gone does not fit any more; one without it does.
    with reverts(ledger.WrongDeposits, count=4, queue=queue_of(waiting)):
        advance(taken)
    advance(batch(ledger, ROOTS[0], ROOTS[1]))
    assert ledger.depositsTaken() == 4
    with reverts(ledger.NotWaiting, number=3):
        ledger.takeBack(3, left[2:], sender=payer)


def test_taking_back_needs_time_payer_and_the_queue(ledger, advance, waiting, chain, user):
    advance(batch(ledger, ROOTS[0], ROOTS[1], count=1))
    for number in (0, 1, 5):
        with reverts(ledger.NotWaiting, number=number):
            ledger.takeBack(number, waiting, sender=user)
    with reverts(ledger.NotYours, number=2):
        ledger.takeBack(2, waiting[1:], sender=user)
    with reverts(ledger.TooEarly, time=ledger.payerOf(3).time + PATIENCE):
        ledger.takeBack(3, waiting[2:], sender=user)
    chain.mine(deltatime=PATIENCE)
    more, other = (ALICE, 0, 31), (BOB, 0, 30)
    for wrong in ([], waiting[2:3], waiting[1:], [more, waiting[3]], [other, waiting[3]], waiting[:1:-1]):
        with reverts(ledger.NotTheQueue):
            ledger.takeBack(3, wrong, sender=user)
    assert bytes(ledger.queueAt(4)) == queue_of(waiting)
    # The last one, and then one before it.
    ledger.takeBack(4, waiting[3:], sender=user)
    ledger.takeBack(3, [waiting[2], (*waiting[3][:2], 0)], sender=user)
    assert bytes(ledger.queueAt(4)) == queue_of([*waiting[:2], (ALICE, 0, 0), (BOB, 1, 0)])
    assert ledger.owed(user) == 70 * GWEI


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("deposit"), st.sampled_from([ALICE, BOB]), st.integers(10, 1000)),
        st.tuples(st.just("advance"), st.integers(0, 3), st.integers(0, 500)),
        st.tuples(st.just("claim"), st.integers(2, 3), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(actions=ACTIONS)
def test_books_balance_after_any_sequence(chain, ledger, advance, user, accounts, actions):
    """The root moves by batches only, deposits are taken in order, and what is owed is there."""
    with chain.isolate():
        root, batches, deposited, withdrawn, paid = EMPTY, 0, 0, 0, 0
        for kind, what, amount in actions:
            if kind == "deposit":
                ledger.deposit(what, value=amount * GWEI, sender=user)
                deposited += amount
            elif kind == "advance":
                receiver = accounts[2 + what % 2]
                new = keccak(root)
                taken = max(ledger.depositsTaken(), ledger.depositCount() - what)
                output = batch(ledger, root, new, [(receiver.address, amount)], count=taken)
                if withdrawn - paid + amount > deposited - paid:
                    with reverts(ledger.Insolvent):
                        advance(output)
                    continue
                advance(output)
                root, batches, withdrawn = new, batches + 1, withdrawn + amount
            else:
                receiver = accounts[what]
                due = ledger.owed(receiver)
                if due == 0:
                    with reverts(ledger.NothingToClaim):
                        ledger.claim(receiver, sender=user)
                    continue
                ledger.claim(receiver, sender=user)
                paid += due // GWEI
            assert (bytes(ledger.root()), ledger.batchCount()) == (root, batches)
            assert ledger.balance == (deposited - paid) * GWEI
            assert ledger.totalOwed() == (withdrawn - paid) * GWEI <= ledger.balance
            assert ledger.depositsTaken() <= ledger.depositCount()
