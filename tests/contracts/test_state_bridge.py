"""StateBridge.sol and what stands around it, beside a verifier that knows the valid proofs."""

import ape
import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.reverts import reverts
from zkm.examples.bridge.witness import BridgeOutput

PROGRAM = keccak(b"the bridge's program")
PROOF = b"a proof"
SOURCE_CHAIN = 5
BLOCK, LATER = keccak(b"block"), keccak(b"a later block")
SLOT = keccak(b"slot")
VALUE = keccak(b"value")
NONE = bytes(32)


@pytest.fixture
def owner(accounts):
    return accounts[0]


@pytest.fixture
def anybody(accounts):
    return accounts[1]


@pytest.fixture
def verifier(project, owner):
    return owner.deploy(project.StatementVerifier)


@pytest.fixture
def settlement(project, owner, verifier):
    return owner.deploy(project.Settlement, verifier.address)


@pytest.fixture
def oracle(project, owner):
    contract = owner.deploy(project.OwnedBlockHashOracle, SOURCE_CHAIN, owner.address)
    contract.post(BLOCK, sender=owner)
    return contract


@pytest.fixture
def bridge(project, owner, settlement, oracle):
    return owner.deploy(project.StateBridge, settlement.address, PROGRAM, oracle.address)


@pytest.fixture
def lock_box(project, owner):
    return owner.deploy(project.LockBox)


@pytest.fixture
def learn(verifier, bridge, anybody, owner):
    def run(output):
        verifier.accept(PROGRAM, 0, output, PROOF, sender=owner)
        return bridge.learn(output, PROOF, sender=anybody)

    return run


def output(account, block=BLOCK, number=7, slot=SLOT, value=VALUE):
    return BridgeOutput(block, number, str(account), slot, value).encode()


def test_a_value_is_learned(bridge, learn, lock_box, settlement):
    said = output(lock_box.address)
    receipt = learn(said)
    assert bytes(bridge.valueOf(lock_box, SLOT)) == VALUE
    entry = bridge.entryOf(lock_box, SLOT)
    assert (bytes(entry.value), bytes(entry.blockHash), entry.blockNumber, entry.known) == (
        VALUE,
        BLOCK,
        7,
        True,
    )
    (event,) = bridge.Learned.from_receipt(receipt)
    assert (event.account, bytes(event.slot), event.blockNumber) == (lock_box.address, SLOT, 7)
    assert (bytes(event.blockHash), bytes(event.value)) == (BLOCK, VALUE)
    assert settlement.isSettled(settlement.settlementId(PROGRAM, 0, said))
    assert bridge.sourceChainId() == SOURCE_CHAIN


def test_nothing_is_known_of_other_slots(bridge, learn, lock_box, anybody):
    learn(output(lock_box.address))
    for account, slot in [(lock_box.address, BLOCK), (anybody.address, SLOT)]:
        for view in (bridge.valueOf, bridge.entryOf):
            with reverts(bridge.Unknown, account=account, slot=slot):
                view(account, slot)


def test_values_only_become_newer(bridge, oracle, learn, lock_box, owner):
    learn(output(lock_box.address))
    oracle.post(LATER, sender=owner)
    for number in (6, 7):
        with reverts(bridge.Stale, known=7, given=number):
            learn(output(lock_box.address, LATER, number, value=NONE))
    learn(output(lock_box.address, LATER, 8, value=NONE))
    assert bytes(bridge.valueOf(lock_box, SLOT)) == NONE
    with reverts(bridge.Stale, known=8, given=7):
        learn(output(lock_box.address))
    # Another slot has a history of its own.
    learn(output(lock_box.address, slot=BLOCK, number=3))


def test_the_genesis_block_counts_as_known(bridge, learn, lock_box):
    learn(output(lock_box.address, number=0, value=NONE))
    assert bytes(bridge.valueOf(lock_box, SLOT)) == NONE
    with reverts(bridge.Stale, known=0, given=0):
        learn(output(lock_box.address, number=0))


def test_blocks_that_the_oracle_does_not_know(bridge, oracle, learn, lock_box, owner):
    with reverts(bridge.UnknownBlock, blockHash=LATER):
        learn(output(lock_box.address, LATER))
    oracle.post(LATER, sender=owner)
    learn(output(lock_box.address, LATER))
    oracle.revoke(BLOCK, sender=owner)
    with reverts(bridge.UnknownBlock, blockHash=BLOCK):
        learn(output(lock_box.address, BLOCK, 9))
    assert bytes(bridge.valueOf(lock_box, SLOT)) == VALUE


def test_without_a_valid_proof_nothing_is_learned(bridge, verifier, settlement, lock_box, owner, anybody):
    said = output(lock_box.address)
    verifier.accept(PROGRAM, 1, said, PROOF, sender=owner)
    verifier.accept(keccak(b"another program"), 0, said, PROOF, sender=owner)
    settlement.settle(PROGRAM, 1, said, PROOF, sender=owner)
    with reverts(verifier.InvalidProof):
        bridge.learn(said, PROOF, sender=anybody)
    with reverts(bridge.Unknown):
        bridge.valueOf(lock_box, SLOT)


def test_settling_first_hinders_nobody(bridge, settlement, verifier, lock_box, owner, anybody):
    said = output(lock_box.address)
    verifier.accept(PROGRAM, 0, said, PROOF, sender=owner)
    settlement.settle(PROGRAM, 0, said, PROOF, sender=owner)
    bridge.learn(said, b"", sender=anybody)
    assert bytes(bridge.valueOf(lock_box, SLOT)) == VALUE


@pytest.mark.parametrize("length", [0, 128, 159, 161, 192])
def test_outputs_of_another_form(bridge, learn, lock_box, length):
    with reverts(bridge.MalformedOutput, length=length):
        learn((output(lock_box.address) + bytes(32))[:length])


@pytest.mark.parametrize(("word", "position"), [(1, 23), (2, 11)], ids=["block number", "account"])
def test_words_out_of_range(learn, lock_box, word, position):
    said = bytearray(output(lock_box.address))
    said[32 * word + position] = 1
    with ape.reverts():
        learn(bytes(said))


def test_the_oracle_believes_its_owner_only(oracle, owner, anybody):
    assert oracle.isKnown(BLOCK) and not oracle.isKnown(LATER)
    for call, block in ((oracle.post, LATER), (oracle.revoke, BLOCK)):
        with reverts(oracle.OwnableUnauthorizedAccount, account=anybody.address):
            call(block, sender=anybody)
    with reverts(oracle.NoBlock):
        oracle.post(NONE, sender=owner)
    with reverts(oracle.AlreadyKnown, blockHash=BLOCK):
        oracle.post(BLOCK, sender=owner)
    with reverts(oracle.NotKnown, blockHash=LATER):
        oracle.revoke(LATER, sender=owner)
    (event,) = oracle.Posted.from_receipt(oracle.post(LATER, sender=owner))
    assert bytes(event.blockHash) == LATER
    (event,) = oracle.Revoked.from_receipt(oracle.revoke(LATER, sender=owner))
    assert bytes(event.blockHash) == LATER and not oracle.isKnown(LATER)
    oracle.transferOwnership(anybody, sender=owner)
    oracle.post(LATER, sender=owner)
    oracle.acceptOwnership(sender=anybody)
    with reverts(oracle.OwnableUnauthorizedAccount, account=owner.address):
        oracle.revoke(LATER, sender=owner)


def test_locked_ether_is_mirrored_once(project, owner, bridge, oracle, lock_box, learn, anybody, chain):
    token = owner.deploy(project.MirroredToken, bridge.address, lock_box.address)
    holder = anybody.address
    slot = bytes(token.slotOf(holder))
    assert slot == keccak(encode(["address", "uint256"], [holder, 0]))
    with reverts(bridge.Unknown, account=lock_box.address, slot=slot):
        token.mint(holder, sender=owner)
    locked = 0
    for number, amount in enumerate((30, 12), start=1):
        receipt = lock_box.lock(holder, value=amount, sender=owner)
        locked += amount
        (event,) = lock_box.Locked.from_receipt(receipt)
        assert (event.beneficiary, event.amount, event.total) == (holder, amount, locked)
        # The slot that the token looks at is the one that the lock box writes.
        stored = chain.provider.get_storage(lock_box.address, int.from_bytes(slot, "big"))
        assert int.from_bytes(stored, "big") == locked == lock_box.locked(holder)
        block = keccak(b"block %d" % number)
        oracle.post(block, sender=owner)
        learn(output(lock_box.address, block, number, slot, locked.to_bytes(32, "big")))
        token.mint(holder, sender=owner)
        assert token.balanceOf(holder) == token.minted(holder) == token.totalSupply() == locked
        with reverts(token.NothingToMint, beneficiary=holder):
            token.mint(holder, sender=owner)
    # What was minted stays minted when tokens move on.
    token.transfer(owner, 42, sender=anybody)
    with reverts(token.NothingToMint, beneficiary=holder):
        token.mint(holder, sender=owner)
