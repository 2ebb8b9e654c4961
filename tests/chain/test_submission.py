"""Whatever happens to a transaction, submitting again ends with the purpose reached once."""

import re
import secrets
import threading
import time

import pytest

from tests.chain.faults import Once, Proxy
from zkm.chain import node as node_module
from zkm.chain.accounts import local_account
from zkm.chain.anvil import Anvil
from zkm.chain.journal import Journal
from zkm.chain.node import Node, NodeUnreachable
from zkm.chain.reverts import Errors
from zkm.chain.submission import Policy, Submitter
from zkm.errors import ChainError

pytestmark = pytest.mark.chain

FAST = Policy(timeout=20, poll=0.02)
GWEI = 10**9


@pytest.fixture(scope="module")
def anvil():
    with Anvil() as chain:
        yield chain


@pytest.fixture
def node(anvil):
    node = Node.at(anvil.url)
    ask(node, "evm_setAutomine", True)
    ask(node, "anvil_mine", "0x1")
    return node


@pytest.fixture
def once(node):
    return Once(node)


@pytest.fixture
def identity():
    return secrets.token_bytes(32)


@pytest.fixture
def said():
    return []


@pytest.fixture
def submitter(node, once, tmp_path, said):
    def make(number=0, policy=FAST, node=node, folder="journal"):
        journal = Journal(tmp_path / folder, node.chain_id())
        return Submitter(node, local_account(number), journal, Errors(once.abi), policy, said.append)

    make.journal = Journal(tmp_path / "journal", node.chain_id())
    return make


def ask(node, method, *parameters):
    answer = node.web3.provider.make_request(method, list(parameters))
    assert "error" not in answer, answer
    return answer.get("result")


def nonce(node, number=0):
    return node.nonce(local_account(number).address)


def in_background(action):
    """The thread that does it; `result` holds what it returned or raised."""
    result = []

    def run():
        try:
            result.append(action())
        except ChainError as error:
            result.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.result = result
    thread.start()
    return thread


def until(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_a_call_is_made_once(submitter, once, identity, node):
    receipt = submitter().submit(once.call(identity))
    assert receipt["status"] == 1
    assert once.taken_by(identity) == int(local_account().address, 16)
    assert submitter.journal.get(identity.hex()) is None
    before = nonce(node)
    assert submitter().submit(once.call(identity)) is None
    assert nonce(node) == before


def test_a_revert_is_explained_before_anything_is_sent(submitter, once, identity, node):
    submitter(1).submit(once.call(identity))
    before = nonce(node)
    with pytest.raises(ChainError, match=rf"nothing was sent: Taken\(id=0x{identity.hex()}, account=0x"):
        submitter().submit(once.call(identity, is_done=lambda: False))
    assert nonce(node) == before


def test_insufficient_funds(submitter, once, identity, node):
    address = local_account(4).address
    ask(node, "anvil_setBalance", address, hex(10**12))
    with pytest.raises(ChainError, match=r"has 1e-06 ether and may need .* fund it and run this again"):
        submitter(4).submit(once.call(identity))
    ask(node, "anvil_setBalance", address, hex(10**20))
    assert submitter(4).submit(once.call(identity))["status"] == 1


def test_gas_above_the_limit_sends_nothing(submitter, once, identity, node):
    policy = Policy(timeout=20, poll=0.02, max_fee=50 * GWEI)
    before = nonce(node)
    ask(node, "anvil_setNextBlockBaseFeePerGas", hex(80 * GWEI))
    ask(node, "anvil_mine", "0x1")
    with pytest.raises(ChainError, match=r"more than the 50 gwei allowed: run this again"):
        submitter(policy=policy).submit(once.call(identity))
    assert nonce(node) == before
    ask(node, "anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    ask(node, "anvil_mine", "0x1")
    assert submitter(policy=policy).submit(once.call(identity))["status"] == 1


def test_a_price_spike_while_waiting_replaces_the_transaction(submitter, once, identity, node, said):
    ask(node, "evm_setAutomine", False)
    key = identity.hex()
    thread = in_background(lambda: submitter().submit(once.call(identity)))
    until(lambda: submitter.journal.get(key) is not None)
    first = submitter.journal.get(key)
    # No block may take the transaction before the price has risen.
    ask(node, "anvil_dropTransaction", first.hash)
    ask(node, "anvil_setNextBlockBaseFeePerGas", hex(first.max_fee * 3))
    ask(node, "anvil_mine", "0x1")
    until(lambda: submitter.journal.get(key).hash != first.hash)
    second = submitter.journal.get(key)
    assert second.nonce == first.nonce
    assert second.replaced == (first.hash,)
    assert second.max_fee > 3 * first.max_fee
    until(lambda: node.transaction(second.hash) is not None)
    ask(node, "anvil_mine", "0x1")
    thread.join(20)
    assert thread.result[0]["status"] == 1
    assert any("instead of" in line for line in said)
    ask(node, "anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    ask(node, "anvil_mine", "0x1")


def test_no_block_in_time_and_then_one(submitter, once, identity, node):
    ask(node, "evm_setAutomine", False)
    impatient = Policy(timeout=0.3, poll=0.02)
    with pytest.raises(ChainError, match=r"is in no block after 0 s .* It is kept: run this again"):
        submitter(policy=impatient).submit(once.call(identity))
    kept = submitter.journal.get(identity.hex())
    before = nonce(node)
    ask(node, "evm_setAutomine", True)
    ask(node, "anvil_mine", "0x1")
    receipt = submitter().submit(once.call(identity))
    assert "0x" + receipt["transactionHash"].hex().removeprefix("0x") == kept.hash
    assert nonce(node) == before + 1


def test_the_node_dies_and_comes_back_empty(identity, tmp_path, said):
    """The chain is another one afterwards: the transaction of before must not be trusted."""
    journal = Journal(tmp_path / "journal", 31337)
    with Anvil() as chain:
        node = Node.at(chain.url, patience=0.5)
        here = Once(node)
        ask(node, "evm_setAutomine", False)
        submitter = Submitter(node, local_account(), journal, Errors(here.abi), FAST, said.append)
        thread = in_background(lambda: submitter.submit(here.call(identity)))
        until(lambda: journal.get(identity.hex()) is not None)
        chain.stop()
        thread.join(20)
        (error,) = thread.result
        assert isinstance(error, NodeUnreachable)
        assert re.search("does not answer", str(error))
        port = chain.port
    assert journal.get(identity.hex()) is not None
    with Anvil(port=port) as chain:
        node = Node.at(chain.url)
        here = Once(node)
        submitter = Submitter(node, local_account(), journal, Errors(here.abi), FAST, said.append)
        assert submitter.submit(here.call(identity))["status"] == 1
        assert here.taken_by(identity) != 0


def test_a_dropped_transaction_is_sent_again(submitter, once, identity, node):
    """The node forgot it (as one does that was killed); nobody else used the nonce."""
    ask(node, "evm_setAutomine", False)
    with pytest.raises(ChainError, match="in no block"):
        submitter(policy=Policy(timeout=0.2, poll=0.02)).submit(once.call(identity))
    kept = submitter.journal.get(identity.hex())
    ask(node, "anvil_dropTransaction", kept.hash)
    assert node.transaction(kept.hash) is None
    ask(node, "evm_setAutomine", True)
    receipt = submitter().submit(once.call(identity))
    assert "0x" + receipt["transactionHash"].hex().removeprefix("0x") == kept.hash


@pytest.mark.parametrize("change", [1, -3], ids=["nonce used", "nonce gap"])
def test_a_transaction_that_can_never_be_mined_is_made_anew(submitter, once, identity, node, change):
    for _ in range(3):
        submitter(3).submit(once.call(secrets.token_bytes(32)))
    ask(node, "evm_setAutomine", False)
    with pytest.raises(ChainError, match="in no block"):
        submitter(3, policy=Policy(timeout=0.2, poll=0.02)).submit(once.call(identity))
    kept = submitter.journal.get(identity.hex())
    ask(node, "anvil_dropTransaction", kept.hash)
    ask(node, "evm_setAutomine", True)
    ask(node, "anvil_setNonce", local_account(3).address, hex(kept.nonce + change))
    receipt = submitter(3).submit(once.call(identity))
    assert receipt["status"] == 1
    assert "0x" + receipt["transactionHash"].hex().removeprefix("0x") != kept.hash


def test_two_submitters_race(submitter, once, identity, node, said):
    ask(node, "evm_setAutomine", False)
    threads = [
        in_background(lambda n=n: submitter(n, folder=f"journal {n}").submit(once.call(identity)))
        for n in (0, 1)
    ]
    until(lambda: int(ask(node, "txpool_status")["pending"], 16) == 2)
    ask(node, "anvil_mine", "0x1")
    for thread in threads:
        thread.join(20)
    results = [thread.result[0] for thread in threads]
    assert sorted(result is None for result in results) == [False, True]
    assert any("somebody else was faster" in line for line in said)


def test_a_mined_revert_says_why(submitter, once, identity, node):
    """Somebody else's transaction comes first in the block, and the purpose is not reached by it."""
    ask(node, "evm_setAutomine", False)
    call = once.call(identity, is_done=lambda: False)
    thread = in_background(lambda: submitter().submit(call))
    until(lambda: int(ask(node, "txpool_status")["pending"], 16) == 1)
    fees = {"maxPriorityFeePerGas": 100 * GWEI, "maxFeePerGas": 200 * GWEI, "gas": 100_000}
    other = {"from": local_account(1).address, "to": call.to, "data": call.data, **fees}
    node.web3.eth.send_transaction(other)
    ask(node, "anvil_mine", "0x1")
    thread.join(20)
    assert re.search(rf"reverted: Taken\(id=0x{identity.hex()}", str(thread.result[0]))
    assert submitter.journal.get(identity.hex()) is None


def test_success_without_effect_is_no_success(submitter, once, identity):
    with pytest.raises(ChainError, match="succeeded and changed nothing"):
        submitter().submit(once.call(identity, is_done=lambda: False))


def test_a_reorganization_after_inclusion(submitter, once, identity, node, said):
    patient = Policy(confirmations=2, timeout=20, poll=0.02)
    snapshot = ask(node, "evm_snapshot")
    thread = in_background(lambda: submitter(policy=patient).submit(once.call(identity)))
    until(lambda: once.taken_by(identity) != 0)
    assert ask(node, "evm_revert", snapshot)
    assert once.taken_by(identity) == 0
    until(lambda: once.taken_by(identity) != 0)
    ask(node, "anvil_mine", "0x3")
    thread.join(20)
    assert thread.result[0]["status"] == 1
    assert any("reorganized" in line for line in said)


def test_a_reorganization_after_the_end(submitter, once, identity, node):
    snapshot = ask(node, "evm_snapshot")
    submitter().submit(once.call(identity))
    assert ask(node, "evm_revert", snapshot)
    assert submitter().submit(once.call(identity))["status"] == 1


def test_missing_confirmations(submitter, once, identity, node):
    policy = Policy(confirmations=3, timeout=0.1, poll=0.02)
    with pytest.raises(ChainError, match="3 confirmations of 3 are missing"):
        submitter(policy=policy).submit(once.call(identity))
    ask(node, "anvil_mine", "0x3")
    assert submitter(policy=policy).submit(once.call(identity))["status"] == 1


@pytest.mark.parametrize("trouble", ["silent", "refusing"])
def test_a_node_that_is_away_for_a_while(anvil, submitter, once, identity, trouble, monkeypatch, said):
    monkeypatch.setattr(node_module, "REQUEST_SECONDS", 0.5)
    proxy = Proxy(anvil.port)
    far = Node.at(proxy.url, patience=15, say=said.append)
    getattr(proxy, trouble).set()
    thread = in_background(lambda: submitter(node=far).submit(once.call(identity)))
    until(lambda: any("does not answer: waiting" in line for line in said))
    assert thread.is_alive()
    getattr(proxy, trouble).clear()
    thread.join(20)
    proxy.close()
    assert thread.result[0]["status"] == 1


def test_a_node_that_stays_away(anvil, monkeypatch):
    monkeypatch.setattr(node_module, "REQUEST_SECONDS", 0.2)
    proxy = Proxy(anvil.port)
    proxy.silent.set()
    start = time.monotonic()
    with pytest.raises(NodeUnreachable, match="does not answer"):
        Node.at(proxy.url, patience=1).chain_id()
    assert time.monotonic() - start < 5
    proxy.close()


def test_a_damaged_journal_is_named(submitter, once, identity):
    submitter.journal.folder.mkdir(parents=True)
    (submitter.journal.folder / f"{identity.hex()}.json").write_text("{}")
    with pytest.raises(ChainError, match=f"{identity.hex()}.json"):
        submitter().submit(once.call(identity))
