"""The settlement contract, as Python sees it: calls to submit, views, and events.

Everything goes through web3 and the published ABI; nothing here knows Ape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from web3.exceptions import Web3RPCError

from zkm.abi import load_abi
from zkm.chain.node import Node, Reverted
from zkm.chain.reverts import Errors
from zkm.chain.submission import Call
from zkm.proof import Proof
from zkm.verify.statement import Statement

__all__ = [
    "CONTRACT_ERRORS",
    "Record",
    "RegisteredProgram",
    "SettledStatement",
    "Settlement",
    "settlement_id",
    "transition_id",
]

FIRST_RANGE: Final = 50_000
"""Blocks asked for at a time; nodes that allow fewer say so, and get smaller ranges."""

CONTRACT_ERRORS: Final = Errors(
    *(load_abi(name) for name in ("Settlement", "VerifierRouter", "ZkmVerifier")),
    explanations={
        "AlreadySettled": "the statement is on the chain already",
        "WrongRoot": "the root has moved on: prove the transition from the present root",
        "WrongProgram": "the proof is of another program or other arguments",
        "InvalidProof": "the proof does not prove the statement",
        "WrongVersion": "the proof is of another version of zkm, or made with other keys",
        "UnknownVerifier": "the router has no verifier for proofs of this version",
        "VerifierWasRemoved": "the owner of the router has withdrawn this version",
        "RouterStopped": "the owner of the router has stopped it for ever",
        "EnforcedPause": "the owner of the router has paused it",
        "AlreadyRegistered": "this account has registered the program before",
    },
)
"""What a settlement can revert with."""


def settlement_id(chain_id: int, address: str, program_vkey: bytes, exit_code: int, output: bytes) -> bytes:
    """The id under which Settlement.sol at `address` records a statement."""
    types = ["uint256", "address", "bytes32", "uint32", "bytes32"]
    return keccak(encode(types, [chain_id, address, program_vkey, exit_code, keccak(output)]))


def transition_id(
    chain_id: int, address: str, registrar: str, program_vkey: bytes, number: int, output: bytes
) -> bytes:
    """The id of the `number`-th transition of a registrar's root chain."""
    types = ["uint256", "address", "bytes32", "uint32", "bytes32", "address", "uint32"]
    return keccak(encode(types, [chain_id, address, program_vkey, 0, keccak(output), registrar, number]))


@dataclass(frozen=True)
class SettledStatement:
    """A settlement as the chain's events tell it."""

    id: bytes
    program_vkey: bytes
    submitter: str
    exit_code: int
    output: bytes
    block: int
    transaction: str


@dataclass(frozen=True)
class Record:
    """What the contract stores of a settlement: who brought it, when (seconds), and its number."""

    submitter: str
    settled_at: int
    exit_code: int
    number: int


@dataclass(frozen=True)
class RegisteredProgram:
    """A registration; `root` and `transitions` have a meaning where `rooted`."""

    registered_at: int
    rooted: bool
    transitions: int
    root: bytes
    name: str
    uri: str


class Settlement:
    """The contract at an address."""

    def __init__(self, node: Node, address: str) -> None:
        self.node = node
        self.address = address
        self._contract: Any = node.web3.eth.contract(
            address=node.web3.to_checksum_address(address), abi=load_abi("Settlement")
        )

    # Views. ------------------------------------------------------------------------------------

    def settlement_id(self, statement: Statement) -> bytes:
        """The statement's id on this contract and chain."""
        return settlement_id(
            self.node.chain_id(),
            self.address,
            statement.program_vkey,
            statement.exit_code,
            statement.output,
        )

    def is_settled(self, identity: bytes) -> bool:
        """Whether something with this id has been settled."""
        return bool(self._ask("isSettled", identity))

    def record(self, identity: bytes) -> Record | None:
        """The record of a settlement, None if there is none."""
        if not self.is_settled(identity):
            return None
        submitter, *rest = self._ask("settlement", identity)
        return Record(self._checksum(submitter), *rest)

    def count(self, program_vkey: bytes) -> int:
        """How many statements of a program have been settled."""
        return int(self._ask("settlementCount", program_vkey))

    def latest(self, program_vkey: bytes) -> bytes | None:
        """The id of a program's latest settlement."""
        return bytes(self._ask("latestSettlement", program_vkey)) if self.count(program_vkey) else None

    def program(self, registrar: str, program_vkey: bytes) -> RegisteredProgram | None:
        """What an account registered about a program."""
        try:
            fields = self._ask("program", self._checksum(registrar), program_vkey)
        except Reverted as reverted:
            if CONTRACT_ERRORS.name(reverted.data) == "NotRegistered":
                return None
            raise
        return RegisteredProgram(*fields)

    def verifier(self) -> str:
        """The verifier's or router's address."""
        return self._checksum(self._ask("verifier"))

    def check(self, proof: Proof) -> None:
        """Verify a proof on the chain without a transaction.

        Raises:
            Reverted: it is not valid; :data:`CONTRACT_ERRORS` explains the data.
        """
        self.node.call(self.address, self._encode("verify", *_claim(proof)))

    # Calls to submit. --------------------------------------------------------------------------

    def settle(self, proof: Proof) -> Call:
        """Settle one statement."""
        identity = self.settlement_id(proof.statement)
        return Call(
            key=f"settle-{identity.hex()}",
            what=f"settling 0x{identity.hex()}",
            to=self.address,
            data=self._encode("settle", *_claim(proof)),
            is_done=lambda: self.is_settled(identity),
        )

    def settle_batch(self, proofs: Sequence[Proof]) -> Call:
        """Settle several statements of one version with one pairing check."""
        identities = [self.settlement_id(proof.statement) for proof in proofs]
        return Call(
            key=f"batch-{keccak(b''.join(identities)).hex()}",
            what=f"settling {len(proofs)} statements",
            to=self.address,
            data=self._encode("settleBatch", [_claim(proof) for proof in proofs]),
            is_done=lambda: all(map(self.is_settled, identities)),
        )

    def register(
        self, registrar: str, program_vkey: bytes, name: str, uri: str, genesis_root: bytes | None = None
    ) -> Call:
        """Register a program under the registrar's address, with a root chain if a first root is given."""
        root = genesis_root or bytes(32)
        return Call(
            key=f"register-{keccak(self._bytes(registrar) + program_vkey).hex()}",
            what=f"registering {name!r}",
            to=self.address,
            data=self._encode("registerProgram", program_vkey, name, uri, genesis_root is not None, root),
            is_done=lambda: self.program(registrar, program_vkey) is not None,
        )

    def advance(self, registrar: str, proof: Proof) -> Call:
        """Move a registrar's root by a proven transition."""
        statement = proof.statement
        entry = self.program(registrar, statement.program_vkey)
        number = (entry.transitions if entry else 0) + 1
        chain_id = self.node.chain_id()
        vkey, output = statement.program_vkey, statement.output

        def identity(n: int) -> bytes:
            return transition_id(chain_id, self.address, registrar, vkey, n, output)

        # The last transition may be this very one, sent by an earlier attempt.
        if self.is_settled(identity(number - 1)):
            number -= 1
        return Call(
            key=f"advance-{identity(number).hex()}",
            what=f"transition {number}",
            to=self.address,
            data=self._encode("advance", registrar, vkey, output, proof.proof),
            is_done=lambda: self.is_settled(identity(number)),
        )

    # Events. -----------------------------------------------------------------------------------

    def settled(
        self,
        *,
        identity: bytes | None = None,
        program_vkey: bytes | None = None,
        submitter: str | None = None,
        from_block: int = 0,
        to_block: int | None = None,
    ) -> Iterator[SettledStatement]:
        """Settlements in the chain's order, selected by the node through indexed topics.

        Args:
            identity: only the one with this id.
            program_vkey: only those of this program.
            submitter: only those that this account brought.
            from_block: the first block.
            to_block: the last block; None is the latest.
        """
        account = None if submitter is None else bytes(12) + self._bytes(submitter)
        topics = [None if t is None else "0x" + t.hex() for t in (identity, program_vkey, account)]
        event = self._contract.events.Settled()
        topic = "0x" + bytes(keccak(_signature("Settled"))).hex()
        for log in self._logs([topic, *topics], from_block, to_block):
            found = event.process_log(log)
            yield SettledStatement(
                bytes(found["args"]["id"]),
                bytes(found["args"]["programVKey"]),
                str(found["args"]["submitter"]),
                int(found["args"]["exitCode"]),
                bytes(found["args"]["output"]),
                int(found["blockNumber"]),
                "0x" + bytes(HexBytes(found["transactionHash"])).hex(),
            )

    def _logs(self, topics: list[str | None], first: int, last: int | None) -> Iterator[Any]:
        end = int(self.node.block("latest")["number"]) if last is None else last
        size = FIRST_RANGE
        while first <= end:
            stop = min(first + size - 1, end)
            wanted = {
                "address": self._contract.address,
                "topics": topics,
                "fromBlock": first,
                "toBlock": stop,
            }
            try:
                found = self.node.logs(wanted)
            except Web3RPCError:
                # Public nodes limit the range or the size of an answer, each in its own words.
                if size == 1:
                    raise
                size = max(size // 4, 1)
                continue
            yield from found
            first = stop + 1

    # -------------------------------------------------------------------------------------------

    def _ask(self, function: str, *arguments: Any) -> Any:
        data = self._encode(function, *arguments)
        answer = self.node.call(self.address, data)
        output = self._contract.get_function_by_name(function).abi["outputs"]
        values = self.node.web3.codec.decode([_type(part) for part in output], answer)
        return values[0] if len(values) == 1 else values

    def _encode(self, function: str, *arguments: Any) -> bytes:
        return bytes.fromhex(self._contract.encode_abi(function, list(arguments))[2:])

    def _checksum(self, address: str) -> str:
        return str(self.node.web3.to_checksum_address(address))

    def _bytes(self, address: str) -> bytes:
        return bytes.fromhex(address.removeprefix("0x"))


def _claim(proof: Proof) -> tuple[bytes, int, bytes, bytes]:
    statement = proof.statement
    return statement.program_vkey, statement.exit_code, statement.output, proof.proof


def _type(part: dict[str, Any]) -> str:
    """The ABI type of an output, structs written as tuples."""
    kind = str(part["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type(field) for field in part['components'])}){kind.removeprefix('tuple')}"


def _signature(event: str) -> bytes:
    (entry,) = (e for e in load_abi("Settlement") if e["type"] == "event" and e["name"] == event)
    return f"{event}({','.join(_type(part) for part in entry['inputs'])})".encode()
