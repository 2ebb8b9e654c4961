"""A valid on-chain proof in a second: random slots, a real opening, and a circuit that has the public
inputs of the real one and nothing else (its field part accepts everything).
"""

import random
from dataclasses import dataclass

import numpy as np

from zkm import _native
from zkm.commit.srs import development_srs
from zkm.contract.calldata import encode_proof
from zkm.contract.description import Description
from zkm.field import MODULUS
from zkm.params import ParameterSet
from zkm.prove.opening import prove_opening
from zkm.verify import challenges
from zkm.verify.statement import Statement, output_fingerprint, program_vkey, sigma
from zkm.verify.sumcheck import linear_combination
from zkm.verify.transcript import PUBLIC_INPUTS_TAG, hash_elements
from zkm.wrap.circuit import PUBLIC_NAMES, StatementError, public_inputs, public_inputs_digest
from zkm.wrap.groth16 import VerifyingKey, native_r1cs, prove
from zkm.wrap.r1cs import Recorder
from zkm.wrap.wires import Wires

PARAMS = ParameterSet("contract-test", table_bits=4, interaction_bits=4, slot_bits=8, slot_index_bits=4)
MAX_HEIGHT = 4
USED = 128
VERSION = bytes(range(32))
SHARED_VALUES = 12


def binding_circuit():
    """d3 = Poseidon2(tag, P) and e = Σ ξ^i P_i for private P."""
    recorder = Recorder(len(PUBLIC_NAMES), SHARED_VALUES)
    wires = Wires(recorder)
    digest, challenge, total = (wires.public(i) for i in range(len(PUBLIC_NAMES)))
    values = [wires.private(i) for i in range(SHARED_VALUES)]
    computed = hash_elements(wires, PUBLIC_INPUTS_TAG, values)
    wires.assert_equal(computed, digest, StatementError, "d3")
    wires.assert_equal(linear_combination(challenge, values), total, StatementError, "e")
    return recorder.finish()


@dataclass
class Prover:
    """Keys, and proofs of any statement of one program."""

    description: Description
    srs: _native.Srs
    r1cs: _native.R1cs
    key: _native.Groth16Key

    @staticmethod
    def make(folder):
        srs = development_srs(folder / "srs", 1 << 9)
        r1cs = native_r1cs(binding_circuit())
        key = _native.Groth16Key.development(r1cs, bytes(32))
        verifying = VerifyingKey.of(key)
        description = Description(PARAMS, MAX_HEIGHT, VERSION, verifying, srs.tau_g2, True)
        return Prover(description, srs, r1cs, key)

    def prove(self, slots=5, exit_code=3, output=b"some output", height=4, seed=1):
        """(statement, proof) with m slots."""
        rng = random.Random(seed)
        numbers = np.random.default_rng(seed)
        vectors = _native.Slots(USED, PARAMS.opening_side, slots, 2, rng.randbytes(32))
        for slot in range(slots - 1):  # the last one is the mask
            vectors.add_column(slot, 0, numbers.integers(-(2**40), 2**40, USED))
        points = [vectors.commit(self.srs, slot) for slot in range(slots)]
        vkey = program_vkey(VERSION, height, *points[:2])
        statement = Statement(VERSION, vkey, exit_code, output)
        challenge = sigma(statement, points[2:])
        fp = output_fingerprint(height, challenge, exit_code, output)
        gamma, d1, salt, *u = (rng.randrange(MODULUS) for _ in range(3 + PARAMS.slot_bits))
        opening = prove_opening(vectors, points, self.srs, (challenge, fp), (gamma, d1, u), salt)
        return statement, self.wrap(height, opening.points, opening.public)

    def wrap(self, height, points, public):
        """The Groth16 proof and the bytes."""
        d3 = public_inputs_digest(public)
        inputs = public_inputs(public, challenges.xi(d3, public.flat()))
        groth16 = prove(self.key, self.r1cs, self.r1cs.solve(inputs, public.flat()))
        return encode_proof(VERSION, height, points, public, d3, groth16)


def changed(proof, offset, value, modulus=None):
    """The proof with the word at `offset` replaced, or increased by a modulus."""
    if modulus is not None:
        value = int.from_bytes(proof[offset : offset + 32], "big") + modulus
    return proof[:offset] + value.to_bytes(32, "big") + proof[offset + 32 :]


def with_height(proof, height):
    """The proof with another k."""
    return proof[:4] + height.to_bytes(28, "big") + proof[32:]
