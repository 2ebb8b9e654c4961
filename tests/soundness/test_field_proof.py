"""The machine's own proofs: every field of one changed, by the field verifier and by the circuit; and
statements that are not what the tables say.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.reference.r1cs import native
from tests.reference.tampering import PROOF, PUBLIC, expected_errors
from zkm._native import R1cs
from zkm.commit.srs import development_srs
from zkm.errors import ConstraintViolation, ProofError
from zkm.field import Fr
from zkm.machine import Trace, trace
from zkm.params import TINY
from zkm.program import load
from zkm.progress import Stages
from zkm.prove.prove import CoreProof, SrsSource, prove_core, prove_tables
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system
from zkm.verify.arithmetic import PLAIN
from zkm.verify.proof import FieldProof, PublicInputs
from zkm.verify.stacking import StackingError
from zkm.verify.verify import verify_field_part
from zkm.wrap.circuit import build_circuit, private_inputs, public_inputs

GUEST = Path(__file__).parents[2] / "examples/guests/sha256/sha256.elf"
SYSTEM = machine_system(TINY)
VERSION = bytes(32)
CHALLENGE = 0x1234567890ABCDEF
SAMPLES = 3


@pytest.fixture(scope="module")
def srs(tmp_path_factory: pytest.TempPathFactory) -> SrsSource:
    path = tmp_path_factory.mktemp("srs") / "srs.bin"
    return lambda length: development_srs(path, length)


@pytest.fixture(scope="module")
def recorded() -> Trace:
    return trace(load(GUEST.read_bytes(), []), b"abc")


@pytest.fixture(scope="module")
def core(srs: SrsSource, recorded: Trace) -> CoreProof:
    return prove_core(SYSTEM, VERSION, recorded, srs)


@pytest.fixture(scope="module")
def circuit() -> R1cs:
    return native(build_circuit(SYSTEM))


def wrapped(circuit: R1cs, public: PublicInputs[Fr], proof: FieldProof[Fr]) -> None:
    """Solve the circuit; ConstraintViolation if it has no witness."""
    circuit.solve(public_inputs(public, CHALLENGE), private_inputs(public, proof))


def test_honest(circuit: R1cs, core: CoreProof) -> None:
    verify_field_part(PLAIN, SYSTEM, core.public, core.field)
    wrapped(circuit, core.public, core.field)
    data = core.field.encode(SYSTEM)
    assert FieldProof.decode(SYSTEM, data) == core.field


def test_every_field_of_the_proof(circuit: R1cs, core: CoreProof) -> None:
    """The first, the last and some other elements of every field; the circuit's first failing check
    is never of a later step than the verifier's."""
    elements = core.field.flat()
    expected = expected_errors(SYSTEM)
    positions: dict[str, list[int]] = {name: [] for name in PROOF}
    for index, (name, _) in enumerate(expected):
        positions[name].append(index)
    rng = random.Random(5)
    caught: Counter[str] = Counter()
    for name, indexes in positions.items():
        chosen = {indexes[0], indexes[-1], *rng.sample(indexes, min(SAMPLES, len(indexes)))}
        for index in chosen:
            changed = list(elements)
            changed[index] = changed[index] + rng.randrange(2, 1 << 200)
            proof = FieldProof.unflatten(SYSTEM, changed)
            with pytest.raises(ProofError) as raised:
                verify_field_part(PLAIN, SYSTEM, core.public, proof)
            assert raised.type is PROOF[name], (name, index)
            with pytest.raises(ConstraintViolation, match=f"{PROOF[name].step}: "):
                wrapped(circuit, core.public, proof)
            caught[name] += 1
    assert caught.keys() == PROOF.keys()


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_input(circuit: R1cs, core: CoreProof, name: str) -> None:
    values = {f: getattr(core.public, f) for f in PUBLIC}
    values[name] = values[name] + 1
    public = PublicInputs(**values)
    with pytest.raises(PUBLIC[name]):
        verify_field_part(PLAIN, SYSTEM, public, core.field)
    with pytest.raises(ConstraintViolation, match=f"{PUBLIC[name].step}: "):
        wrapped(circuit, public, core.field)
    with pytest.raises(ConstraintViolation, match="public inputs: "):
        circuit.solve(public_inputs(core.public, CHALLENGE), private_inputs(public, core.field))


@pytest.mark.parametrize("what", ["exit code", "a byte more"])
def test_other_results(srs: SrsSource, recorded: Trace, circuit: R1cs, what: str) -> None:
    """A prover who follows the protocol but claims another result than the tables'."""
    output = recorded.output
    results = {
        "exit code": (recorded.exit_code + 1, output),
        "a byte more": (recorded.exit_code, output + b"\0"),
    }
    data = fill(SYSTEM, recorded)
    made = prove_tables(SYSTEM, VERSION, data, results[what], srs, None, Stages())
    with pytest.raises(StackingError):
        verify_field_part(PLAIN, SYSTEM, made.public, made.field)
    with pytest.raises(ConstraintViolation, match="stacking: "):
        wrapped(circuit, made.public, made.field)
