"""Putting verifier, router and settlement contract on a chain, once.

What is there is found by the records of :mod:`zkm.chain.deployments` and believed only if its code is the
recorded one. With a router, a new version of zkm is added to the router, and the settlement contract and all
that refers to it stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from zkm.chain.artifacts import Artifact
from zkm.chain.deployments import Deployments
from zkm.chain.local import refuse_development_keys
from zkm.chain.node import Node, Reverted, Say
from zkm.chain.settlement import CONTRACT_ERRORS, Settlement
from zkm.chain.submission import Call, Submitter
from zkm.contract.generate import CONTRACT as VERIFIER
from zkm.errors import ChainError

__all__ = ["Deployer", "deployed_settlement"]

SETTLEMENT: Final = "Settlement"
ROUTER: Final = "VerifierRouter"

ANY_VERSION: Final = bytes(32)
"""Recorded as the version of what serves all versions."""


def deployed_settlement(node: Node, folder: Path) -> Settlement:
    """The recorded settlement contract of the chain.

    Raises:
        ChainError: none is recorded, or it is gone.
    """
    chain_id = node.chain_id()
    entry = Deployments(folder, chain_id).get(SETTLEMENT)
    if entry is None:
        raise ChainError(f"nothing is deployed on chain {chain_id}: `ape run deploy`")
    if not entry.has_code(node.code(entry.address)):
        raise ChainError(f"{SETTLEMENT} is not at {entry.address} any more: `ape run deploy`")
    return Settlement(node, entry.address)


@dataclass
class Deployer:
    """Deploys with one account to one chain.

    Attributes:
        node: the chain's node.
        submitter: submits with the paying account.
        owner: the paying account's address; becomes the owner of a router.
        artifact: a compiled contract by name.
        folder: where deployments are recorded.
        say: told what is done.
    """

    node: Node
    submitter: Submitter
    owner: str
    artifact: Callable[[str], Artifact]
    folder: Path
    say: Say

    def deploy(
        self, version: bytes, *, development: bool, router: bool = False, force: bool = False
    ) -> Settlement:
        """The settlement contract for a version, with what it needs; deploys only what is missing.

        Args:
            version: that of the verifier, 32 bytes.
            development: whether the verifier's keys are development keys.
            router: put a router between settlement and verifier. A chain that has one keeps it.
            force: allow development keys on a chain that is not local.

        Raises:
            ChainError: development keys on a chain that is not local, a deployment failed, or what is
                there is not what was recorded.
        """
        chain_id = self.node.chain_id()
        refuse_development_keys(chain_id, development=development, forced=force)
        records = Deployments(self.folder, chain_id)
        verifier = self._ensure(records, VERIFIER, version)
        if self._view(verifier, "VERSION()") != version:
            raise ChainError(f"{VERIFIER} at {verifier} is of another version")
        if not router and records.get(ROUTER) is None:
            return self._settlement(records, verifier, version)
        arguments = encode(["address", "bool"], [self.owner, development])
        address = self._ensure(records, ROUTER, ANY_VERSION, arguments)
        self._add_to_router(address, verifier, version)
        return self._settlement(records, address, ANY_VERSION)

    def _settlement(self, records: Deployments, verifier: str, version: bytes) -> Settlement:
        arguments = encode(["address"], [verifier])
        found = Settlement(self.node, self._ensure(records, SETTLEMENT, version, arguments))
        if found.verifier().lower() != verifier.lower():
            # Recorded for a verifier of before.
            found = Settlement(self.node, self._create(records, SETTLEMENT, version, arguments))
        return found

    def _ensure(self, records: Deployments, name: str, version: bytes, arguments: bytes = b"") -> str:
        entry = records.get(name)
        if entry is not None and entry.is_current(self.node.code(entry.address), version):
            self.say(f"{name} is at {entry.address}")
            return entry.address
        return self._create(records, name, version, arguments)

    def _create(self, records: Deployments, name: str, version: bytes, arguments: bytes) -> str:
        data = self.artifact(name).bytecode + arguments
        receipt = self.submitter.submit(
            Call(
                key=f"deploy-{name}-{keccak(data).hex()}",
                what=f"deploying {name}",
                to=None,
                data=data,
                is_done=lambda: False,
            )
        )
        assert receipt is not None
        address = str(receipt["contractAddress"])
        records.record(name, address, self.node.code(address), version)
        self.say(f"deployed {name} at {address}")
        return address

    def _add_to_router(self, router: str, verifier: str, version: bytes) -> None:
        selector = version[:4]

        def routed() -> str | None:
            try:
                answer = self._view(router, "verifierOf(bytes4)", selector.ljust(32, b"\0"))
            except Reverted as reverted:
                if CONTRACT_ERRORS.name(reverted.data) == "UnknownVerifier":
                    return None
                raise ChainError(f"the router: {CONTRACT_ERRORS.explain(reverted.data)}") from reverted
            return "0x" + answer[12:].hex()

        present = routed()
        if present is None:
            data = keccak(b"addVerifier(address)")[:4] + encode(["address"], [verifier])
            self.submitter.submit(
                Call(
                    key=f"route-{keccak(data + bytes.fromhex(router[2:])).hex()}",
                    what=f"adding the verifier of version 0x{selector.hex()}… to the router",
                    to=router,
                    data=data,
                    is_done=lambda: routed() is not None,
                )
            )
            present = routed()
        if present != verifier.lower():
            raise ChainError(f"the router at {router} knows another verifier of this version: {present}")

    def _view(self, address: str, signature: str, arguments: bytes = b"") -> bytes:
        return self.node.call(address, keccak(signature.encode())[:4] + arguments)
