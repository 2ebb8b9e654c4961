"""`verifyBatch` on a chain: it accepts what single calls accept, and nothing hides among the others."""

import random
from dataclasses import replace

import pytest

from tests.contract.chain import connect, deploy_settlement
from tests.contract.example import changed
from tests.contract.forgery import cancelling, cancelling_if_weighed_early
from zkm.chain.anvil import Anvil
from zkm.contract.calldata import batch_calldata, claim
from zkm.contract.check import verify_on_chain_batch
from zkm.contract.layout import TAIL_BYTES, tail_offsets
from zkm.errors import ProofError
from zkm.field import MODULUS

pytestmark = pytest.mark.chain

TAIL = dict(tail_offsets())


@pytest.fixture(scope="module")
def contracts(prover):
    with Anvil() as chain:
        yield deploy_settlement(connect(chain.url), prover.description)


@pytest.fixture(scope="module")
def claims(prover):
    """Four claims: two of one program, two of others."""
    return [
        prover.prove(4, output=b"", seed=20),
        prover.prove(4, output=b"second", seed=20),
        prover.prove(5, output=bytes(33), seed=21),
        prover.prove(3, output=b"fourth", exit_code=0, seed=22),
    ]


@pytest.fixture
def verify(contracts):
    return lambda claims: contracts[0].call(batch_calldata(claims))


def test_batches_of_valid_claims_are_accepted(verify, claims):
    for batch in (claims, claims[::-1], claims[1:2], [claims[0], claims[2], claims[0]], claims * 3):
        assert verify(batch) is None


def test_one_wrong_claim_spoils_a_batch(verify, claims):
    assert verify([]) == "EmptyBatch"
    for i, (statement, proof) in enumerate(claims):
        wrong = {
            "InvalidProof": [
                (replace(statement, output=b"false"), proof),
                (replace(statement, exit_code=9), proof),
                (statement, changed(proof, len(proof) - TAIL_BYTES + TAIL["y"], 5)),
            ],
            "WrongProgram": [(statement, claims[i - 2][1])],
            "WrongVersion": [(statement, bytes(4) + proof[4:])],
            "WrongLength": [(statement, proof[:-1]), (statement, b"")],
            "NotCanonical": [(statement, changed(proof, len(proof) - TAIL_BYTES + TAIL["d1"], 0, MODULUS))],
        }
        for error, others in wrong.items():
            for other in others:
                assert verify([*claims[:i], other, *claims[i + 1 :]]) == error


def test_points_of_every_claim_are_checked(verify, claims):
    """The first proof's A reaches the pairing as it is, the others' are multiplied: both are checked."""
    for i, (statement, proof) in enumerate(claims[:2]):
        at = len(proof) - TAIL_BYTES + TAIL["groth16"]
        for offset in (at, at + 64, at + 192, 160, len(proof) - TAIL_BYTES + TAIL["w3"]):
            batch = [*claims[:i], (statement, changed(proof, offset, 1)), *claims[i + 1 :]]
            assert verify(batch) == "PrecompileFailed", offset
        # −A has another y; A's y is below q.
        assert verify([*claims[:i], (statement, changed(proof, at + 32, 7)), *claims[i + 1 :]]) is not None


def test_errors_do_not_cancel(verify, claims):
    spoilt = cancelling(claims[:2])
    for batch in (spoilt, spoilt[::-1], [*spoilt, claims[2]], [claims[2], *spoilt]):
        assert verify(batch) == "InvalidProof"


@pytest.mark.parametrize("count", [2, 3])
def test_the_forgery_that_an_early_weight_allows(verify, prover, claims, count):
    for spoilt, _ in cancelling_if_weighed_early(prover.description, claims[:count]):
        assert verify(spoilt) == "InvalidProof"


def test_every_byte_of_the_calldata_counts(contracts, claims):
    for contract, function, step in zip(contracts, ("verifyBatch", "settleBatch"), (23, 7), strict=True):
        data = batch_calldata(claims[:2], function)
        assert contract.call(data) is None
        accepted = [
            i
            for i in range(0, len(data), step)
            if contract.call(data[:i] + bytes([data[i] ^ (1 << i % 8)]) + data[i + 1 :]) is None
        ]
        assert accepted == []


def test_calldata_has_one_encoding(contracts, claims):
    for contract, function in zip(contracts, ("verifyBatch", "settleBatch"), strict=True):
        data = batch_calldata(claims[:2], function)
        assert contract.call(data + b"\0") == "NonCanonicalCalldata"
        assert contract.call(data + bytes(32)) == "NonCanonicalCalldata"
        # The claims in the other order in memory, with fitting offsets: the same arguments.
        head, body = data[:68], data[68:]
        first, second = (int.from_bytes(body[i : i + 32], "big") for i in (0, 32))
        one, two = body[first:second], body[second:]
        offsets = [(64 + len(two)).to_bytes(32, "big"), (64).to_bytes(32, "big")]
        assert contract.call(head + b"".join(offsets) + two + one) == "NonCanonicalCalldata"
        # Both offsets at one claim.
        same = (64).to_bytes(32, "big") * 2 + one
        assert contract.call(head + same) == "NonCanonicalCalldata"
        # A gap before the claims.
        shifted = [(offset + 32).to_bytes(32, "big") for offset in (first, second)]
        assert contract.call(head + b"".join(shifted) + bytes(32) + body[64:]) == "NonCanonicalCalldata"


def test_a_claim_does_not_begin_inside_another(contracts, prover, claims):
    """The second claim's head stands in the first one's output, and points from there to the second one's
    output and proof: the same arguments again.
    """
    statement, proof = prover.prove(4, output=bytes(128), seed=23)
    inside = 64 + 128 + 32  # counted from the claims' offsets: behind these, a head and a length
    second = int.from_bytes(batch_calldata([(statement, proof), claims[1]])[100:132], "big")
    (key, exit_code, output, _) = claim(*claims[1])
    at_proof = second + 128 + 32 + 32 * -(-len(output) // 32)
    words = [exit_code, second + 128 - inside, at_proof - inside]
    head = key + b"".join(word.to_bytes(32, "big") for word in words)
    batch = [prover.prove(4, output=head, seed=23), claims[1]]
    for contract, function in zip(contracts, ("verifyBatch", "settleBatch"), strict=True):
        data = batch_calldata(batch, function)
        assert contract.call(data) is None
        assert data[68 + inside : 68 + inside + 128] == head
        moved = data[:100] + inside.to_bytes(32, "big") + data[132:]
        assert contract.call(moved) == "NonCanonicalCalldata"


def test_python_and_solidity_agree(verify, prover, claims):
    rng = random.Random(4)
    seen = set()
    for _ in range(40):
        batch = rng.choices(claims, k=rng.randrange(1, 4))
        if rng.random() < 0.6:
            i = rng.randrange(len(batch))
            statement, proof = batch[i]
            value = rng.choice([0, 1, MODULUS, 2**256 - 1, rng.randrange(2**256)])
            batch[i] = statement, changed(proof, 32 * rng.randrange(len(proof) // 32), value)
        try:
            verify_on_chain_batch(prover.description, batch)
            accepted = True
        except ProofError:
            accepted = False
        assert (verify(batch) is None) == accepted
        seen.add(accepted)
    assert seen == {True, False}
