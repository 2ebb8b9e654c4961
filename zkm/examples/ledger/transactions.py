"""Transactions, wallets, and the public part of a batch."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass, field

from eth_utils.address import is_address, to_canonical_address, to_checksum_address

from zkm.errors import ZkmError
from zkm.examples.ledger.hashing import account_id, tweaked
from zkm.examples.ledger.signatures import QUICK, Scheme, SigningKey

__all__ = [
    "BatchOutput",
    "LedgerError",
    "SignedTransaction",
    "Transfer",
    "Wallet",
    "Withdrawal",
    "WithdrawalPaid",
]

AMOUNT_LIMIT = 1 << 64
"""Amounts are in gwei, with 64 bits: more than there is ether."""

HEAD_BYTES = 160


class LedgerError(ZkmError):
    """A transaction, batch or output that the ledger does not accept."""


@dataclass(frozen=True)
class Transfer:
    """From one account to another, seen by nobody else.

    Attributes:
        receiver: the id of the receiving account.
        amount: in gwei.
    """

    receiver: bytes
    amount: int

    @property
    def kind(self) -> int:
        """The number of this kind of transaction."""
        return 1

    @property
    def target(self) -> bytes:
        """The receiver as it is signed, 32 bytes."""
        return self.receiver


@dataclass(frozen=True)
class Withdrawal:
    """From an account to an address of the chain, in public.

    Attributes:
        address: the receiving address.
        amount: in gwei.
    """

    address: str
    amount: int

    def __post_init__(self) -> None:
        if not is_address(self.address):
            raise LedgerError(f"{self.address} is no address")

    @property
    def kind(self) -> int:
        """The number of this kind of transaction."""
        return 2

    @property
    def target(self) -> bytes:
        """The address as it is signed, padded with zeros on the right."""
        return to_canonical_address(self.address).ljust(32, b"\0")


def signed_message(domain: bytes, nonce: int, transaction: Transfer | Withdrawal) -> bytes:
    """What is signed, 80 bytes; the account itself is bound by its key.

    Raises:
        LedgerError: the amount or the receiver is out of range.
    """
    if not 0 <= transaction.amount < AMOUNT_LIMIT or len(transaction.target) != 32:
        raise LedgerError(f"{transaction} has an amount or a receiver that does not exist")
    numbers = struct.pack("<IIQ", transaction.kind, nonce, transaction.amount)
    return domain + numbers + transaction.target


@dataclass(frozen=True)
class SignedTransaction:
    """A transaction as a wallet hands it to the operator."""

    sender: bytes
    nonce: int
    transaction: Transfer | Withdrawal
    scheme: Scheme
    public_key: bytes
    signature: bytes


@dataclass
class Wallet:
    """The key of one account on one ledger, and which one-time keys it has used.

    Attributes:
        domain: the ledger's domain, 32 bytes.
        key: the signing key.
    """

    domain: bytes
    key: SigningKey
    _signed: dict[int, SignedTransaction] = field(default_factory=dict)

    @classmethod
    def create(cls, domain: bytes, scheme: Scheme = QUICK, secret: bytes | None = None) -> Wallet:
        """A wallet with a new key, or that of a secret of 32 bytes: another one for each ledger."""
        secret = secrets.token_bytes(32) if secret is None else secret
        # One-time keys of one ledger must not sign for another, where nonces begin anew.
        return cls(domain, SigningKey(scheme, tweaked(32, b"zkm_wall", 0, 0, secret + domain)))

    @property
    def id(self) -> bytes:
        """The account's id, 32 bytes."""
        return account_id(self.key.scheme.number, self.key.public_key)

    def sign(self, nonce: int, transaction: Transfer | Withdrawal) -> SignedTransaction:
        """The transaction with a signature by one-time key `nonce`.

        Raises:
            LedgerError: another transaction was signed with this nonce (two signatures give a one-time key
                away), the keys are used up, or the transaction is out of range.
        """
        signed = self._signed.get(nonce)
        if signed is not None:
            if signed.transaction != transaction:
                raise LedgerError(
                    f"nonce {nonce} has signed another transaction: never sign two with one key"
                )
            return signed
        message = signed_message(self.domain, nonce, transaction)
        try:
            signature = self.key.sign(nonce, message)
        except ValueError as error:
            raise LedgerError(f"the account's keys are used up: {error}") from error
        signed = SignedTransaction(
            self.id, nonce, transaction, self.key.scheme, self.key.public_key, signature
        )
        self._signed[nonce] = signed
        return signed


@dataclass(frozen=True)
class WithdrawalPaid:
    """One withdrawal of a batch: checksummed address, gwei."""

    address: str
    amount: int


@dataclass(frozen=True)
class BatchOutput:
    """What a batch says in public; the guest's standard output.

    Attributes:
        old_root: the root it goes on from, zero for the first batch.
        new_root: the root afterwards.
        domain: the ledger it is for.
        deposit_count: deposits taken in all batches so far.
        queue: the hash of the queue of these deposits.
        withdrawals: what the contract owes now.
    """

    old_root: bytes
    new_root: bytes
    domain: bytes
    deposit_count: int
    queue: bytes
    withdrawals: tuple[WithdrawalPaid, ...] = ()

    def encode(self) -> bytes:
        """As PrivateLedger.sol reads it: five words and a word per withdrawal."""
        head = (self.old_root, self.new_root, self.domain, self.deposit_count.to_bytes(32, "big"), self.queue)
        words = (
            to_canonical_address(paid.address) + paid.amount.to_bytes(12, "big") for paid in self.withdrawals
        )
        return b"".join([*head, *words])

    @classmethod
    def decode(cls, output: bytes) -> BatchOutput:
        """Read a guest's output.

        Raises:
            LedgerError: it is not of that form.
        """
        if len(output) < HEAD_BYTES or len(output) % 32:
            raise LedgerError(f"an output of {len(output)} bytes is none of a batch")
        words = [output[i : i + 32] for i in range(0, len(output), 32)]
        withdrawals = tuple(
            WithdrawalPaid(to_checksum_address(word[:20]), int.from_bytes(word[20:], "big"))
            for word in words[5:]
        )
        count = int.from_bytes(words[3], "big")
        return cls(words[0], words[1], words[2], count, words[4], withdrawals)
