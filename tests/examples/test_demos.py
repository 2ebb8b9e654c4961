"""Both applications from end to end: real guests, real proofs, the real verifier, Anvil."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from zkm import api
from zkm.chain.accounts import local_account
from zkm.chain.anvil import Anvil
from zkm.chain.artifacts import compile_contracts
from zkm.chain.node import Node
from zkm.chain.session import Session
from zkm.errors import ChainError
from zkm.examples.bridge import demo as bridge_demo
from zkm.examples.bridge.service import carry
from zkm.examples.ledger import demo as ledger_demo
from zkm.examples.ledger.service import LedgerService, take_back
from zkm.examples.ledger.transactions import LedgerError, Transfer

pytestmark = [pytest.mark.chain, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
ETHER = 10**18


@pytest.fixture(scope="module")
def artifacts():
    return compile_contracts(ROOT, api.contract_source())


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


def session_on(anvil, artifacts, folder):
    return Session(Node.at(anvil.url), folder, artifacts.__getitem__, signer=local_account(0), say=print)


def test_a_private_ledger(artifacts, console, tmp_path):
    with Anvil() as anvil:
        session = session_on(anvil, artifacts, tmp_path)
        demo = ledger_demo.run_demo(session, artifacts.__getitem__, console)
        state = demo.service.state
        balances = [state.accounts[wallet.id].balance for wallet in demo.wallets]
        assert balances == [1_500_000_000, 250_000_000, 1_250_000_000]
        assert session.node.balance(demo.receiver) == 3 * ETHER // 2
        assert session.node.balance(demo.ledger.address) == sum(balances) * 10**9 == 3 * ETHER
        assert bytes(demo.ledger.ask("root")) == state.root
        shown = console.file.getvalue()
        assert "the same batch again: advance: WrongRoot" in shown
        for row in ("alice's balance", "contract's ether", "deposits taken"):
            assert row in shown

        # Another process goes on with what was kept; without it, or with another ledger's, nobody can.
        again = LedgerService(session, demo.ledger, ledger_demo.GUEST)
        assert again.state == state and again.state is not state
        (kept,) = (tmp_path / "out" / "ledgers").iterdir()
        text = kept.read_text()
        assert kept.stat().st_mode & 0o077 == 0
        for content, message in [
            (None, "behind the contract's root"),
            (text[:-9], "damaged"),
            (json.dumps(json.loads(text)[:1]), "behind the contract's root"),
            ("[5]", "no state of a ledger"),
        ]:
            kept.unlink(missing_ok=True)
            if content is not None:
                kept.write_text(content)
            with pytest.raises(LedgerError, match=message):
                LedgerService(session, demo.ledger, ledger_demo.GUEST)
        # A re-org that takes the batch back: the state before it is there, too.
        kept.write_text(text)
        web3, place = session.node.web3, session.node.web3.to_checksum_address(demo.ledger.address)
        snapshot = web3.provider.make_request("evm_snapshot", [])["result"]
        slot = next(i for i in range(20) if bytes(web3.eth.get_storage_at(place, i)) == state.root)
        web3.provider.make_request("anvil_setStorageAt", [place, f"0x{slot:064x}", "0x" + "00" * 32])
        assert LedgerService(session, demo.ledger, ledger_demo.GUEST).state.batch == 0
        web3.provider.make_request("evm_revert", [snapshot])
        # A ledger goes on: nothing waits, and what cannot be signed is not proven.
        assert demo.service.waiting_deposits() == []
        alice, bob, _ = demo.wallets
        with pytest.raises(LedgerError, match="has 1500000000 gwei"):
            demo.service.advance([alice.sign(2, Transfer(bob.id, 10**10))])

        # Two more deposits; one is taken back, and the guest takes what is left of both.
        for payer, wallet in ((1, alice), (2, bob)):
            demo.ledger.send(local_account(payer), "deposit", wallet.id, value=ETHER)
        with pytest.raises(ChainError, match="TooEarly"):
            take_back(demo.ledger, local_account(1), 4)
        web3.provider.make_request("evm_increaseTime", [ledger_demo.PATIENCE])
        web3.provider.make_request("evm_mine", [])
        take_back(demo.ledger, local_account(1), 4)
        waiting = demo.service.waiting_deposits()
        assert [(deposit.id, deposit.amount) for deposit in waiting] == [(alice.id, 0), (bob.id, 10**9)]
        batch = state.next_batch(waiting)
        assert batch.output.queue == bytes(demo.ledger.ask("queueAt", 5))
        assert api.run(ROOT / ledger_demo.GUEST, stdin=batch.witness).output == batch.output.encode()
        with pytest.raises(ChainError, match="NothingToClaim"):
            demo.ledger.send(local_account(4), "claim", demo.receiver)


def test_two_chains(artifacts, console, tmp_path):
    with Anvil() as a, Anvil(chain_id=31338) as b:
        source, target = Node.at(a.url), session_on(b, artifacts, tmp_path)
        demo = bridge_demo.run_demo(source, target, artifacts.__getitem__, console)
        assert demo.token.ask("balanceOf", demo.holder) == 3 * ETHER // 2
        assert demo.bridge.ask("sourceChainId") == 31337
        shown = console.file.getvalue()
        assert "minting again: mint: NothingToMint" in shown
        for row in ("locked for holder", "locked on A, as known", "state root"):
            assert row in shown

        # The proof is kept: the same value again is old, and another block is not known.
        slot = bytes(demo.token.ask("slotOf", demo.holder))
        number = demo.bridge.ask("entryOf", demo.lock_box.address, slot)[2]
        with pytest.raises(ChainError, match="Stale"):
            carry(
                source,
                target,
                demo.bridge,
                ROOT / bridge_demo.GUEST,
                demo.lock_box.address,
                slot,
                number,
            )
