"""Hashes of the statement against independent encodings."""

from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from zkm.field import MODULUS
from zkm.verify.statement import Statement, output_fingerprint, output_words, program_vkey, sigma

STATEMENT = Statement(b"\x01" * 32, b"\x02" * 32, 7, b"hello")


def test_program_vkey_is_abi_encoded():
    program, boot = bytes(range(64)), bytes(range(64, 128))
    types = ["bytes32", "uint8", "uint256", "uint256", "uint256", "uint256"]
    numbers = [int.from_bytes(p[i : i + 32], "big") for p in (program, boot) for i in (0, 32)]
    assert program_vkey(b"\x07" * 32, 13, program, boot) == keccak(
        encode(types, [b"\x07" * 32, 13, *numbers])
    )


def test_sigma_changes_with_every_part():
    slots = [b"\x03" * 64, b"\x04" * 64]
    values = {
        sigma(STATEMENT, slots),
        sigma(STATEMENT, slots[:1]),
        sigma(STATEMENT, slots[::-1]),
        sigma(Statement(b"\x09" * 32, b"\x02" * 32, 7, b"hello"), slots),
        sigma(Statement(b"\x01" * 32, b"\x09" * 32, 7, b"hello"), slots),
        sigma(Statement(b"\x01" * 32, b"\x02" * 32, 8, b"hello"), slots),
        sigma(Statement(b"\x01" * 32, b"\x02" * 32, 7, b"hello\0"), slots),
    }
    assert len(values) == 7
    assert all(0 <= value < MODULUS for value in values)


@given(st.integers(0, 2**32 - 1), st.binary(max_size=40))
def test_output_words_hold_the_output(exit_code, output):
    code, length, *words = output_words(exit_code, output)
    assert (code, length) == (exit_code, len(output))
    data = b"".join(word.to_bytes(4, "big") for word in words)
    assert data[:length] == output
    assert not any(data[length:])
    assert len(data) - length < 4


@given(st.integers(0, 24), st.integers(1, MODULUS - 1), st.binary(max_size=40))
def test_fingerprint_is_the_polynomial(height, challenge, output):
    words = output_words(5, output)
    expected = height + challenge * sum(p * pow(challenge, x, MODULUS) for x, p in enumerate(words))
    assert output_fingerprint(height, challenge, 5, output) == expected % MODULUS
