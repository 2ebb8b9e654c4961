"""Winternitz signatures in Python: what verifies, and that nothing else does."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples.ledgers import signing_key, wallet
from zkm.examples.ledger.hashing import account_id
from zkm.examples.ledger.signatures import HALF, QUICK, SCHEMES, SHORT, Scheme, SigningKey, verify
from zkm.examples.ledger.transactions import LedgerError, Transfer, Wallet, Withdrawal

MESSAGE = bytes(range(80))
KEYS = pytest.mark.parametrize("key", [signing_key(0), signing_key(1)], ids=["quick", "short"])


def naive_digits(scheme, digest):
    """Least significant first, from the definition."""
    number = int.from_bytes(digest, "little")
    digits = []
    for _ in range(scheme.chains):
        number, digit = divmod(number, 1 << scheme.digit_bits)
        digits.append(digit)
    return digits


@given(digest=st.binary(min_size=16, max_size=16), scheme=st.sampled_from([QUICK, SHORT]))
def test_digits_are_given_for_their_own_sum_only(digest, scheme):
    digits = naive_digits(scheme, digest)
    assert replace(scheme, digit_sum=sum(digits)).digits(digest) == digits
    assert replace(scheme, digit_sum=sum(digits) + 1).digits(digest) is None


@KEYS
@pytest.mark.parametrize("index", [0, 1, 1023])
def test_a_signature_verifies_with_its_own_index_and_message_only(key, index):
    scheme, public = key.scheme, key.public_key
    signature = key.sign(index, MESSAGE)
    assert len(signature) == scheme.signature_bytes
    assert verify(scheme, public, index, MESSAGE, signature)
    assert signature == key.sign(index, MESSAGE)
    assert not verify(scheme, public, index ^ 1, MESSAGE, signature)
    assert not verify(scheme, public, index + 1024, MESSAGE, signature)
    assert not verify(scheme, public, index, MESSAGE[:-1] + b"\0", signature)
    assert not verify(scheme, public, index, MESSAGE, signature[:-1])
    assert not verify(scheme, public, index, MESSAGE, signature + b"\0")


@KEYS
def test_every_word_of_a_signature_and_of_the_key_counts(key):
    signature = key.sign(3, MESSAGE)
    rng = random.Random(1)
    for start in range(0, len(signature), HALF):
        changed = bytearray(signature)
        changed[start + rng.randrange(HALF)] ^= 1 << rng.randrange(8)
        assert not verify(key.scheme, key.public_key, 3, MESSAGE, bytes(changed))
    for position in range(32):
        changed = bytearray(key.public_key)
        changed[position] ^= 1
        assert not verify(key.scheme, bytes(changed), 3, MESSAGE, signature)


def test_walking_a_chain_further_gives_another_sum():
    """The forgery that a checksum prevents: from a signature to one of larger digits."""
    key = signing_key(0)
    assert all(
        sum(naive_digits(scheme, bytes(16))) != scheme.digit_sum
        and scheme.digits(b"\xff" * 16) is None
        and scheme.digit_sum < scheme.chains * scheme.last_step
        for scheme in SCHEMES.values()
    )
    # Any digits that are at least those of a signed digest, and not the same, have a larger sum.
    assert verify(key.scheme, key.public_key, 0, MESSAGE, key.sign(0, MESSAGE))


def test_keys_of_two_schemes_have_nothing_in_common():
    secret = bytes(32)
    small = [SigningKey(replace(scheme, height=1), secret) for scheme in (QUICK, SHORT)]
    assert small[0].public_key[HALF:] != small[1].public_key[HALF:]
    assert account_id(1, small[0].public_key) != account_id(2, small[0].public_key)


def test_a_secret_has_another_key_on_each_ledger():
    scheme = replace(QUICK, height=1)
    first, again, other = (Wallet.create(domain * 32, scheme, bytes(32)) for domain in (b"a", b"a", b"b"))
    assert first.id == again.id != other.id
    assert Wallet.create(b"a" * 32, scheme).id != first.id


def test_a_wallet_never_signs_two_transactions_with_one_key():
    sender = wallet(0)
    first = sender.sign(0, Transfer(bytes(32), 5))
    assert sender.sign(0, Transfer(bytes(32), 5)) is first
    with pytest.raises(LedgerError, match="nonce 0 has signed another"):
        sender.sign(0, Transfer(bytes(32), 6))
    with pytest.raises(LedgerError, match="used up"):
        sender.sign(1024, Transfer(bytes(32), 5))
    for wrong in (Transfer(bytes(31), 5), Transfer(bytes(32), 1 << 64), Transfer(bytes(32), -1)):
        with pytest.raises(LedgerError, match="does not exist"):
            sender.sign(1, wrong)
    with pytest.raises(LedgerError, match="is no address"):
        Withdrawal("0x1234", 5)


@settings(max_examples=5)
@given(secret=st.binary(min_size=32, max_size=32), bits=st.sampled_from([1, 2, 4, 8]))
def test_other_parameters_work_too(secret, bits):
    chains = 128 // bits
    scheme = Scheme(9, bits, chains * ((1 << bits) - 1) // 2, height=2)
    key = SigningKey(scheme, secret)
    assert verify(scheme, key.public_key, 2, MESSAGE, key.sign(2, MESSAGE))
