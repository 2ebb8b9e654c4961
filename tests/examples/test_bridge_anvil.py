"""The bridge's guest on what a real node answers: every value is what `eth_getStorageAt` says."""

from pathlib import Path

import pytest
from eth_utils.crypto import keccak

from tests.contract.chain import connect
from zkm import api
from zkm.chain.anvil import Anvil
from zkm.examples.bridge.header import BridgeError
from zkm.examples.bridge.witness import BridgeOutput, fetch_witness

pytestmark = pytest.mark.chain

ELF = Path(__file__).parents[2] / "examples" / "guests" / "bridge" / "bridge.elf"
CONTRACT = "0x" + "c0" * 20
SIMPLE = "0x" + "51" * 20
ABSENT = "0x" + "ab" * 20
NEIGHBOURS = (40364, 105566)
"""Slots whose hashes share their first eight digits: the leaves of small values stand inside their branch."""


def word(number):
    return number.to_bytes(32, "big")


@pytest.fixture(scope="module")
def web3():
    with Anvil() as chain:
        node = connect(chain.url)

        def ask(method, *parameters):
            answer = node.provider.make_request(method, list(parameters))
            assert "error" not in answer, answer

        for slot in [*range(1, 40), *NEIGHBOURS]:
            value = keccak(word(slot)) if slot % 3 == 0 else word(slot % 100 + 1)
            ask("anvil_setStorageAt", CONTRACT, "0x" + word(slot).hex(), "0x" + value.hex())
        # A slot that was set and is zero again, by the contract's own code: sstore(calldata 0, calldata 32).
        ask("anvil_setCode", SIMPLE, "0x602035600035550000")
        for value in (7, 0):
            data = "0x" + (word(2) + word(value)).hex()
            node.eth.wait_for_transaction_receipt(
                node.eth.send_transaction({"from": node.eth.accounts[0], "to": SIMPLE, "data": data}),
                poll_latency=0.005,
            )
        ask("anvil_mine", "0x2")
        yield node


@pytest.mark.parametrize("slot", [0, 1, 2, 3, 39, 40, 12345, *NEIGHBOURS])
@pytest.mark.parametrize("address", [CONTRACT, SIMPLE, ABSENT])
def test_says_what_the_node_says(web3, address, slot):
    witness = fetch_witness(web3, address, word(slot))
    block = web3.eth.get_block("latest")
    assert witness.block_hash == bytes(block["hash"])
    result = api.run(ELF, stdin=witness.encode())
    assert result.exit_code == 0
    said = BridgeOutput.decode(result.output)
    checksummed = web3.to_checksum_address(address)
    stored = bytes(web3.eth.get_storage_at(checksummed, slot)).rjust(32, b"\0")
    assert said == BridgeOutput(bytes(block["hash"]), block["number"], checksummed, word(slot), stored)


def test_embedded_nodes_of_a_real_trie(web3):
    """The leaf of a small value, so deep, is no node of its own."""
    witness = fetch_witness(web3, CONTRACT, word(NEIGHBOURS[0]))
    parent = witness.storage_nodes[-1]
    path = keccak(word(NEIGHBOURS[0])).hex()[9:]
    assert bytes.fromhex("3" + path) in parent
    # Claimed for its neighbour's slot, the same nodes give the neighbour's value: both stand there.
    other = fetch_witness(web3, CONTRACT, word(NEIGHBOURS[1]))
    assert other.storage_nodes == witness.storage_nodes


@pytest.mark.parametrize(("block", "value"), [(1, 7), (2, 0)])
def test_blocks_of_the_past(web3, block, value):
    witness = fetch_witness(web3, SIMPLE, word(2), block)
    said = BridgeOutput.decode(api.run(ELF, stdin=witness.encode()).output)
    assert (said.block_number, said.value) == (block, word(value))
    assert said.block_hash == bytes(web3.eth.get_block(block)["hash"])


def test_answers_about_two_blocks_are_refused(web3):
    # Block 0 was made before the storage was set, which Anvil did without a new block.
    with pytest.raises(BridgeError, match="of another block"):
        fetch_witness(web3, CONTRACT, word(1), 0)
    with pytest.raises(BridgeError, match="no such block"):
        fetch_witness(web3, CONTRACT, word(1), 10**6)
    with pytest.raises(BridgeError, match="no address and slot"):
        fetch_witness(web3, "0x1234", word(1))
