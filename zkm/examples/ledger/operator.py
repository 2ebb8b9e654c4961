"""The operator of a private ledger: keeps the accounts, checks transactions, makes the guest's input."""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from eth_utils.address import to_canonical_address, to_checksum_address

from zkm.examples.ledger.hashing import EMPTY, account_id, account_leaf, queue_hash, state_root
from zkm.examples.ledger.signatures import verify
from zkm.examples.ledger.transactions import (
    AMOUNT_LIMIT,
    BatchOutput,
    LedgerError,
    SignedTransaction,
    Transfer,
    WithdrawalPaid,
    signed_message,
)
from zkm.examples.ledger.tree import AccountTree
from zkm.formats.json_text import parse_json

__all__ = ["Account", "Batch", "Deposit", "LedgerState"]

MAX_ACCOUNTS = MAX_WITHDRAWALS = 64
"""What the guest has room for in one batch."""


@dataclass(frozen=True)
class Account:
    """An account's state.

    Attributes:
        index: the number that the contract gave to its id.
        id: 32 bytes.
        balance: in gwei.
        nonce: how many transactions it has signed.
    """

    index: int
    id: bytes
    balance: int = 0
    nonce: int = 0

    @property
    def leaf(self) -> bytes:
        """Its leaf in the tree."""
        return account_leaf(self.index, self.id, self.balance, self.nonce)


@dataclass(frozen=True)
class Deposit:
    """A deposit as the contract's event has it: the account's id and number, gwei."""

    id: bytes
    index: int
    amount: int


@dataclass(frozen=True)
class Batch:
    """What the operator proves: the guest's private input, and the output that it will have."""

    witness: bytes
    output: BatchOutput
    after: LedgerState = field(repr=False)


@dataclass(frozen=True)
class LedgerState:
    """Everything behind a root. Batches give new states; a state itself never changes.

    Attributes:
        domain: the ledger's domain, 32 bytes.
        batch: how many batches there have been.
        deposit_count: how many deposits they took.
        queue: the hash of the queue of these deposits.
        salt: 16 bytes that hide the tree behind the root.
        accounts: by id.
    """

    domain: bytes
    batch: int = 0
    deposit_count: int = 0
    queue: bytes = EMPTY
    salt: bytes = bytes(16)
    accounts: dict[bytes, Account] = field(default_factory=dict)

    @property
    def root(self) -> bytes:
        """The root that the contract keeps for this state."""
        if self.batch == 0:
            return EMPTY
        return state_root(
            self.domain, self._tree().root, self.queue, self.salt, self.batch, self.deposit_count
        )

    def to_json(self) -> str:
        """Everything, for :meth:`from_json`: what the operator must keep, and keep secret."""
        fields = {
            "domain": self.domain.hex(),
            "batch": self.batch,
            "deposit_count": self.deposit_count,
            "queue": self.queue.hex(),
            "salt": self.salt.hex(),
            "accounts": [
                {**vars(account), "id": account.id.hex()}
                for account in sorted(self.accounts.values(), key=lambda account: account.index)
            ],
        }
        return json.dumps(fields, indent=1)

    @classmethod
    def from_json(cls, text: str) -> LedgerState:
        """A state that was kept.

        Raises:
            LedgerError: the text is no state. A wrong one is found out by its root.
        """
        try:
            fields = parse_json(text)
            domain, queue, salt = (bytes.fromhex(fields[name]) for name in ("domain", "queue", "salt"))
            batch, deposit_count = int(fields["batch"]), int(fields["deposit_count"])
            accounts = [
                Account(int(a["index"]), bytes.fromhex(a["id"]), int(a["balance"]), int(a["nonce"]))
                for a in fields["accounts"]
            ]
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise LedgerError(f"this is no state of a ledger: {error!r}") from error
        known = {account.id: account for account in accounts}
        return cls(domain, batch, deposit_count, queue, salt, known)

    def _tree(self) -> AccountTree:
        return AccountTree({account.index: account.leaf for account in self.accounts.values()})

    def next_batch(
        self,
        deposits: Sequence[Deposit] = (),
        transactions: Sequence[SignedTransaction] = (),
        salt: bytes | None = None,
    ) -> Batch:
        """The batch that takes the next deposits of the queue and then these transactions.

        Raises:
            LedgerError: a transaction is not valid where it stands, or there is more than one batch's worth.
        """
        accounts = dict(self.accounts)
        touched: dict[bytes, int] = {}
        queue = self.queue
        for deposit in deposits:
            old = accounts.get(deposit.id, Account(deposit.index, deposit.id))
            if old.index != deposit.index:
                raise LedgerError(f"the deposit numbers account {old.index} as {deposit.index}")
            if not 0 <= deposit.amount < AMOUNT_LIMIT - old.balance:
                raise LedgerError(f"account {old.index} cannot hold {deposit.amount} gwei more")
            accounts[deposit.id] = replace(old, balance=old.balance + deposit.amount)
            touched[deposit.id] = deposit.index
            queue = queue_hash(queue, deposit.id, deposit.index, deposit.amount)
        paid = []
        for signed in transactions:
            touched |= self._apply(accounts, signed)
            if not isinstance(signed.transaction, Transfer):
                address = to_checksum_address(signed.transaction.address)
                paid.append(WithdrawalPaid(address, signed.transaction.amount))
        if not 0 < len(touched) <= MAX_ACCOUNTS or len(paid) > MAX_WITHDRAWALS:
            raise LedgerError(
                f"a batch has 1 to {MAX_ACCOUNTS} accounts and at most {MAX_WITHDRAWALS} withdrawals"
            )
        after = replace(
            self,
            batch=self.batch + 1,
            deposit_count=self.deposit_count + len(deposits),
            queue=queue,
            salt=secrets.token_bytes(16) if salt is None else salt,
            accounts=accounts,
        )
        output = BatchOutput(
            self.root, after.root, self.domain, after.deposit_count, after.queue, tuple(paid)
        )
        return Batch(self._witness(after, touched, deposits, transactions), output, after)

    def _apply(self, accounts: dict[bytes, Account], signed: SignedTransaction) -> dict[bytes, int]:
        """Carry out a transaction; the accounts that it touched, as id: number."""
        transaction = signed.transaction
        sender = accounts.get(signed.sender)
        if sender is None:
            raise LedgerError(f"no account {signed.sender.hex()}")
        if signed.nonce != sender.nonce:
            raise LedgerError(f"account {sender.index} is at nonce {sender.nonce}, not {signed.nonce}")
        if account_id(signed.scheme.number, signed.public_key) != sender.id:
            raise LedgerError(f"the public key is not that of account {sender.index}")
        message = signed_message(self.domain, signed.nonce, transaction)
        if not verify(signed.scheme, signed.public_key, signed.nonce, message, signed.signature):
            raise LedgerError(f"the signature is not one of account {sender.index}")
        if transaction.amount > sender.balance:
            raise LedgerError(f"account {sender.index} has {sender.balance} gwei, not {transaction.amount}")
        accounts[sender.id] = replace(
            sender, balance=sender.balance - transaction.amount, nonce=sender.nonce + 1
        )
        touched = {sender.id: sender.index}
        if isinstance(transaction, Transfer):
            receiver = accounts.get(transaction.receiver)
            if receiver is None:
                raise LedgerError(f"no account {transaction.receiver.hex()}: it has to deposit first")
            if transaction.amount >= AMOUNT_LIMIT - receiver.balance:
                raise LedgerError(f"account {receiver.index} cannot hold {transaction.amount} gwei more")
            accounts[receiver.id] = replace(receiver, balance=receiver.balance + transaction.amount)
            touched[receiver.id] = receiver.index
        return touched

    def _witness(
        self,
        after: LedgerState,
        touched: dict[bytes, int],
        deposits: Sequence[Deposit],
        transactions: Sequence[SignedTransaction],
    ) -> bytes:
        """The guest's standard input; integers big-endian, every item a whole number of words."""
        ids = sorted(touched, key=touched.__getitem__)
        slots = {identity: slot for slot, identity in enumerate(ids)}
        tree = self._tree()
        height = max(tree.height, max(touched.values()).bit_length())
        parts = [self.domain, struct.pack(">II", self.batch, self.deposit_count), self.queue]
        parts += [self.salt, after.salt, struct.pack(">II", height, len(ids))]
        for identity in ids:
            known = self.accounts.get(identity)
            account = known or Account(touched[identity], identity)
            numbers = struct.pack(">QI", account.balance, account.nonce)
            parts += [struct.pack(">II", account.index, known is not None), identity, numbers]
        parts.append(struct.pack(">I", len(deposits)))
        parts += [struct.pack(">IQ", slots[deposit.id], deposit.amount) for deposit in deposits]
        parts.append(struct.pack(">I", len(transactions)))
        for signed in transactions:
            transaction = signed.transaction
            parts.append(struct.pack(">II", transaction.kind, slots[signed.sender]))
            if isinstance(transaction, Transfer):
                parts.append(struct.pack(">I", slots[transaction.receiver]))
            else:
                parts.append(to_canonical_address(transaction.address))
            parts.append(struct.pack(">QI", transaction.amount, signed.scheme.number))
            parts += [signed.public_key, signed.signature]
        parts += tree.siblings([touched[identity] for identity in ids], height)
        return b"".join(parts)
