"""The contract's checks in Python: what they accept and what stops each forgery."""

from dataclasses import replace

import py_ecc.optimized_bn128 as bn
import pytest

from tests.contract.example import MAX_HEIGHT, changed, with_height
from tests.contract.forgery import (
    batch_product_is_one,
    cancelling,
    cancelling_if_weighed_early,
    forge_for_fixed_weight,
    product_is_one,
    unweighted_product_is_one,
)
from tests.wrap.test_groth16 import g1, g2
from zkm.contract.check import (
    PairingError,
    ProgramMismatch,
    shared_values,
    verify_on_chain_batch,
    verify_on_chain_proof,
)
from zkm.contract.layout import OnChainProof, encoded_length, tail_offsets
from zkm.curve import G2_GENERATOR, negate
from zkm.errors import MalformedProof, ProofError
from zkm.field import MODULUS
from zkm.verify.group import linear_forms, verify_group_part

BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583
TAIL = dict(tail_offsets())


@pytest.mark.parametrize("slots", [3, 4, 8, 16])
@pytest.mark.parametrize("output", [b"", b"x", b"1234", bytes(32), b"\xff" * 70])
def test_valid_proofs_are_accepted(prover, slots, output):
    statement, proof = prover.prove(slots, exit_code=2**32 - 1, output=output, seed=slots)
    assert len(proof) == encoded_length(slots)
    verify_on_chain_proof(prover.description, statement, proof)


def test_a_proof_returns_from_its_bytes(proven):
    _, proof = proven
    assert OnChainProof.decode(proof, 16).encode() == proof


def test_every_byte_counts(prover, proven):
    statement, proof = proven
    for i in range(0, len(proof), 3):
        other = proof[:i] + bytes([proof[i] ^ (1 << i % 8)]) + proof[i + 1 :]
        with pytest.raises(ProofError):
            verify_on_chain_proof(prover.description, statement, other)


def test_another_statement_is_refused(prover, proven):
    statement, proof = proven
    others = {
        PairingError: [
            {"exit_code": 4},
            {"output": b"some outpuT"},
            {"output": b"some output\0"},
            {"output": b""},
        ],
        ProgramMismatch: [{"program_vkey": bytes(32)}, {"version": bytes(32)}],
        MalformedProof: [{"exit_code": 3 + 2**32}],
    }
    for error, changes in others.items():
        for change in changes:
            with pytest.raises(error):
                verify_on_chain_proof(prover.description, replace(statement, **change), proof)


def test_a_valid_proof_of_another_statement_is_refused(prover, proven):
    statement, _ = proven
    _, other = prover.prove(seed=2)
    with pytest.raises(ProgramMismatch):
        verify_on_chain_proof(prover.description, statement, other)


def test_lengths_and_heights(prover, proven):
    statement, proof = proven
    start = len(proof) - 960
    wrong = [proof[:-1], proof + b"\0", proof[:-32], proof + bytes(32), b"", bytes(encoded_length(17))]
    wrong += [bytes(encoded_length(1)), proof[:32] + proof[start:]]
    wrong += [with_height(proof, MAX_HEIGHT + 1), with_height(proof, 2**223)]
    for other in wrong:
        with pytest.raises(MalformedProof):
            verify_on_chain_proof(prover.description, statement, other)
    with pytest.raises(ProgramMismatch):  # another height makes another key
        verify_on_chain_proof(prover.description, statement, with_height(proof, MAX_HEIGHT - 1))


def test_another_version_is_refused(prover, proven):
    statement, proof = proven
    with pytest.raises(ProgramMismatch, match="version"):
        verify_on_chain_proof(prover.description, statement, bytes(4) + proof[4:])


def test_aliases_of_scalars_and_coordinates_are_refused(prover, proven):
    statement, proof = proven
    tail = len(proof) - 960
    for name in ("gamma", "d1", "d2", "g_z", "y", "d3"):
        with pytest.raises(MalformedProof, match=name):
            verify_on_chain_proof(
                prover.description, statement, changed(proof, tail + TAIL[name], 0, MODULUS)
            )
    coordinates = [*range(tail, tail + 512, 32), *range(tail + TAIL["groth16"], len(proof), 32)]
    for offset in coordinates:
        with pytest.raises(MalformedProof):
            verify_on_chain_proof(prover.description, statement, changed(proof, offset, 0, BASE_FIELD))


@pytest.fixture(scope="module")
def claims(prover):
    """Three claims, the first two of one program."""
    return [
        prover.prove(4, output=b"one", seed=7),
        prover.prove(4, output=b"two", seed=7),
        prover.prove(6, output=b"three", seed=8),
    ]


def test_batches_are_accepted(prover, claims):
    for batch in (claims, claims[::-1], claims[:1], [claims[0]] * 2):
        verify_on_chain_batch(prover.description, batch)


def test_one_wrong_claim_spoils_a_batch(prover, claims):
    with pytest.raises(MalformedProof):
        verify_on_chain_batch(prover.description, [])
    for i, (statement, _) in enumerate(claims):
        for wrong in ((replace(statement, output=b"four"), claims[i][1]), (statement, claims[i - 1][1])):
            with pytest.raises(ProofError):
                verify_on_chain_batch(prover.description, [*claims[:i], wrong, *claims[i + 1 :]])


def test_errors_do_not_cancel_in_a_batch(prover, claims):
    """C of one proof grows by a point, C of the other loses it: without weights hashed from both, the
    product of the two equations would be one."""
    spoilt = cancelling(claims[:2])
    for statement, proof in spoilt:
        with pytest.raises(PairingError):
            verify_on_chain_proof(prover.description, statement, proof)
    assert unweighted_product_is_one(prover.description, spoilt)
    for batch in (spoilt, spoilt[::-1], [claims[2], *spoilt]):
        with pytest.raises(PairingError):
            verify_on_chain_batch(prover.description, batch)


@pytest.mark.parametrize("count", [2, 3])
def test_the_forgery_that_an_early_weight_allows(prover, claims, count):
    """A weight hashed from all proofs but the last one leaves that one free."""
    for spoilt, weight in cancelling_if_weighed_early(prover.description, claims[:count]):
        assert batch_product_is_one(prover.description, claims[:count], weight)
        assert batch_product_is_one(prover.description, spoilt, weight)
        with pytest.raises(PairingError):
            verify_on_chain_batch(prover.description, spoilt)


def test_both_equations_hold_by_themselves(prover, proven):
    statement, proof = proven
    decoded = OnChainProof.decode(proof, 16)
    public = shared_values(statement, decoded)
    verify_group_part(
        prover.description.params.opening_side, public, decoded.points, prover.description.tau_g2
    )


def test_the_forgery_that_a_fixed_weight_allows(prover):
    """With ω known beforehand (1 here) anybody who can divide by X − τ in the exponent proves anything
    with no witness; with ω hashed from everything the same bytes are refused."""
    description, statement, forged = forge_for_fixed_weight(prover.description)
    decoded = OnChainProof.decode(forged, 16)
    assert product_is_one(description, statement, decoded, weight=1)
    with pytest.raises(PairingError):
        verify_on_chain_proof(description, statement, forged)


def test_py_ecc_verifies_an_opening(prover, proven):
    statement, proof = proven
    decoded = OnChainProof.decode(proof, 16)
    public = shared_values(statement, decoded)
    forms = linear_forms(prover.description.params.opening_side, public, decoded.points)
    for form, quotient in zip(forms, (decoded.points.w1, decoded.points.w3), strict=True):
        left = bn.pairing(g2(G2_GENERATOR), g1(form), final_exponentiate=False)
        right = bn.pairing(g2(prover.description.tau_g2), g1(negate(quotient)), final_exponentiate=False)
        assert bn.final_exponentiate(left * right) == bn.FQ12.one()
