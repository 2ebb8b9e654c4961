"""The verifier contract on a chain: it accepts what the Python checks accept and says why it does not."""

import random
from dataclasses import replace

import pytest

from tests.contract.chain import connect, deploy_settlement, deploy_with_other_tau
from tests.contract.example import MAX_HEIGHT, changed, with_height
from tests.contract.forgery import forge_for_fixed_weight
from zkm.chain.anvil import Anvil
from zkm.contract.calldata import verify_calldata
from zkm.contract.check import verify_on_chain_proof
from zkm.contract.layout import TAIL_BYTES, encoded_length, tail_offsets
from zkm.errors import ProofError
from zkm.field import MODULUS

pytestmark = pytest.mark.chain

BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583
TAIL = dict(tail_offsets())


@pytest.fixture(scope="module")
def web3():
    with Anvil() as chain:
        yield connect(chain.url)


@pytest.fixture(scope="module")
def contracts(web3, prover):
    return deploy_settlement(web3, prover.description)


@pytest.fixture(scope="module")
def verifier(contracts):
    return contracts[0]


@pytest.mark.parametrize("slots", [3, 5, 8, 16])
@pytest.mark.parametrize("output", [b"", b"x", b"123", bytes(4), b"\xff" * 70])
def test_valid_proofs_are_accepted(verifier, prover, slots, output):
    statement, proof = prover.prove(slots, exit_code=2**32 - 1, output=output, seed=slots)
    assert verifier.verify(statement, proof) is None


def test_every_byte_of_the_calldata_counts(contracts, proven):
    """Each byte with one bit flipped: all of `settle`, which calls the verifier; a sample of `verify`."""
    statement, proof = proven
    for contract, function, step in zip(contracts, ("verify", "settle"), (7, 1), strict=True):
        data = verify_calldata(statement, proof, function)
        assert contract.call(data) is None
        accepted = [
            i
            for i in range(0, len(data), step)
            if contract.call(data[:i] + bytes([data[i] ^ (1 << i % 8)]) + data[i + 1 :]) is None
        ]
        assert accepted == []


def test_python_and_solidity_agree(verifier, prover, proven):
    """Random changes of random words, shifts of the end, other statements."""
    statement, proof = proven
    rng = random.Random(3)
    for _ in range(60):
        words = rng.randrange(1, 3)
        other = proof
        for _ in range(words):
            offset = 32 * rng.randrange(len(proof) // 32)
            value = rng.choice([0, 1, MODULUS, BASE_FIELD, 2**256 - 1, rng.randrange(2**256)])
            other = changed(other, offset, value)
        claim = replace(statement, exit_code=statement.exit_code ^ rng.randrange(2))
        try:
            verify_on_chain_proof(prover.description, claim, other)
            accepted = True
        except ProofError:
            accepted = False
        assert (verifier.verify(claim, other) is None) == accepted


def test_another_statement_is_refused(verifier, prover, proven):
    statement, proof = proven
    for change, error in [
        ({"exit_code": 4}, "InvalidProof"),
        ({"output": b"some outpuT"}, "InvalidProof"),
        ({"output": b"some output\0"}, "InvalidProof"),
        ({"output": b""}, "InvalidProof"),
        ({"program_vkey": bytes(32)}, "WrongProgram"),
    ]:
        assert verifier.verify(replace(statement, **change), proof) == error
    assert verifier.verify(statement, prover.prove(seed=2)[1]) == "WrongProgram"


def test_lengths_and_heights(verifier, proven):
    statement, proof = proven
    for other in (
        proof[:-32],
        proof + bytes(32),
        b"",
        proof[:-1],
        proof + b"\0",
        bytes(encoded_length(1)),
        bytes(encoded_length(17)),
        proof[:-64],
        bytes(TAIL_BYTES),
    ):
        assert verifier.verify(statement, other) in ("WrongLength", "PrecompileFailed")
    assert verifier.verify(statement, proof[:-1]) == "WrongLength"
    assert verifier.verify(statement, bytes(encoded_length(17))) == "WrongLength"
    assert verifier.verify(statement, with_height(proof, MAX_HEIGHT + 1)) == "WrongHeight"
    assert verifier.verify(statement, with_height(proof, 2**223)) == "WrongHeight"
    assert verifier.verify(statement, with_height(proof, MAX_HEIGHT - 1)) == "WrongProgram"
    assert verifier.verify(statement, bytes(4) + proof[4:]) == "WrongVersion"


def test_aliases_are_refused(verifier, proven):
    statement, proof = proven
    tail = len(proof) - TAIL_BYTES
    for name in ("gamma", "d1", "d2", "g_z", "y", "d3"):
        assert verifier.verify(statement, changed(proof, tail + TAIL[name], 0, MODULUS)) == "NotCanonical"
    groth16 = tail + TAIL["groth16"]
    for offset in range(32, len(proof), 32):
        is_scalar = tail + TAIL["gamma"] <= offset < groth16
        if is_scalar:
            continue
        # Slots 0 and 1 make up the program key; A's y is checked before it is negated.
        error = {groth16 + 32: "NotCanonical"}.get(
            offset, "WrongProgram" if offset < 160 else "PrecompileFailed"
        )
        assert verifier.verify(statement, changed(proof, offset, 0, BASE_FIELD)) == error, offset


def test_points_off_the_curve_or_outside_the_subgroup_are_refused(verifier, proven):
    statement, proof = proven
    groth16 = len(proof) - TAIL_BYTES + TAIL["groth16"]
    for offset in (160, len(proof) - TAIL_BYTES, groth16, groth16 + 64, groth16 + 192):
        assert verifier.verify(statement, changed(proof, offset, 1)) == "PrecompileFailed"


def test_calldata_has_one_encoding(verifier, proven):
    statement, proof = proven
    data = verify_calldata(statement, proof)
    assert verifier.call(data + b"\0") == "NonCanonicalCalldata"
    assert verifier.call(data + bytes(32)) == "NonCanonicalCalldata"
    padding = 4 + 128 + 32 + len(statement.output)
    dirty = data[:padding] + b"\1" + data[padding + 1 :]
    assert verifier.call(dirty) == "NonCanonicalCalldata"
    # The arrays in the other order, with fitting offsets.
    head, output, tail = data[:68], data[132 : 132 + 64], data[132 + 64 :]
    moved = head + (128 + len(tail)).to_bytes(32, "big") + (128).to_bytes(32, "big") + tail + output
    assert verifier.call(moved) == "NonCanonicalCalldata"


def test_the_forgery_that_a_fixed_weight_allows(web3, prover):
    description, statement, forged = forge_for_fixed_weight(prover.description)
    contract = deploy_with_other_tau(web3, prover.description, description)
    assert contract.verify(statement, forged) == "InvalidProof"


def test_too_little_gas_reverts(verifier, proven):
    statement, proof = proven
    data = verify_calldata(statement, proof)
    for gas in range(60_000, 360_000, 20_000):
        assert verifier.call(data, gas) is not None
    assert verifier.call(data) is None


def test_infinity_proves_nothing(verifier, proven):
    """Zeros are valid points of G1: none of the places may be left empty."""
    statement, proof = proven
    tail = len(proof) - TAIL_BYTES
    for offset in range(32, tail + TAIL["gamma"], 64):
        assert verifier.verify(statement, proof[:offset] + bytes(64) + proof[offset + 64 :]) is not None
    assert verifier.verify(statement, proof[:32] + bytes(len(proof) - 32)) is not None
