"""A node behind JSON-RPC, asked with bounded patience.

Only what a submission needs. A request that gets no answer is made again for a while, and ends in
:class:`NodeUnreachable`; what a node answers, errors included, is passed on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from requests.exceptions import HTTPError, RequestException
from web3 import HTTPProvider, Web3
from web3.exceptions import ContractLogicError, TransactionNotFound, Web3RPCError
from web3.types import BlockIdentifier, TxParams

from zkm.errors import ChainError

__all__ = ["Node", "NodeUnreachable", "Reverted", "Say"]

Say = Callable[[str], None]
"""Is told what happens, a line at a time."""

T = TypeVar("T")

REQUEST_SECONDS: Final = 20.0
"""Time-out of one request."""
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 3.0
BUSY_STATUS: Final = frozenset({408, 429, 500, 502, 503, 504})
"""HTTP answers that say: later."""


class NodeUnreachable(ChainError):
    """The node did not answer for as long as we wait. Nothing is known about what was asked last."""


class Reverted(ChainError):
    """A call was executed and reverted.

    Attributes:
        data: what the contract returned: an encoded custom error, or nothing.
    """

    def __init__(self, message: str, data: bytes) -> None:
        super().__init__(message)
        self.data = data


class Node:
    """One node.

    Args:
        web3: connected to it.
        patience: seconds after which an unanswered request is given up.
        say: told when the node does not answer and we wait.
    """

    def __init__(self, web3: Web3, *, patience: float = 60.0, say: Say = lambda _: None) -> None:
        self.web3 = web3
        self._patience = patience
        self._say = say

    @classmethod
    def at(cls, url: str, *, patience: float = 60.0, say: Say = lambda _: None) -> Node:
        """The node at an address. Requests are repeated here and nowhere else."""
        provider = HTTPProvider(
            url, request_kwargs={"timeout": REQUEST_SECONDS}, exception_retry_configuration=None
        )
        return cls(Web3(provider), patience=patience, say=say)

    @property
    def url(self) -> str:
        """Where it is, for messages."""
        return str(getattr(self.web3.provider, "endpoint_uri", self.web3.provider))

    def ask(self, request: Callable[[], T]) -> T:
        """Make a request that may be repeated.

        Raises:
            NodeUnreachable: no answer for as long as we wait.
        """
        deadline = time.monotonic() + self._patience
        pause = FIRST_PAUSE
        while True:
            try:
                return request()
            except (RequestException, ConnectionError, TimeoutError) as error:
                if not _is_passing(error) or time.monotonic() + pause > deadline:
                    reason = type(error).__name__
                    raise NodeUnreachable(f"the node at {self.url} does not answer ({reason})") from error
                if pause == FIRST_PAUSE:
                    self._say(f"the node at {self.url} does not answer: waiting for it")
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def chain_id(self) -> int:
        """The chain id of EIP-155."""
        return self.ask(lambda: self.web3.eth.chain_id)

    def genesis(self) -> str:
        """Hash of block 0: tells chains of one id apart, as local ones are that began anew."""
        return _hex(self.block(0)["hash"])

    def block(self, which: BlockIdentifier) -> Any:
        """A block by number, hash or name."""
        return self.ask(lambda: self.web3.eth.get_block(which))

    def code(self, address: str) -> bytes:
        """The code at an address."""
        return bytes(self.ask(lambda: self.web3.eth.get_code(_address(address))))

    def balance(self, address: str) -> int:
        """In wei."""
        return self.ask(lambda: self.web3.eth.get_balance(_address(address)))

    def nonce(self, address: str, which: BlockIdentifier = "latest") -> int:
        """How many transactions of an account are in blocks; "pending": with those that wait."""
        return self.ask(lambda: self.web3.eth.get_transaction_count(_address(address), which))

    def priority_fee(self) -> int:
        """What the node suggests on top of the base fee; a gwei where it suggests nothing."""
        try:
            return self.ask(lambda: self.web3.eth.max_priority_fee)
        except (Web3RPCError, ValueError):
            return 10**9

    def receipt(self, transaction: str) -> Any | None:
        """The receipt of a transaction that is in a block."""
        return self._found(lambda: self.web3.eth.get_transaction_receipt(cast("Any", transaction)))

    def transaction(self, transaction: str) -> Any | None:
        """A transaction that the node knows, in a block or waiting."""
        return self._found(lambda: self.web3.eth.get_transaction(cast("Any", transaction)))

    def call(
        self, to: str | None, data: bytes, *, sender: str | None = None, block: BlockIdentifier = "latest"
    ) -> bytes:
        """What a call, or a creation where `to` is None, would return.

        Raises:
            Reverted: it would revert.
        """
        request = _request(to, data, sender)
        return self._execute(lambda: bytes(self.web3.eth.call(request, block)))

    def estimate(self, to: str | None, data: bytes, sender: str) -> int:
        """The gas that a call or creation needs.

        Raises:
            Reverted: it would revert.
        """
        request = _request(to, data, sender)
        return self._execute(lambda: self.web3.eth.estimate_gas(request))

    def logs(self, request: dict[str, Any]) -> list[Any]:
        """Events, by the filter of `eth_getLogs`."""
        return list(self.ask(lambda: self.web3.eth.get_logs(cast("Any", request))))

    def send(self, raw: bytes) -> None:
        """Hand in a signed transaction. May be repeated: a node that has it says so.

        Raises:
            Web3RPCError: the node refuses it.
        """
        self.ask(lambda: self.web3.eth.send_raw_transaction(raw))

    def _found(self, request: Callable[[], T]) -> T | None:
        try:
            return self.ask(request)
        except TransactionNotFound:
            return None

    def _execute(self, request: Callable[[], T]) -> T:
        try:
            return self.ask(request)
        except ContractLogicError as error:
            raise Reverted(str(error.message or error), _revert_data(error.data)) from error
        except Web3RPCError as error:
            answer: Any = (error.rpc_response or {}).get("error")
            data = _revert_data(answer.get("data") if isinstance(answer, dict) else None)
            if not data and "revert" not in str(error):
                raise ChainError(f"the node at {self.url} refuses a call: {error}") from error
            raise Reverted(str(error), data) from error


def _is_passing(error: Exception) -> bool:
    """Whether trying again can help."""
    if isinstance(error, HTTPError) and error.response is not None:
        return error.response.status_code in BUSY_STATUS
    return True


def _revert_data(data: object) -> bytes:
    """The bytes that a contract reverted with, wherever a node puts them."""
    if isinstance(data, dict):
        # Ganache's form.
        data = data.get("result") or data.get("data")
    if not isinstance(data, str):
        return b""
    try:
        return bytes.fromhex(data.removeprefix("0x"))
    except ValueError:
        return b""


def _request(to: str | None, data: bytes, sender: str | None) -> TxParams:
    request: dict[str, Any] = {"data": "0x" + data.hex()}
    if to is not None:
        request["to"] = _address(to)
    if sender is not None:
        request["from"] = sender
    return cast("TxParams", request)


def _address(text: str) -> Any:
    return Web3.to_checksum_address(text)


def _hex(value: Any) -> str:
    return "0x" + bytes(value).hex()
