"""Real proofs, the real verifier behind a router behind a settlement: no change of a proof gets through."""

import random

import py_ecc.optimized_bn128 as bn
import pytest

from tests.contract.example import changed, with_height
from tests.contracts.node import Node
from tests.contracts.reverts import reverts
from zkm.chain.settlement import settlement_id
from zkm.contract.calldata import batch_calldata, claim, verify_calldata
from zkm.contract.layout import OnChainProof, tail_offsets
from zkm.curve import G1_GENERATOR, G2_GENERATOR, negate
from zkm.field import MODULUS

BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583
SCALARS = ("gamma", "d1", "d2", "g_z", "y", "d3")
TAIL = dict(tail_offsets())


@pytest.fixture
def router(project, owner, real_verifier):
    contract = owner.deploy(project.VerifierRouter, owner, True)
    contract.addVerifier(real_verifier, sender=owner)
    return contract


@pytest.fixture
def settlement(project, owner, router):
    return owner.deploy(project.Settlement, router)


@pytest.fixture
def refusal(owner, chain, router, real_verifier, settlement):
    """What settling a statement with these bytes for a proof reverts with."""
    node = Node(chain.provider, router, real_verifier, settlement)
    return lambda statement, proof: node.call(owner, settlement, verify_calldata(statement, proof, "settle"))


def identity(settlement, chain, statement):
    parts = statement.program_vkey, statement.exit_code, statement.output
    return settlement_id(chain.provider.chain_id, settlement.address, *parts)


def test_the_proof_is_the_same_for_router_and_verifier(project, owner, settlement, real_verifier, proven):
    direct = owner.deploy(project.Settlement, real_verifier)
    for contract in (settlement, direct):
        contract.verify(*claim(*proven))
        contract.settle(*claim(*proven), sender=owner)
        assert contract.isSettled(contract.settlementId(*claim(*proven)[:3]))


def test_each_field_of_a_proof_counts(refusal, proven):
    statement, proof = proven
    assert refusal(statement, proof) is None
    tail = len(proof) - 960
    assert refusal(statement, b"\xff" + proof[1:]) == "UnknownVerifier"
    assert refusal(statement, with_height(proof, 5)) == "WrongHeight"
    assert refusal(statement, with_height(proof, 3)) == "WrongProgram"
    points = [32, 96, *range(160, tail, 64), *(tail + at for name, at in TAIL.items() if name not in SCALARS)]
    groth16 = tail + TAIL["groth16"]
    for at in points:
        key = at < 160
        # Off the curve, out of range, and a point that is not this one.
        for offset in (at, at + 32):
            word = int.from_bytes(proof[offset : offset + 32], "big")
            error = "WrongProgram" if key else "PrecompileFailed"
            assert refusal(statement, changed(proof, offset, word ^ 1)) == error, offset
            range_error = "NotCanonical" if offset == groth16 + 32 else error
            assert refusal(statement, changed(proof, offset, 0, BASE_FIELD)) == range_error, offset
        for point in (G1_GENERATOR, bytes(64), negate(proof[at : at + 64])):
            other = proof[:at] + point + proof[at + 64 :]
            assert refusal(statement, other) == ("WrongProgram" if key else "InvalidProof"), at
    for at in range(groth16 + 64, groth16 + 192, 32):
        word = int.from_bytes(proof[at : at + 32], "big")
        assert refusal(statement, changed(proof, at, word ^ 1)) == "PrecompileFailed"
        assert refusal(statement, changed(proof, at, 0, BASE_FIELD)) == "PrecompileFailed"
    for point in (G2_GENERATOR, bytes(128)):
        other = proof[: groth16 + 64] + point + proof[groth16 + 192 :]
        assert refusal(statement, other) == "InvalidProof"
    at = groth16 + 192
    assert refusal(statement, proof[:at] + G1_GENERATOR) == "InvalidProof"
    for name in SCALARS:
        at = tail + TAIL[name]
        word = int.from_bytes(proof[at : at + 32], "big")
        for value in ((word + 1) % MODULUS, 0, MODULUS - 1):
            assert refusal(statement, changed(proof, at, value)) == "InvalidProof", name
        for value in (word + MODULUS, MODULUS, 2**256 - 1):
            assert refusal(statement, changed(proof, at, value)) == "NotCanonical", name


def test_lengths(refusal, proven):
    statement, proof = proven
    assert refusal(statement, b"") == "NoSelector"
    assert refusal(statement, proof[:3]) == "NoSelector"
    lengths = [4, 32, 160, 992, 1056, 1119, len(proof) - 32, len(proof) - 1, len(proof) + 1, len(proof) + 32]
    for length in [*lengths, 32 + 17 * 64 + 960, 5000]:
        assert refusal(statement, (proof + bytes(5000))[:length]) == "WrongLength", length
    # A slot less or more has a valid length.
    assert refusal(statement, proof[:160] + proof[224:]) == "InvalidProof"
    assert refusal(statement, proof[:160] + G1_GENERATOR + proof[160:]) == "InvalidProof"


def test_a_point_outside_the_subgroup(refusal, proven):
    statement, proof = proven
    at = len(proof) - 192
    assert refusal(statement, proof[:at] + off_subgroup() + proof[at + 128 :]) == "PrecompileFailed"


def off_subgroup():
    """A point of the twist that is not in G2, in the EVM's form."""
    for x in range(1, 50):
        coordinate = bn.FQ2([x, 0])
        root = square_root(coordinate * coordinate * coordinate + bn.b2)
        if root is None:
            continue
        candidate = (coordinate, root, bn.FQ2.one())
        assert bn.is_on_curve(candidate, bn.b2)
        if not bn.is_inf(bn.multiply(candidate, bn.curve_order)):
            words = (coordinate.coeffs[1], coordinate.coeffs[0], root.coeffs[1], root.coeffs[0])
            return b"".join(int(word).to_bytes(32, "big") for word in words)
    raise AssertionError


def square_root(value):
    """A square root in Fq[i], i² = −1, q = 3 mod 4; None if there is none."""
    first = value ** ((BASE_FIELD - 3) // 4)
    square = first * first * value
    root = first * value
    if square == bn.FQ2([BASE_FIELD - 1, 0]):
        root = root * bn.FQ2([0, 1])
    else:
        root = (square + bn.FQ2.one()) ** ((BASE_FIELD - 1) // 2) * root
    return root if root * root == value else None


def reencoded(prover, proven):
    """Other valid proofs of the same statement."""
    statement, proof = proven
    decoded = OnChainProof.decode(proof, 16)
    a, b, c = decoded.groth16[:64], decoded.groth16[64:192], decoded.groth16[192:]
    q_word = lambda at: int.from_bytes(b[at : at + 32], "big")  # noqa: E731
    minus_b = b[:64] + b"".join(
        ((BASE_FIELD - q_word(at)) % BASE_FIELD).to_bytes(32, "big") for at in (64, 96)
    )
    yield proof[:-256] + negate(a) + minus_b + c
    again = prover.prove(5)
    assert again[0] == statement
    yield again[1]
    longer = prover.prove(7)
    assert longer[0] == statement
    yield longer[1]


def test_a_statement_is_settled_once_however_it_is_proven(prover, proven, settlement, owner, chain):
    statement, proof = proven
    others = list(reencoded(prover, proven))
    assert len({proof, *others}) == 4
    for other in others:
        settlement.verify(*claim(statement, other))
    settlement.settle(*claim(statement, others[0]), sender=owner)
    for other in (proof, *others):
        with reverts(settlement.AlreadySettled, id=identity(settlement, chain, statement)):
            settlement.settle(*claim(statement, other), sender=owner)
        with reverts(settlement.AlreadySettled):
            settlement.settleBatch([claim(statement, other)], sender=owner)
    assert settlement.settlementCount(statement.program_vkey) == 1


def test_replays_elsewhere_are_other_settlements(project, proven, router, settlement, owner, chain):
    """A statement is a fact: on another contract and chain it can be settled too, under another id."""
    statement, proof = proven
    settlement.settle(*claim(statement, proof), sender=owner)
    first = identity(settlement, chain, statement)
    second = owner.deploy(project.Settlement, router)
    assert not second.isSettled(first)
    second.settle(*claim(statement, proof), sender=owner)
    assert second.isSettled(identity(second, chain, statement)) and not second.isSettled(first)

    before = chain.provider.chain_id
    node = Node(chain.provider, settlement)
    # Anvil's own keys sign for the first chain id only.
    chain.provider.make_request("anvil_autoImpersonateAccount", [True])
    chain.provider.make_request("anvil_setChainId", [before + 1])
    try:
        (elsewhere,) = node.view(
            settlement, "settlementId(bytes32,uint32,bytes)", *claim(statement, proof)[:3]
        )
        parts = statement.program_vkey, statement.exit_code, statement.output
        assert elsewhere == settlement_id(before + 1, settlement.address, *parts) != first
        assert node.view(settlement, "isSettled(bytes32)", elsewhere) == [bytes(32)]
        data = verify_calldata(statement, proof, "settle")
        assert node.send(owner, settlement, data) is None
        assert node.call(owner, settlement, data) == "AlreadySettled"
    finally:
        chain.provider.make_request("anvil_setChainId", [before])
        chain.provider.make_request("anvil_autoImpersonateAccount", [False])


def test_batches_of_real_proofs(prover, settlement, real_verifier, owner):
    claims = [prover.prove(4, output=bytes([i]), seed=40) for i in range(3)]
    claims.append(prover.prove(3, seed=41))
    settlement.settleBatch([claim(*entry) for entry in claims], sender=owner)
    assert settlement.settlementCount(claims[0][0].program_vkey) == 3
    (statement, proof), other = prover.prove(4, output=b"new", seed=40), claims[3][1]
    with reverts(real_verifier.WrongProgram):
        settlement.settleBatch([claim(statement, other)], sender=owner)
    with reverts(real_verifier.InvalidProof):
        spoilt = changed(proof, len(proof) - 960 + TAIL["y"], 1)
        settlement.settleBatch([claim(*claims[0]), claim(statement, spoilt)], sender=owner)


def test_a_root_moves_by_a_real_proof(prover, settlement, real_verifier, owner):
    old, new = bytes(31) + b"\1", bytes(31) + b"\2"
    statement, proof = prover.prove(4, exit_code=0, output=old + new + b"rest", seed=50)
    key = statement.program_vkey
    settlement.registerProgram(key, "chain", "", True, old, sender=owner)
    with reverts(real_verifier.InvalidProof):
        settlement.advance(owner, key, old + old + b"rest", proof, sender=owner)
    settlement.advance(owner, key, statement.output, proof, sender=owner)
    assert bytes(settlement.root(owner, key)) == new


def test_a_removed_version_proves_nothing(proven, router, settlement, owner):
    statement, proof = proven
    router.removeVerifier(statement.version[:4], sender=owner)
    with reverts(router.VerifierWasRemoved):
        settlement.settle(*claim(statement, proof), sender=owner)
    with reverts(router.VerifierWasRemoved):
        settlement.settleBatch([claim(statement, proof)], sender=owner)


def test_flipped_bits_of_whole_calls(owner, chain, proven, router, real_verifier, settlement):
    """A sample of all bytes of `settle` and `settleBatch` through the router (tests/contract: every byte)."""
    node = Node(chain.provider, router, real_verifier, settlement)
    rng = random.Random(6)
    for data in (verify_calldata(*proven, "settle"), batch_calldata([proven], "settleBatch")):
        assert node.call(owner, settlement, data) is None
        for i in rng.sample(range(len(data)), 150):
            other = data[:i] + bytes([data[i] ^ (1 << rng.randrange(8))]) + data[i + 1 :]
            assert node.call(owner, settlement, other) is not None, i
