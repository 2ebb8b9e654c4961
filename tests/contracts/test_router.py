"""VerifierRouter.sol: which verifier decides, who may change that, and that nothing comes back."""

import ape
import pytest
from eth_utils.crypto import keccak

from tests.contracts.conftest import VERSIONS
from tests.contracts.reverts import reverts

NOBODY = "0x0000000000000000000000000000000000000000"
SELECTORS = [version[:4] for version in VERSIONS]
STATEMENT = (keccak(b"a program"), 0, b"output")


def claim(version, body=b"a proof"):
    """A claim whose proof begins with the selector of a version."""
    return (*STATEMENT, version[:4] + body)


@pytest.fixture
def full(router, verifiers, owner):
    """The router with the first two verifiers, which know one proof each."""
    for verifier, version in zip(verifiers[:2], VERSIONS, strict=False):
        router.addVerifier(verifier, sender=owner)
        verifier.accept(*claim(version), sender=owner)
    return router


def test_the_selector_decides(full, verifiers):
    for verifier, version, selector in zip(verifiers[:2], VERSIONS, SELECTORS, strict=False):
        assert full.verifierOf(selector) == verifier.address
        full.verify(*claim(version))
        full.verifyBatch([claim(version)] * 3)
        with reverts(verifier.InvalidProof):
            full.verify(*claim(version, b"another proof"))
        with reverts(verifier.InvalidProof):
            full.verifyBatch([claim(version), claim(version, b"another proof")])


def test_an_unknown_selector(full, router):
    with reverts(router.UnknownVerifier, selector=SELECTORS[2]):
        full.verify(*claim(VERSIONS[2]))
    with reverts(router.UnknownVerifier, selector=bytes(4)):
        full.verifierOf(bytes(4))
    with reverts(router.NoSelector):
        full.verify(*STATEMENT, b"abc")
    with reverts(router.NoSelector):
        full.verifyBatch([claim(VERSIONS[0]), (*STATEMENT, b"")])


def test_batches_are_of_one_version(full, router):
    with reverts(router.EmptyBatch):
        full.verifyBatch([])
    with reverts(router.MixedVersions):
        full.verifyBatch([claim(VERSIONS[0]), claim(VERSIONS[1])])


def test_adding_says_so(router, verifiers, owner):
    receipt = router.addVerifier(verifiers[0], sender=owner)
    (event,) = router.VerifierAdded.from_receipt(receipt)
    assert (bytes(event.selector), event.verifier) == (SELECTORS[0], verifiers[0].address)
    assert bytes(event.version) == VERSIONS[0]


def test_a_selector_is_taken_once(full, router, verifiers, owner, project):
    with reverts(router.SelectorTaken, selector=SELECTORS[0]):
        full.addVerifier(verifiers[0], sender=owner)
    # Another version that begins with the same four bytes.
    colliding = owner.deploy(project.VersionedVerifier, SELECTORS[0] + bytes(28), False)
    with reverts(router.SelectorTaken, selector=SELECTORS[0]):
        full.addVerifier(colliding, sender=owner)


def test_a_removed_verifier_never_comes_back(full, router, verifiers, owner, project):
    receipt = full.removeVerifier(SELECTORS[0], sender=owner)
    (event,) = router.VerifierRemoved.from_receipt(receipt)
    assert (bytes(event.selector), event.verifier) == (SELECTORS[0], verifiers[0].address)
    for call in (
        lambda: full.verify(*claim(VERSIONS[0])),
        lambda: full.verifyBatch([claim(VERSIONS[0])]),
        lambda: full.verifierOf(SELECTORS[0]),
        lambda: full.removeVerifier(SELECTORS[0], sender=owner),
    ):
        with reverts(router.VerifierWasRemoved, selector=SELECTORS[0]):
            call()
    for again in (verifiers[0], owner.deploy(project.VersionedVerifier, VERSIONS[0], False)):
        with reverts(router.SelectorTaken, selector=SELECTORS[0]):
            full.addVerifier(again, sender=owner)
    full.verify(*claim(VERSIONS[1]))
    with reverts(router.UnknownVerifier, selector=SELECTORS[2]):
        full.removeVerifier(SELECTORS[2], sender=owner)


def test_what_is_no_verifier(router, owner, stranger):
    with reverts(router.NoVerifier, verifier=stranger.address):
        router.addVerifier(stranger, sender=owner)
    with ape.reverts():  # a contract that has no version
        router.addVerifier(router, sender=owner)


def test_development_keys_are_refused_unless_wanted(router, owner, project):
    verifier = owner.deploy(project.VersionedVerifier, VERSIONS[0], True)
    assert not router.DEVELOPMENT_KEYS()
    with reverts(router.DevelopmentKeys, verifier=verifier.address):
        router.addVerifier(verifier, sender=owner)
    lenient = owner.deploy(project.VerifierRouter, owner, True)
    assert lenient.DEVELOPMENT_KEYS()
    lenient.addVerifier(verifier, sender=owner)
    verifier.accept(*claim(VERSIONS[0]), sender=owner)
    lenient.verify(*claim(VERSIONS[0]))


def test_a_pause_ends(full, router, owner):
    full.pause(sender=owner)
    assert full.paused()
    for call in (
        lambda: full.verify(*claim(VERSIONS[0])),
        lambda: full.verifyBatch([claim(VERSIONS[0])]),
        lambda: full.pause(sender=owner),
    ):
        with reverts(router.EnforcedPause):
            call()
    full.unpause(sender=owner)
    full.verify(*claim(VERSIONS[0]))
    with reverts(router.ExpectedPause):
        full.unpause(sender=owner)


def test_a_stop_does_not_end(full, router, verifiers, owner):
    full.pause(sender=owner)
    (event,) = router.Stopped.from_receipt(full.stop(sender=owner))
    assert event.account == owner.address
    assert full.stopped()
    for call in (
        lambda: full.verify(*claim(VERSIONS[0])),
        lambda: full.verifyBatch([claim(VERSIONS[0])]),
        lambda: full.unpause(sender=owner),
        lambda: full.stop(sender=owner),
        lambda: full.addVerifier(verifiers[2], sender=owner),
    ):
        with reverts(router.RouterStopped):
            call()


def test_strangers_change_nothing(full, router, verifiers, stranger):
    for call in (
        lambda: full.addVerifier(verifiers[2], sender=stranger),
        lambda: full.removeVerifier(SELECTORS[0], sender=stranger),
        lambda: full.pause(sender=stranger),
        lambda: full.unpause(sender=stranger),
        lambda: full.stop(sender=stranger),
        lambda: full.transferOwnership(stranger, sender=stranger),
        lambda: full.renounceOwnership(sender=stranger),
        lambda: full.acceptOwnership(sender=stranger),
    ):
        with reverts(router.OwnableUnauthorizedAccount, account=stranger.address):
            call()
    full.verify(*claim(VERSIONS[0]))


def test_ownership_moves_in_two_steps(full, router, verifiers, owner, stranger):
    full.transferOwnership(stranger, sender=owner)
    assert (full.owner(), full.pendingOwner()) == (owner.address, stranger.address)
    with reverts(router.OwnableUnauthorizedAccount):
        full.pause(sender=stranger)
    full.acceptOwnership(sender=stranger)
    assert (full.owner(), full.pendingOwner()) == (stranger.address, NOBODY)
    full.addVerifier(verifiers[2], sender=stranger)
    with reverts(router.OwnableUnauthorizedAccount):
        full.pause(sender=owner)


def test_a_renounced_router_goes_on_as_it_is(full, router, owner):
    full.renounceOwnership(sender=owner)
    full.verify(*claim(VERSIONS[0]))
    with reverts(router.OwnableUnauthorizedAccount):
        full.removeVerifier(SELECTORS[0], sender=owner)


def test_an_owner_is_needed(project, owner):
    with ape.reverts() as reverted:
        owner.deploy(project.VerifierRouter, NOBODY, False)
    assert keccak(b"OwnableInvalidOwner(address)")[:4].hex() in reverted.value.revert_message


def test_a_verifier_whose_code_went_away_accepts_nothing(full, router, verifiers, chain):
    """Nobody can take a contract's code away (EIP-6780); an old chain may still know how."""
    chain.provider.make_request("anvil_setCode", [verifiers[0].address, "0x"])
    with reverts(router.NoCode, target=verifiers[0].address):
        full.verify(*claim(VERSIONS[0]))
