"""From a core proof to a Groth16 proof that its field part is accepted (protocol, section 8)."""

from __future__ import annotations

from dataclasses import dataclass

from zkm._native import FrVec
from zkm.progress import Stages
from zkm.prove.costs import WRAP_SECONDS
from zkm.prove.prove import CoreProof
from zkm.verify import challenges
from zkm.wrap.circuit import private_inputs, public_inputs, public_inputs_digest
from zkm.wrap.groth16 import prove
from zkm.wrap.keys import Keys

__all__ = ["WrappedProof", "circuit_wires", "wrap"]


@dataclass(frozen=True)
class WrappedProof:
    """A core proof whose field part is replaced by a proof that it is accepted.

    Attributes:
        core: its group part and shared values are what the contract sees.
        d3: digest of the shared values, Groth16's first public input.
        groth16: A ‖ B ‖ C, 256 bytes.
    """

    core: CoreProof
    d3: int
    groth16: bytes


def circuit_wires(keys: Keys, core: CoreProof, stages: Stages | None = None) -> tuple[int, FrVec]:
    """d3, and all wires of the circuit for a core proof.

    Raises:
        ConstraintViolation: the field verifier does not accept; the message names the step.
    """
    with (stages or Stages()).stage("circuit witness", WRAP_SECONDS["circuit witness"]):
        d3 = public_inputs_digest(core.public)
        xi = challenges.xi(d3, core.public.flat())
        return d3, keys.wires(public_inputs(core.public, xi), private_inputs(core.public, core.field))


def wrap(keys: Keys, core: CoreProof, stages: Stages | None = None) -> WrappedProof:
    """Prove that the field verifier accepts.

    Raises:
        ConstraintViolation: it does not; the message names the step.
        SetupError: the key belongs to another circuit.
    """
    stages = stages or Stages()
    d3, wires = circuit_wires(keys, core, stages)
    with stages.stage("Groth16", WRAP_SECONDS["Groth16"]):
        proof = prove(keys.groth16, keys.r1cs, wires)
    return WrappedProof(core, d3, proof)
