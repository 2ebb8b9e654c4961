"""What the scripts do, for Python programs too: deploy, prove, settle, register, query, watch.

A :class:`Session` is one account on one chain with one set of keys. Everything in it may be interrupted and
done again: proofs are kept, transactions under way are remembered, what is on the chain is not sent twice.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from zkm import api
from zkm.chain.artifacts import Artifact
from zkm.chain.deployment import Deployer, deployed_settlement
from zkm.chain.journal import Journal
from zkm.chain.kept import KeptProofs
from zkm.chain.node import Node, Say
from zkm.chain.settlement import CONTRACT_ERRORS, SettledStatement, Settlement
from zkm.chain.submission import Policy, Signer, Submitter
from zkm.display import TerminalProgress
from zkm.errors import ChainError, ProofError
from zkm.params import SMALL, ParameterSet
from zkm.proof import Proof
from zkm.verify.statement import Statement
from zkm.wrap.keys import Keys

__all__ = ["EXAMPLE_GUEST", "LARGEST_BATCH", "Session"]

EXAMPLE_GUEST: Final = Path("examples/guests/sha256/sha256.elf")
EXAMPLE_INPUT_BYTES: Final = 1000

LARGEST_BATCH: Final = 16
"""Statements in one transaction: about 4 million gas, a small part of a block."""


class Session:
    """One account, chain and set of keys.

    Args:
        node: the chain's node.
        root: the project's folder; deployments/, out/ and contracts/generated/ are written there.
        artifact: a compiled contract by name, asked after the verifier's source is written.
        signer: who pays; None where nothing is sent.
        keys: folder of the proving keys; None is the default one.
        params: the parameter set.
        policy: how to submit.
        force: allow development keys on a chain that is not local.
        say: told what happens, a line at a time.
    """

    def __init__(
        self,
        node: Node,
        root: Path,
        artifact: Callable[[str], Artifact],
        *,
        signer: Signer | None = None,
        keys: Path | None = None,
        params: ParameterSet = SMALL,
        policy: Policy | None = None,
        force: bool = False,
        say: Say = print,
    ) -> None:
        self.node = node
        self.root = root
        self.proofs = KeptProofs(root / "out" / "proofs")
        self._artifact = artifact
        self._signer = signer
        self._keys_folder = keys
        self._params = params
        self._policy = policy
        self._force = force
        self._say = say

    @cached_property
    def keys(self) -> Keys:
        """The keys, made where there are none."""
        with TerminalProgress() as progress:
            return api.setup(keys=self._keys_folder, params=self._params, progress=progress)

    @property
    def signer(self) -> Signer:
        """The paying account.

        Raises:
            ChainError: there is none.
        """
        if self._signer is None:
            raise ChainError("an account is needed to send transactions")
        return self._signer

    @cached_property
    def submitter(self) -> Submitter:
        """Submits with the paying account."""
        journal = Journal(self.root / "out" / "transactions", self.node.chain_id())
        return Submitter(self.node, self.signer, journal, CONTRACT_ERRORS, self._policy, self._say)

    # Deploying. --------------------------------------------------------------------------------

    @property
    def _deployments(self) -> Path:
        return self.root / "deployments"

    def deploy(self, *, router: bool = False) -> Settlement:
        """The settlement contract for our keys, deployed with what it needs where that is missing."""
        self._write_verifier()
        deployer = Deployer(
            self.node, self.submitter, self.signer.address, self._artifact, self._deployments, self._say
        )
        return deployer.deploy(
            self.keys.version, development=self.keys.is_development, router=router, force=self._force
        )

    def deployed(self) -> Settlement:
        """The settlement contract that is there.

        Raises:
            ChainError: there is none.
        """
        return deployed_settlement(self.node, self._deployments)

    def _write_verifier(self) -> None:
        source = self.root / "contracts" / "generated" / "ZkmVerifier.sol"
        text = api.contract_source(keys=self.keys)
        if not source.exists() or source.read_text() != text:
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(text)

    # Proving. ----------------------------------------------------------------------------------

    def prove(
        self, elf: Path, arguments: Sequence[str] = (), *, stdin: bytes = b"", slots: int | None = None
    ) -> Proof:
        """The proof of a run: a kept one of the same statement, else a new one, which is kept.

        Raises:
            ProgramError, GuestFault, ParameterError: see :func:`zkm.api.prove`.
        """
        ran = api.run(elf, arguments, stdin=stdin)
        key = api.program_key(elf, arguments, keys=self.keys)
        kept = self._kept(Statement(self.keys.version, key, ran.exit_code, ran.output))
        if kept is not None:
            self._say("a proof of this statement is kept: it is not made again")
            return kept
        with TerminalProgress() as progress:
            proof = api.prove(elf, arguments, stdin=stdin, keys=self.keys, slots=slots, progress=progress)
        self._say(f"the proof is kept in {self.proofs.keep(proof)}")
        return proof

    def _kept(self, statement: Statement) -> Proof | None:
        proof = self.proofs.find(statement)
        if proof is None:
            return None
        try:
            api.verify(proof, keys=self.keys)
        except ProofError:
            return None
        return proof

    def prove_example(self, settlement: Settlement) -> Proof:
        """The example guest on random input; a kept proof of it that is not settled comes first."""
        elf = self.root / EXAMPLE_GUEST
        key = api.program_key(elf, keys=self.keys)
        for proof in reversed(self.proofs.all()):
            if proof.statement.program_vkey == key and not settlement.is_settled(
                settlement.settlement_id(proof.statement)
            ):
                self._say("going on with the kept proof of the example that is not settled yet")
                return proof
        return self.prove(elf, stdin=secrets.token_bytes(EXAMPLE_INPUT_BYTES))

    # Settling. ---------------------------------------------------------------------------------

    def settle(self, settlement: Settlement, proof: Proof) -> tuple[SettledStatement, int | None]:
        """Settle a proof, unless its statement is settled.

        Returns:
            the settlement as the chain has it, and the gas that we paid; None if somebody else did.

        Raises:
            ChainError: see :meth:`zkm.chain.submission.Submitter.submit`.
        """
        receipt = self.submitter.submit(settlement.settle(proof))
        identity = settlement.settlement_id(proof.statement)
        found = list(settlement.settled(identity=identity))
        if len(found) != 1 or found[0].output != proof.statement.output:
            raise ChainError("the settlement was not found on the chain after the transaction")
        return found[0], None if receipt is None else int(receipt["gasUsed"])

    def settle_batch(
        self, settlement: Settlement, proofs: Sequence[Proof]
    ) -> Iterator[tuple[int, int | None]]:
        """Settle several proofs with as few transactions as possible.

        Yields:
            for each transaction the number of statements and the gas; None if somebody else was faster.

        Raises:
            ChainError: see :meth:`zkm.chain.submission.Submitter.submit`.
        """
        waiting: dict[bytes, Proof] = {}
        for proof in proofs:
            identity = settlement.settlement_id(proof.statement)
            if settlement.is_settled(identity):
                self._say(f"0x{identity.hex()} is settled already")
            else:
                waiting.setdefault(identity, proof)
        by_version: dict[bytes, list[Proof]] = {}
        for proof in waiting.values():
            by_version.setdefault(proof.statement.version, []).append(proof)
        for group in by_version.values():
            for start in range(0, len(group), LARGEST_BATCH):
                batch = group[start : start + LARGEST_BATCH]
                call = settlement.settle_batch(batch) if len(batch) > 1 else settlement.settle(batch[0])
                receipt = self.submitter.submit(call)
                yield len(batch), None if receipt is None else int(receipt["gasUsed"])

    def register(
        self, settlement: Settlement, program_vkey: bytes, name: str, uri: str, genesis_root: bytes | None
    ) -> int | None:
        """Register a program under the paying account; the gas, None if it was registered before."""
        call = settlement.register(self.signer.address, program_vkey, name, uri, genesis_root)
        receipt = self.submitter.submit(call)
        return None if receipt is None else int(receipt["gasUsed"])

    # Watching. ---------------------------------------------------------------------------------

    def watch(
        self, settlement: Settlement, *, from_block: int | None = None, poll: float = 1.0
    ) -> Iterator[SettledStatement]:
        """Settlements as they come, for ever. After a re-org those of the new blocks come again."""
        head = int(self.node.block("latest")["number"])
        following = head + 1 if from_block is None else from_block
        while True:
            head = int(self.node.block("latest")["number"])
            if head + 1 < following:
                self._say("the chain was reorganized")
                following = head
            if head >= following:
                yield from settlement.settled(from_block=following, to_block=head)
                following = head + 1
            else:
                time.sleep(poll)
