"""A contract where something can be done once, and a way to a node that can be cut."""

import contextlib
import socket
import threading
from functools import cache
from pathlib import Path

from eth_utils import keccak

from zkm.chain.artifacts import compile_standard
from zkm.chain.submission import Call

ROOT = Path(__file__).parents[2]
SOURCE = """
// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;
contract Once {
    mapping(bytes32 id => address) public by;
    error Taken(bytes32 id, address account);
    function take(bytes32 id) external {
        if (by[id] != address(0)) revert Taken(id, by[id]);
        by[id] = msg.sender;
    }
}
"""


@cache
def compiled():
    """The compiled contract."""
    return compile_standard(ROOT, {"Once.sol": SOURCE})["Once"]


class Once:
    """The deployed contract."""

    def __init__(self, node):
        self.node = node
        self.abi = compiled().abi
        web3 = node.web3
        sent = web3.eth.send_transaction({"from": web3.eth.accounts[9], "data": compiled().bytecode})
        self.address = web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.005).contractAddress

    def taken_by(self, identity):
        answer = self.node.call(self.address, keccak(b"by(bytes32)")[:4] + identity)
        return int.from_bytes(answer, "big")

    def call(self, identity, **changes):
        data = keccak(b"take(bytes32)")[:4] + identity
        fields = {
            "key": identity.hex(),
            "what": "take it",
            "to": self.address,
            "data": data,
            "is_done": lambda: self.taken_by(identity) != 0,
        }
        return Call(**{**fields, **changes})


class Proxy:
    """Passes TCP connections on to a port, unless it is told to be silent or to refuse."""

    def __init__(self, port):
        self._target = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.silent = threading.Event()
        self.refusing = threading.Event()
        self.served = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        self.served += 1
        with client, contextlib.suppress(OSError):
            if self.refusing.is_set():
                return
            with socket.create_connection(("127.0.0.1", self._target)) as server:
                back = threading.Thread(target=self._pass, args=(server, client), daemon=True)
                back.start()
                self._pass(client, server)
                back.join()

    def _pass(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if self.refusing.is_set():
                    break
                if not self.silent.is_set():
                    target.sendall(data)
            for end in (source, target):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._server.close()
