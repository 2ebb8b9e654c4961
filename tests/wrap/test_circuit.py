"""The circuit accepts what the field verifier accepts, and nothing else."""

from __future__ import annotations

import random

import pytest

from tests.reference.r1cs import Reference, native
from tests.reference.tampering import PUBLIC, expected_errors
from tests.reference.toy_prover import Toy, prove
from tests.reference.toy_system import statement_data, statement_system
from zkm.errors import ConstraintViolation
from zkm.field import MODULUS, Fr
from zkm.params import LARGE, SMALL, TINY, ParameterSet
from zkm.tables.registry import machine_system
from zkm.verify.proof import FieldProof, PublicInputs
from zkm.verify.transcript import PUBLIC_INPUTS_TAG, inventory, permutation_widths
from zkm.wrap.circuit import (
    PUBLIC_NAMES,
    build_circuit,
    private_inputs,
    public_inputs,
    public_inputs_digest,
)

CHALLENGE = 0x1234567890ABCDEF
SAMPLES = 100


@pytest.fixture(scope="module")
def circuit() -> Reference:
    return Reference(build_circuit(statement_system()))


@pytest.fixture(scope="module")
def toy() -> Toy:
    return prove(*statement_data(5))


def violated_steps(circuit: Reference, public: list[Fr], private: list[Fr]) -> list[str]:
    """Steps whose checks fail, in order."""
    violated = circuit.failed_checks(circuit.solve_fast(public, private))
    return [circuit.system.labels[i].split(":")[0] for i in violated]


@pytest.mark.parametrize("steps", [0, 1, 64])
def test_honest_proofs_satisfy_the_circuit(circuit: Reference, steps: int) -> None:
    made = prove(*statement_data(steps), seed=steps)
    public = public_inputs(made.public, CHALLENGE)
    witness = circuit.solve(public, private_inputs(made.public, made.proof))
    assert circuit.violated(witness) == []


def test_tampered_proofs_do_not(circuit: Reference, toy: Toy) -> None:
    """Also at the step that the manifest names (later steps may fail, too)."""
    system = statement_system()
    expected = expected_errors(system)
    public = public_inputs(toy.public, CHALLENGE)
    elements = toy.proof.flat()
    for index in random.Random(1).sample(range(len(elements)), SAMPLES):
        changed = list(elements)
        changed[index] = changed[index] + 2 + index
        proof = FieldProof.unflatten(system, changed)
        steps = violated_steps(circuit, public, private_inputs(toy.public, proof))
        assert expected[index][1].step in steps, expected[index]


@pytest.mark.parametrize("name", PUBLIC)
def test_shared_values_are_bound(circuit: Reference, toy: Toy, name: str) -> None:
    """Another value in the private wires alone breaks d3 and e; with d3 and e to match, the step
    that uses it."""
    values = {f: getattr(toy.public, f) for f in PUBLIC}
    values[name] = values[name] + 1
    changed = PublicInputs(**values)
    private = private_inputs(changed, toy.proof)
    steps = violated_steps(circuit, public_inputs(toy.public, CHALLENGE), private)
    assert steps[:2] == ["public inputs", "public inputs"]
    steps = violated_steps(circuit, public_inputs(changed, CHALLENGE), private)
    assert PUBLIC[name].step in steps and "public inputs" not in steps


def test_public_inputs_are_bound(circuit: Reference, toy: Toy) -> None:
    honest = public_inputs(toy.public, CHALLENGE)
    private = private_inputs(toy.public, toy.proof)
    for i in range(len(PUBLIC_NAMES)):
        wrong = list(honest)
        wrong[i] = wrong[i] + 1
        assert violated_steps(circuit, wrong, private) == ["public inputs"]


def test_public_inputs_are_the_protocols(toy: Toy) -> None:
    """d3 and e by their definitions."""
    digest, challenge, total = public_inputs(toy.public, CHALLENGE)
    assert digest == public_inputs_digest(toy.public)
    assert challenge == CHALLENGE
    expected = sum(x * pow(CHALLENGE, i, MODULUS) for i, x in enumerate(toy.public.flat()))
    assert total == expected % MODULUS
    assert PUBLIC_INPUTS_TAG > 0


def test_every_single_wire_is_constrained(circuit: Reference, toy: Toy) -> None:
    """One wire of an honest witness changed, nothing solved again: some constraint fails. Every
    wire occurs in a constraint, and a sample is changed."""
    system = circuit.system
    used = set(system.a.wire.tolist()) | set(system.b.wire.tolist()) | set(system.c.wire.tolist())
    assert used == set(range(system.n_wires))
    witness = circuit.solve(public_inputs(toy.public, CHALLENGE), private_inputs(toy.public, toy.proof))
    rows: dict[int, list[int]] = {}
    for matrix in (circuit.a, circuit.b, circuit.c):
        for i, row in enumerate(matrix.rows):
            for wire, _ in row:
                rows.setdefault(wire, []).append(i)
    rng = random.Random(2)
    inputs = 1 + system.n_public + system.n_private
    sample = [*range(1, inputs), *rng.sample(range(inputs, system.n_wires), 2000)]
    for wire in sample:
        changed = list(witness)
        changed[wire] = (changed[wire] + rng.randrange(1, MODULUS)) % MODULUS
        assert not all(circuit.holds(i, changed) for i in rows[wire]), wire


def test_size(circuit: Reference) -> None:
    """Poseidon2 in the transcript costs what the inventory says; sections add up."""
    system = circuit.system
    cost = {3: 240, 4: 264, 8: 363, 16: 555}
    exchanges = inventory(statement_system())
    widths = [w for e in exchanges for w in permutation_widths(e.length, len(e.challenges))]
    hashing = sum(cost[w] for w in (*widths, 8, 16))
    assert hashing <= system.n_constraints <= hashing * 1.4
    assert sum(system.sections.values()) == system.n_constraints
    assert system.n_private == 12 + FieldProof.length(statement_system())
    assert list(system.sections) == [
        "public inputs",
        "shape",
        "statement",
        "gkr",
        "zerocheck",
        "constraints and interactions",
        "column values",
        "stacking",
        "slot weights",
        "slot values",
        "opening",
    ]


def test_circuit_is_deterministic(circuit: Reference) -> None:
    assert build_circuit(statement_system()).digest() == circuit.system.digest()


@pytest.mark.parametrize(("params", "limit"), [(TINY, 1 << 17), (SMALL, 1 << 17), (LARGE, 1 << 18)])
def test_machine_circuit_fits_its_domain(params: ParameterSet, limit: int) -> None:
    """With the rows that snarkjs adds: one for each public input and one for the constant."""
    circuit = build_circuit(machine_system(params))
    assert circuit.n_constraints + len(PUBLIC_NAMES) + 1 <= limit


def test_native_solver_agrees(circuit: Reference, toy: Toy) -> None:
    """Digest, every wire, and the name of the first check that fails."""
    system = circuit.system
    solver = native(system)
    assert solver.digest == system.digest()
    public = public_inputs(toy.public, CHALLENGE)
    private = private_inputs(toy.public, toy.proof)
    wires = solver.solve(public, private)
    assert wires.to_list() == circuit.solve(public, private)
    private[-1] = private[-1] + 1
    with pytest.raises(ConstraintViolation, match="opening: d2"):
        solver.solve(public, private)
