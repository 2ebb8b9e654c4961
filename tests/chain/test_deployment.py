"""Deploying happens once, notices what is gone or wrong, and keeps development keys off real chains."""

import json

import pytest
from eth_abi import encode
from eth_utils import keccak

from tests.chain.conftest import VERSION, World
from zkm.chain.anvil import Anvil
from zkm.chain.deployment import deployed_settlement
from zkm.chain.deployments import Deployments
from zkm.errors import ChainError

pytestmark = pytest.mark.chain


def test_a_second_time_nothing_is_deployed(world):
    first = world.deploy()
    assert [line.split()[0] for line in world.said] == ["deployed", "deployed"]
    height = world.height()
    assert world.deploy().address == first.address
    assert world.height() == height
    assert deployed_settlement(world.node, world.folder / "deployments").address == first.address


def test_code_that_is_gone_or_changed_is_noticed(world):
    first = world.deploy()
    world.ask("anvil_setCode", first.address, "0x")
    with pytest.raises(ChainError, match=r"not at .* any more"):
        deployed_settlement(world.node, world.folder / "deployments")
    second = world.deploy()
    assert second.address != first.address
    world.ask("anvil_setCode", second.address, "0x6001")
    with pytest.raises(ChainError, match=r"not at .* any more"):
        deployed_settlement(world.node, world.folder / "deployments")
    assert world.deploy().address not in (first.address, second.address)


def test_a_verifier_of_another_version_is_refused(world):
    with pytest.raises(ChainError, match=r"of another version"):
        world.deploy(keccak(b"other keys"))


def test_a_settlement_of_another_verifier_is_replaced(world):
    first = world.deploy()
    records = Deployments(world.folder / "deployments", world.node.chain_id())
    path = records.path
    entries = json.loads(path.read_text())
    del entries["ZkmVerifier"]
    path.write_text(json.dumps(entries))
    second = world.deploy()
    assert second.address != first.address
    assert second.verifier() != first.verifier()


def test_nothing_deployed(world):
    with pytest.raises(ChainError, match=r"nothing is deployed on chain \d+"):
        deployed_settlement(world.node, world.folder / "deployments")


def test_an_interrupted_deployment_goes_on(world, monkeypatch):
    """The transaction was sent, and the script ended before it wrote down the address."""
    monkeypatch.setattr(Deployments, "record", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    world.ask("evm_setAutomine", False)
    impatient = world.deployer()
    impatient.submitter._policy = type(impatient.submitter._policy)(timeout=0.2, poll=0.01)
    with pytest.raises(ChainError, match=r"It is kept"):
        impatient.deploy(VERSION, development=True)
    world.ask("evm_setAutomine", True)
    world.ask("anvil_mine", "0x1")
    monkeypatch.undo()
    nonce = world.node.nonce(impatient.owner)
    world.deploy()
    assert world.node.nonce(impatient.owner) == nonce + 1, (
        "only the settlement contract was still to be created"
    )


def test_development_keys_stay_on_local_chains(artifacts, tmp_path):
    with Anvil(chain_id=11155111) as chain:
        world = World(chain, artifacts, tmp_path)
        height = world.height()
        with pytest.raises(ChainError, match=r"development keys on chain 11155111, which is not local"):
            world.deploy()
        assert world.height() == height
        assert world.deploy(force=True).verifier()
        # Keys from a ceremony need no force.
        assert world.deployer().deploy(VERSION, development=False).verifier()


def test_a_router_takes_a_new_version_and_the_settlement_stays(world, artifacts):
    first = world.deploy(router=True)
    router = first.verifier()
    assert (
        router
        == Deployments(world.folder / "deployments", world.node.chain_id()).get("VerifierRouter").address
    )
    height = world.height()
    assert world.deploy(router=True).address == first.address
    # The chain keeps its router without being asked.
    assert world.deploy().address == first.address
    assert world.height() == height

    new = keccak(b"the next version")
    kind = artifacts["VersionedVerifier"]
    arguments = encode(["bytes32", "bool"], [new, True])
    upgraded = {**artifacts, "ZkmVerifier": type(kind)(kind.abi, kind.bytecode + arguments, kind.code)}
    world.artifacts = upgraded
    assert world.deploy(new).address == first.address
    assert world.height() == height + 2


def test_a_router_of_somebody_else(world):
    world.deploy(router=True)
    world.ask("evm_setAutomine", True)
    router = Deployments(world.folder / "deployments", world.node.chain_id()).get("VerifierRouter").address
    remove = keccak(b"removeVerifier(bytes4)")[:4] + VERSION[:4].ljust(32, b"\0")
    sent = world.node.web3.eth.send_transaction(
        {"from": world.deployer().owner, "to": router, "data": remove}
    )
    world.node.web3.eth.wait_for_transaction_receipt(sent)
    with pytest.raises(ChainError, match=r"VerifierWasRemoved.*withdrawn"):
        world.deploy()
