"""The universal circuit: the field verifier run on wires (protocol, section 8).

It is the same for every program. Its public inputs are three: d3, ξ and e. The twelve values P that
field part and group part share are private wires, bound by d3 = Poseidon2(own tag, P) and
e = Σ ξ^i P_i, where the contract draws ξ from d3 and its own values of P: two different P agree
with probability 12/r.
"""

from __future__ import annotations

from typing import Final

from zkm.errors import ProofError
from zkm.field import Fr
from zkm.tables.system import System
from zkm.verify.arithmetic import PLAIN
from zkm.verify.proof import FieldProof, PublicInputs
from zkm.verify.sumcheck import linear_combination
from zkm.verify.transcript import PUBLIC_INPUTS_TAG, hash_elements
from zkm.verify.verify import verify_field_part
from zkm.wrap.r1cs import ConstraintSystem, Recorder
from zkm.wrap.wires import Wires

__all__ = [
    "PUBLIC_NAMES",
    "StatementError",
    "build_circuit",
    "private_inputs",
    "public_inputs",
    "public_inputs_digest",
    "public_inputs_sum",
]

PUBLIC_NAMES: Final = ("d3", "ξ", "e")
"""Groth16's public inputs, in order."""

SHARED_VALUES: Final = 12


class StatementError(ProofError):
    """Public inputs that are not the digest and sum of the shared values."""

    step = "public inputs"


def build_circuit(system: System) -> ConstraintSystem:
    """The constraints of the field verifier for this system (`small`: some seconds)."""
    recorder = Recorder(len(PUBLIC_NAMES), SHARED_VALUES + FieldProof.length(system))
    wires = Wires(recorder)
    private = [wires.private(i) for i in range(recorder.n_private)]
    shared = PublicInputs(*private[:SHARED_VALUES])
    with recorder.section("public inputs"):
        digest, challenge, total = (wires.public(i) for i in range(len(PUBLIC_NAMES)))
        values = shared.flat()
        computed = hash_elements(wires, PUBLIC_INPUTS_TAG, values)
        wires.assert_equal(computed, digest, StatementError, "d3")
        wires.assert_equal(linear_combination(challenge, values), total, StatementError, "e")
    verify_field_part(wires, system, shared, FieldProof.unflatten(system, private[SHARED_VALUES:]))
    return recorder.finish()


def private_inputs(public: PublicInputs[Fr], proof: FieldProof[Fr]) -> list[Fr]:
    """The private inputs in the order in which the circuit declares them."""
    return public.flat() + proof.flat()


def public_inputs_digest(public: PublicInputs[Fr]) -> Fr:
    """d3 = Poseidon2(own tag, the twelve shared values)."""
    return hash_elements(PLAIN, PUBLIC_INPUTS_TAG, public.flat())


def public_inputs_sum(public: PublicInputs[Fr], challenge: int) -> Fr:
    """e = Σ ξ^i P_i."""
    return linear_combination(Fr(challenge), public.flat())


def public_inputs(public: PublicInputs[Fr], challenge: int) -> list[Fr]:
    """Groth16's public inputs for a challenge ξ drawn from d3 and the shared values."""
    digest = public_inputs_digest(public)
    return [digest, Fr(challenge), public_inputs_sum(public, challenge)]
