"""Getting one transaction into the chain, once, through everything that happens to transactions.

A :class:`Call` has a key and a test for whether its purpose is reached. :meth:`Submitter.submit` may be
interrupted anywhere and called again, by another process too: it goes on with the transaction that the
journal has, and sends a new one only if that one can never be mined. It returns when the purpose is reached
on the chain with as many blocks on top as asked for, or raises an error that says what to do; running it
again is then always right.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from eth_utils.crypto import keccak
from web3.exceptions import Web3RPCError

from zkm.chain.journal import Journal, Pending
from zkm.chain.node import Node, Reverted, Say
from zkm.chain.reverts import Errors
from zkm.errors import ChainError

__all__ = ["Call", "Policy", "Signer", "Submitter"]

GWEI: Final = 10**9
BUMP: Final = 1.125
"""Nodes take a transaction in another one's place if it offers an eighth more."""

RECEIPT_DELAY: Final = 2.0
"""Seconds after which a used nonce without a receipt means another transaction."""


class Signer(Protocol):
    """An account that signs."""

    @property
    def address(self) -> str:
        """The account's address."""
        ...

    def sign(self, transaction: dict[str, Any]) -> bytes:
        """A transaction of EIP-1559 with all its fields, signed and encoded."""
        ...


@dataclass(frozen=True)
class Call:
    """What is to happen on the chain.

    Attributes:
        key: names the purpose; two calls with one key are the same.
        what: in words, for messages.
        to: the contract; None creates one.
        data: the calldata, or the creation code with its arguments.
        is_done: whether the chain is in the state that is wanted, whoever brought it there.
        gas: the gas limit; None asks the node.
    """

    key: str
    what: str
    to: str | None
    data: bytes
    is_done: Callable[[], bool]
    gas: int | None = None


@dataclass(frozen=True)
class Policy:
    """How to submit.

    Attributes:
        confirmations: blocks on top of the transaction's before it counts.
        timeout: seconds to wait for a block, and for each confirmation.
        max_fee: the highest price per gas to offer, in wei; None for no limit.
        poll: seconds between two looks at the node.
    """

    confirmations: int = 0
    timeout: float = 300.0
    max_fee: int | None = None
    poll: float = 0.5


class _Replaced(Exception):
    """Another transaction took the nonce: ours will never be mined."""


class Submitter:
    """Submits calls of one account to one chain."""

    def __init__(
        self,
        node: Node,
        signer: Signer,
        journal: Journal,
        errors: Errors,
        policy: Policy | None = None,
        say: Say = lambda _: None,
    ) -> None:
        self._node = node
        self._signer = signer
        self._journal = journal
        self._errors = errors
        self._policy = policy or Policy()
        self._say = say

    def submit(self, call: Call) -> Any | None:
        """Reach a call's purpose.

        Returns:
            the receipt of our transaction; None if somebody else reached the purpose.

        Raises:
            ChainError: the call reverts (with the reason), money or patience is not enough, or the
                node does not answer. Nothing is lost: submitting again goes on.
        """
        while True:
            pending = self._resumed(call)
            if pending is None:
                if call.is_done():
                    return None
                pending = self._send(call, self._fees(), self._next_nonce())
            try:
                receipt = self._wait_for_block(call, pending)
            except _Replaced:
                self._journal.drop(call.key)
                continue
            if not receipt["status"]:
                self._journal.drop(call.key)
                if call.is_done():
                    self._say(f"{call.what}: somebody else was faster")
                    return None
                raise ChainError(f"{call.what}: {self._why(call, receipt)}")
            if self._is_final(receipt):
                # A contract that was created is where the receipt says.
                if call.to is not None and not call.is_done():
                    self._journal.drop(call.key)
                    raise ChainError(f"{call.what}: the transaction succeeded and changed nothing")
                self._journal.drop(call.key)
                return receipt
            self._say(f"{call.what}: the chain was reorganized, looking again")

    # What is under way. ----------------------------------------------------------------------

    def _resumed(self, call: Call) -> Pending | None:
        """The journal's transaction, if it is or can get into a block; sent again if need be."""
        pending = self._journal.get(call.key)
        if pending is None:
            return None
        same = (pending.to, pending.data) == (call.to, "0x" + call.data.hex())
        if not same or pending.genesis != self._node.genesis() or pending.sender != self._signer.address:
            # Another contract, chain or account: sending ours again would not do what is asked for.
            self._journal.drop(call.key)
            return None
        if self._node.transaction(pending.hash) is None and self._mined(pending) is None:
            if self._node.nonce(pending.sender) != pending.nonce or call.is_done():
                self._journal.drop(call.key)
                return None
            self._say(f"{call.what}: sending the transaction of before again")
            self._hand_in(call, pending)
        else:
            self._say(f"{call.what}: going on with transaction {pending.hash}")
        return pending

    def _wait_for_block(self, call: Call, pending: Pending) -> Any:
        """The receipt; replaces the transaction while the base fee is above what it offers."""
        deadline = time.monotonic() + self._policy.timeout
        unseen = None
        while True:
            used = self._node.nonce(pending.sender) > pending.nonce
            receipt = self._mined(pending)
            if receipt is not None:
                return receipt
            if used:
                # A node may count a transaction a moment before it shows the receipt.
                unseen = unseen or time.monotonic()
                if time.monotonic() > unseen + RECEIPT_DELAY:
                    raise _Replaced
            base = self._base_fee()
            if time.monotonic() > deadline:
                raise ChainError(
                    f"{call.what}: transaction {pending.hash} is in no block after "
                    f"{self._policy.timeout:.0f} s (the base fee is {_gwei(base)}, it offers "
                    f"{_gwei(pending.max_fee)}). It is kept: run this again to go on"
                )
            if base > pending.max_fee:
                tip, max_fee = self._fees()
                fees = (max(tip, int(pending.tip * BUMP) + 1), max(max_fee, int(pending.max_fee * BUMP) + 1))
                self._say(f"{call.what}: offering {_gwei(fees[1])} instead of {_gwei(pending.max_fee)}")
                pending = self._send(call, fees, pending.nonce, (*pending.replaced, pending.hash))
            time.sleep(self._policy.poll)

    def _mined(self, pending: Pending) -> Any | None:
        """The receipt of the transaction, or of one that it replaced."""
        found = (self._node.receipt(hash_) for hash_ in (pending.hash, *pending.replaced))
        return next((receipt for receipt in found if receipt is not None), None)

    def _is_final(self, receipt: Any) -> bool:
        """Wait for the confirmations; False if the block is not of the chain any more."""
        wanted = int(receipt["blockNumber"]) + self._policy.confirmations
        deadline = time.monotonic() + self._policy.timeout * (self._policy.confirmations + 1)
        while True:
            head = int(self._node.block("latest")["number"])
            now = self._node.receipt("0x" + bytes(receipt["transactionHash"]).hex())
            if now is None or now["blockHash"] != receipt["blockHash"]:
                return False
            if head >= wanted:
                return True
            if time.monotonic() > deadline:
                raise ChainError(
                    f"{wanted - head} confirmations of {self._policy.confirmations} are missing. "
                    "Run this again to go on waiting"
                )
            time.sleep(self._policy.poll)

    # A new transaction. ----------------------------------------------------------------------

    def _send(self, call: Call, fees: tuple[int, int], nonce: int, replaced: tuple[str, ...] = ()) -> Pending:
        tip, max_fee = fees
        sender = self._signer.address
        try:
            self._node.call(call.to, call.data, sender=sender)
            gas = call.gas or int(self._node.estimate(call.to, call.data, sender) * 1.2)
        except Reverted as reverted:
            reason = self._errors.explain(reverted.data)
            raise ChainError(f"{call.what}: would revert, nothing was sent: {reason}") from reverted
        self._check_funds(call, gas * max_fee)
        transaction = {
            "type": 2,
            "chainId": self._node.chain_id(),
            **({} if call.to is None else {"to": call.to}),
            "value": 0,
            "data": "0x" + call.data.hex(),
            "nonce": nonce,
            "gas": gas,
            "maxFeePerGas": max_fee,
            "maxPriorityFeePerGas": tip,
        }
        raw = self._signer.sign(transaction)
        pending = Pending(
            self._node.genesis(),
            sender,
            nonce,
            call.to,
            "0x" + call.data.hex(),
            gas,
            max_fee,
            tip,
            "0x" + keccak(raw).hex(),
            "0x" + raw.hex(),
            replaced,
        )
        self._journal.put(call.key, pending)
        self._hand_in(call, pending)
        return pending

    def _hand_in(self, call: Call, pending: Pending) -> None:
        try:
            self._node.send(bytes.fromhex(pending.raw[2:]))
        except Web3RPCError as error:
            text = str(error).lower()
            if "already known" in text or "already imported" in text or "nonce too low" in text:
                return  # it is there, or what took its nonce is: the wait finds out
            self._journal.drop(call.key)
            if "insufficient funds" in text:
                self._check_funds(call, pending.gas * pending.max_fee)
            raise ChainError(f"{call.what}: the node refuses the transaction: {error}") from error

    def _next_nonce(self) -> int:
        """After the transactions that wait already."""
        mined = self._node.nonce(self._signer.address)
        waiting = self._node.nonce(self._signer.address, "pending")
        if waiting > mined:
            self._say(f"{waiting - mined} earlier transactions of {self._signer.address} are still waiting")
        return max(mined, waiting)

    def _base_fee(self) -> int:
        return int(self._node.block("latest").get("baseFeePerGas", 0))

    def _fees(self) -> tuple[int, int]:
        """(tip, highest price): enough for six full blocks in a row.

        Raises:
            ChainError: the base fee is above what the policy allows.
        """
        base, tip = self._base_fee(), self._node.priority_fee()
        limit = self._policy.max_fee
        if limit is None:
            return tip, 2 * base + tip
        if base > limit:
            raise ChainError(
                f"gas costs {_gwei(base)} now, more than the {_gwei(limit)} allowed: "
                "run this again when it is cheaper, or allow more"
            )
        return min(tip, limit), min(2 * base + tip, limit)

    def _check_funds(self, call: Call, needed: int) -> None:
        has = self._node.balance(self._signer.address)
        if has < needed:
            raise ChainError(
                f"{call.what}: {self._signer.address} has {_ether(has)} and may need {_ether(needed)}: "
                "fund it and run this again"
            )

    def _why(self, call: Call, receipt: Any) -> str:
        """Why a mined transaction reverted: the call again, on the state before its block."""
        where = f"transaction 0x{bytes(receipt['transactionHash']).hex()} reverted"
        sent = self._node.transaction("0x" + bytes(receipt["transactionHash"]).hex())
        if sent is not None and int(receipt["gasUsed"]) >= int(sent["gas"]):
            return f"{where}: it ran out of gas"
        try:
            self._node.call(
                call.to, call.data, sender=self._signer.address, block=int(receipt["blockNumber"])
            )
        except Reverted as reverted:
            return f"{where}: {self._errors.explain(reverted.data)}"
        return f"{where}, and would not now: run this again"


def _gwei(wei: int) -> str:
    return f"{wei / GWEI:.3g} gwei"


def _ether(wei: int) -> str:
    return f"{wei / 10**18:.6g} ether"
