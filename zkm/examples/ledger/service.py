"""The operator on a chain: reads deposits, proves batches, applies them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zkm.chain.files import replace_text
from zkm.chain.session import Session
from zkm.chain.submission import Signer
from zkm.errors import ProofError
from zkm.examples.contract import DeployedContract
from zkm.examples.ledger.hashing import queue_hash
from zkm.examples.ledger.operator import Batch, Deposit, LedgerState
from zkm.examples.ledger.transactions import LedgerError, SignedTransaction
from zkm.formats.json_text import parse_json

__all__ = ["LedgerService", "deposits_of", "take_back"]


def deposits_of(contract: DeployedContract) -> list[Deposit]:
    """All deposits of a ledger in order, from the contract's events; those taken back have the amount 0."""
    taken_back = {int(event["number"]) for event in contract.events("TakenBack")}
    return [
        Deposit(
            bytes(event["account"]),
            int(event["accountNumber"]),
            0 if event["number"] in taken_back else int(event["amount"]),
        )
        for event in contract.events("Deposited")
    ]


def take_back(contract: DeployedContract, signer: Signer, number: int) -> Any:
    """Take back a deposit that no batch has taken: what its payer does. The receipt; `claim` pays.

    Raises:
        ChainError: the contract refuses, naming the error.
    """
    entries = [(deposit.id, deposit.index, deposit.amount) for deposit in deposits_of(contract)]
    return contract.send(signer, "takeBack", number, entries[number - 1 :])


class LedgerService:
    """One ledger's operator.

    Args:
        session: the operator's account, chain and keys.
        contract: the PrivateLedger contract.
        elf: the ledger's guest.

    The states before and after the last batch are kept in out/ledgers of the session's folder, and the one
    behind the contract's root is gone on with: a batch whose transaction was interrupted, or that a re-org
    took back, loses nothing. Whoever loses that file can make no batch any more.

    Raises:
        LedgerError: no kept state is the one behind the contract's root, or the file is damaged.
    """

    def __init__(self, session: Session, contract: DeployedContract, elf: Path) -> None:
        self.session = session
        self.contract = contract
        self._elf = elf
        self._kept = session.root / "out" / "ledgers" / f"{contract.address}.json"
        domain, root = bytes(contract.ask("domain")), bytes(contract.ask("root"))
        found = [state for state in self._states(domain) if (state.domain, state.root) == (domain, root)]
        if not found:
            raise LedgerError(f"no state in {self._kept} is the one behind the contract's root")
        self.state = found[0]

    def _states(self, domain: bytes) -> list[LedgerState]:
        first = LedgerState(domain)
        if not self._kept.exists():
            return [first]
        try:
            kept = parse_json(self._kept.read_text())
        except (ValueError, RecursionError) as error:
            raise LedgerError(f"{self._kept} is damaged: {error}") from error
        return [first, *map(LedgerState.from_json, kept if isinstance(kept, list) else [])]

    def waiting_deposits(self) -> list[Deposit]:
        """Deposits on the chain that no batch has taken, in order; those taken back have the amount 0.

        Raises:
            LedgerError: the events do not hash to the contract's queue: the node leaves some out.
        """
        waiting = deposits_of(self.contract)[self.state.deposit_count :]
        queue = self.state.queue
        for deposit in waiting:
            queue = queue_hash(queue, deposit.id, deposit.index, deposit.amount)
        if queue != bytes(self.contract.ask("queueAt", self.state.deposit_count + len(waiting))):
            raise LedgerError("the deposits that the node tells of are not those that the contract has")
        return waiting

    def advance(
        self, transactions: Sequence[SignedTransaction] = (), deposits: Sequence[Deposit] | None = None
    ) -> tuple[Batch, int]:
        """Make a batch of the waiting deposits (or the first of them, as given) and of transactions, prove it
        and apply it.

        Returns:
            the batch, and the gas of the transaction.

        Raises:
            LedgerError: a transaction is not valid.
            ChainError: the contract refuses the batch.
        """
        taken = self.waiting_deposits() if deposits is None else deposits
        batch = self.state.next_batch(taken, transactions)
        proof = self.session.prove(self._elf, stdin=batch.witness)
        statement = proof.statement
        if statement.exit_code != 0 or statement.output != batch.output.encode():
            raise ProofError("the guest does not say what the operator computed")
        replace_text(self._kept, json.dumps([self.state.to_json(), batch.after.to_json()]))
        receipt = self.contract.send(self.session.signer, "advance", statement.output, proof.proof)
        self.state = batch.after
        return batch, int(receipt["gasUsed"])
