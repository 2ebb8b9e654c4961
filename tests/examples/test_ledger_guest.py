"""The ledger's guest accepts every batch of the operator, and nothing that differs."""

import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples.ledgers import ADDRESS, ELF, GUEST, Scene, example_batch, salt, wallet
from zkm import api
from zkm.examples.ledger.hashing import EMPTY
from zkm.examples.ledger.operator import Account, Deposit, LedgerState
from zkm.examples.ledger.transactions import BatchOutput, LedgerError, Transfer, Withdrawal

REFUSED = (1, b"")
ACCOUNTS_AT = 4 * (8 + 2 + 8 + 4 + 4 + 1)  # where the number of accounts stands
ACCOUNT_BYTES = 52


def run(witness):
    result = api.run(ELF, stdin=bytes(witness), max_instructions=50_000_000)
    return result.exit_code, result.output


def accepted(batch):
    return run(batch.witness) == (0, batch.output.encode())


@pytest.fixture
def scene():
    return Scene()


def test_the_first_batch_opens_accounts(scene):
    assert accepted(scene.first)
    assert scene.first.output.old_root == EMPTY
    assert scene.first.output.deposit_count == 4


def test_the_manifest_runs_the_example():
    batch = example_batch()
    assert (GUEST / "batch.bin").read_bytes() == batch.witness
    assert (GUEST / "expected.bin").read_bytes() == batch.output.encode()
    assert accepted(batch)
    balances = {account.index: account.balance for account in batch.after.accounts.values()}
    assert balances == {0: 0, 1: 7, 2: 1000, 3: 1}
    assert [(paid.address.lower(), paid.amount) for paid in batch.output.withdrawals] == [(ADDRESS, 2049)]


def test_six_transactions_cost_less_than_a_million_instructions():
    scene = Scene(5)
    senders = (0, 2, 3, 4, 0, 2)
    transactions = [scene.transfer(s, (s + 1) % 5, 1, senders[:i].count(s)) for i, s in enumerate(senders)]
    batch = scene.state.next_batch([], transactions, salt(1))
    result = api.run(ELF, stdin=batch.witness)
    assert result.exit_code == 0 and result.output == batch.output.encode()
    print(f"{result.instructions:,} instructions for six transactions")
    assert result.instructions <= 1_000_000


class Play:
    """A random ledger: what an operator does with deposits and valid transactions."""

    def __init__(self, data):
        self.data = data
        self.wallets = [wallet(i) for i in range(5)]
        self.numbers = {}
        self.state = LedgerState(self.wallets[0].domain)

    def deposit(self):
        owner = self.data.draw(st.sampled_from(self.wallets))
        index = self.numbers.setdefault(owner.id, len(self.numbers))
        return Deposit(owner.id, index, self.data.draw(st.integers(0, 1 << 60)))

    def batch(self):
        deposits = [self.deposit() for _ in range(self.data.draw(st.integers(0, 3)))]
        if not deposits and not self.state.accounts:
            deposits = [self.deposit()]
        state = self.state
        if deposits:
            state = state.next_batch(deposits).after
        signed = []
        for _ in range(self.data.draw(st.integers(0 if deposits else 1, 3))):
            sender = self.data.draw(st.sampled_from([w for w in self.wallets if w.id in state.accounts]))
            account = state.accounts[sender.id]
            amount = self.data.draw(st.integers(0, account.balance))
            receiver = self.data.draw(st.sampled_from([*state.accounts, None]))
            transaction = Transfer(receiver, amount) if receiver else Withdrawal(ADDRESS, amount)
            signed.append(sender.sign(account.nonce, transaction))
            state = state.next_batch([], signed[-1:]).after
        batch = self.state.next_batch(deposits, signed)
        self.state = batch.after
        return batch


@settings(max_examples=8)
@given(data=st.data())
def test_operator_and_guest_agree(data):
    play = Play(data)
    for _ in range(3):
        before = play.state.root
        batch = play.batch()
        assert batch.output.old_root == before
        assert accepted(batch)
        assert BatchOutput.decode(batch.output.encode()) == batch.output


@settings(max_examples=60)
@given(data=st.data())
def test_any_flipped_bit_is_refused_or_says_something_else(data):
    """Some of the input is free, as the new salt or a deposit's amount: the statement is another one then."""
    batch = example_batch()
    witness = bytearray(batch.witness)
    position = data.draw(st.integers(0, 8 * len(witness) - 1))
    witness[position // 8] ^= 1 << position % 8
    exit_code, output = run(witness)
    if exit_code == 0:
        said = BatchOutput.decode(output)
        honest = batch.output
        assert (said.old_root, said.new_root, said.queue) != (honest.old_root, honest.new_root, honest.queue)
        # It goes on from the honest state only if nothing but new salt or deposits differ.
        if said.old_root == honest.old_root:
            assert said.withdrawals == honest.withdrawals and said.domain == honest.domain
    else:
        assert (exit_code, output) == REFUSED


@settings(max_examples=30)
@given(data=st.data())
def test_a_batch_cut_or_extended_is_refused(data):
    witness = example_batch().witness
    length = data.draw(st.integers(0, len(witness) - 1))
    assert run(witness[:length]) == REFUSED
    assert run(witness + data.draw(st.binary(min_size=1, max_size=8))) == REFUSED


def test_an_input_larger_than_the_buffer_is_refused():
    witness = example_batch().witness
    assert run(witness + bytes((1 << 18) - len(witness))) == REFUSED


def unchecked(scene, signed, deposits=()):
    """The witness of a batch whose transactions the operator did not check."""
    state = scene.state
    touched = {w.id: i for i, w in enumerate(scene.wallets) if w.id in state.accounts}
    after = replace(state, salt=salt(5))
    return state._witness(after, touched, deposits, signed)


def test_cheating_operators_are_refused(scene):
    valid = scene.transfer(0, 1, 400)
    assert run(unchecked(scene, [valid]))[0] == 0
    replayed = [valid, valid]
    other_receiver = replace(valid, transaction=Transfer(scene.wallets[2].id, 400))
    other_amount = replace(valid, transaction=Transfer(scene.wallets[1].id, 401))
    other_kind = replace(valid, transaction=Withdrawal("0x" + valid.transaction.receiver[:20].hex(), 400))
    other_sender = replace(valid, sender=scene.wallets[2].id)
    other_key = replace(valid, public_key=scene.wallets[2].key.public_key)
    stranger = replace(
        scene.wallets[2].sign(0, valid.transaction), sender=valid.sender, nonce=0
    )  # another account's signature, with its own key, for this account
    other_scheme = replace(valid, scheme=scene.wallets[1].key.scheme)
    unknown_scheme = replace(valid, scheme=replace(valid.scheme, number=3))
    later = scene.wallets[3].sign(1, Transfer(valid.sender, 1))  # nonce 0 is not used yet
    too_much = scene.wallets[3].sign(0, Transfer(valid.sender, 1001))
    for signed in (
        replayed,
        [other_receiver],
        [other_amount],
        [other_kind],
        [other_sender],
        [other_key],
        [stranger],
        [other_scheme],
        [unknown_scheme],
        [later],
        [too_much],
    ):
        assert run(unchecked(scene, signed)) == REFUSED
        with pytest.raises((LedgerError, KeyError)):
            scene.state.next_batch([], signed)


def test_another_ledgers_signature_is_refused(scene):
    elsewhere = wallet(0, b"\7" * 32).sign(0, Transfer(scene.wallets[1].id, 5))
    assert run(unchecked(scene, [elsewhere])) == REFUSED


def test_money_from_nowhere_gives_another_old_root(scene):
    """A witness with a richer account is a valid run, from a root that the contract does not have."""
    rich = dict(scene.state.accounts)
    owner = scene.wallets[0].id
    rich[owner] = replace(rich[owner], balance=10**9)
    forged = replace(scene.state, accounts=rich)
    exit_code, output = run(forged.next_batch([Deposit(owner, 0, 0)]).witness)
    assert exit_code == 0
    assert BatchOutput.decode(output).old_root != scene.state.root


def test_the_first_batch_must_start_from_nothing(scene):
    """Old root zero is said by the contract's first state only: no accounts, no deposits."""
    owner = scene.wallets[0]
    deposits = [Deposit(owner.id, 0, 5)]
    with_account = LedgerState(owner.domain, accounts={owner.id: Account(0, owner.id, 10**6)})
    neighbour = LedgerState(owner.domain, accounts={scene.wallets[1].id: Account(1, scene.wallets[1].id, 5)})
    with_count = LedgerState(owner.domain, deposit_count=1)
    with_queue = LedgerState(owner.domain, queue=b"\1" * 32)
    for state in (with_account, neighbour, with_count, with_queue):
        assert run(state.next_batch(deposits).witness) == REFUSED


def test_accounts_must_ascend_and_exist_or_be_empty(scene):
    witness = unchecked(scene, [])
    first = ACCOUNTS_AT + 4
    entries = [witness[first + i * ACCOUNT_BYTES : first + (i + 1) * ACCOUNT_BYTES] for i in range(4)]
    rest = witness[first + 4 * ACCOUNT_BYTES :]

    def with_entries(*chosen):
        return witness[:ACCOUNTS_AT] + struct.pack(">I", len(chosen)) + b"".join(chosen) + rest

    assert run(with_entries(*entries))[0] == 0
    assert run(with_entries(entries[1], entries[0], *entries[2:])) == REFUSED
    assert run(with_entries(entries[0], entries[0], *entries[2:])) == REFUSED
    assert run(with_entries()) == REFUSED
    exists_twice = entries[0][:4] + struct.pack(">I", 2) + entries[0][8:]
    assert run(with_entries(exists_twice, *entries[1:])) == REFUSED
    rich_but_absent = entries[0][:4] + bytes(4) + entries[0][8:]
    assert run(with_entries(rich_but_absent, *entries[1:])) == REFUSED


def test_a_credit_that_overflows_is_refused(scene):
    owner = scene.wallets[0].id
    assert run(unchecked(scene, [], [Deposit(owner, 0, (1 << 64) - 1001)]))[0] == 0
    assert run(unchecked(scene, [], [Deposit(owner, 0, (1 << 64) - 1000)])) == REFUSED


def test_the_operator_names_what_is_wrong(scene):
    state = scene.state
    with pytest.raises(LedgerError, match="a batch has 1 to 64 accounts"):
        state.next_batch()
    with pytest.raises(LedgerError, match="numbers account 0 as 3"):
        state.next_batch([Deposit(scene.wallets[0].id, 3, 1)])
    with pytest.raises(LedgerError, match="account 0 cannot hold"):
        state.next_batch([Deposit(scene.wallets[0].id, 0, (1 << 64) - 1000)])
    with pytest.raises(LedgerError, match="has to deposit first"):
        state.next_batch([], [scene.wallets[2].sign(0, Transfer(b"\1" * 32, 1))])
    with pytest.raises(LedgerError, match="is none of a batch"):
        BatchOutput.decode(bytes(159))


def test_a_state_can_be_kept():
    state = example_batch().after
    kept = LedgerState.from_json(state.to_json())
    assert kept == state and kept.root == state.root
    for text in ("", "[]", "{}", state.to_json().replace('"salt": "', '"salt": "x'), "[" * 100_000):
        with pytest.raises(LedgerError, match="no state of a ledger"):
            LedgerState.from_json(text)
