"""Cheating provers on the real machine: no change of a proof or trace survives the verifier or the
circuit."""

import random
from dataclasses import replace

import pytest

from tests.flow.conftest import FIBONACCI
from zkm.errors import ConstraintViolation, ProofError
from zkm.field import Fr
from zkm.machine import trace
from zkm.program import load
from zkm.progress import Stages
from zkm.prove.prove import prove_tables
from zkm.tables.fill import fill
from zkm.verify.arithmetic import PLAIN
from zkm.verify.group import verify_group_part
from zkm.verify.proof import FieldProof
from zkm.verify.verify import verify_field_part
from zkm.wrap.wrap import wrap


def verify_core(core):
    system = core.keys.system
    verify_field_part(PLAIN, system, core.proof.public, core.proof.field)
    side = system.params.opening_side
    verify_group_part(side, core.proof.public, core.proof.points, core.keys.tau_g2)


def test_the_honest_proof_is_accepted(core):
    verify_core(core)
    wrap(core.keys, core.proof)


def test_changed_elements_are_caught_by_verifier_and_circuit(core):
    """60 elements of the field part, one at a time."""
    system = core.keys.system
    flat = core.proof.field.flat()
    generator = random.Random(5)
    for position in generator.sample(range(len(flat)), 60):
        changed = list(flat)
        changed[position] = changed[position] + 1
        proof = replace(core.proof, field=FieldProof.unflatten(system, changed))
        with pytest.raises(ProofError):
            verify_core(replace(core, proof=proof))
        with pytest.raises(ConstraintViolation):
            wrap(core.keys, proof)


def test_changed_shared_values_are_caught(core):
    names = list(vars(core.proof.public))
    assert len(names) == 12
    for name in names:
        public = replace(core.proof.public, **{name: getattr(core.proof.public, name) + Fr(1)})
        with pytest.raises(ProofError):
            verify_core(replace(core, proof=replace(core.proof, public=public)))


@pytest.mark.parametrize("claim", [(1, b"144\n"), (0, b"145\n"), (0, b"144"), (0, b"144\n\0"), (0, b"")])
def test_another_output_has_no_proof(core, claim):
    """The prover claims another exit code or output than its OUTPUT table holds."""
    system = core.keys.system
    data = fill(system, trace(load(FIBONACCI), b"12"))
    proof = prove_tables(system, core.keys.version, data, claim, core.keys.srs, None, Stages())
    with pytest.raises(ProofError):
        verify_core(replace(core, proof=proof))
    with pytest.raises(ConstraintViolation):
        wrap(core.keys, proof)


def test_a_changed_trace_has_no_proof(core):
    """One cell of some tables, each changed by itself (tests/prove does it in every table)."""
    system = core.keys.system
    recorded = trace(load(FIBONACCI), b"12")
    generator = random.Random(6)
    caught = 0
    for name in ("ADD", "LOGIC", "JUMP", "BOOT", "WORDS", "RANGE16"):
        index = system.index(name)
        table = system.tables[index]
        data = fill(system, recorded)
        columns = len(table.committed)
        rows = data[index].data.shape[1]
        column = generator.randrange(len(table.preprocessed), columns)
        row = generator.randrange(rows)
        data[index].data[column, row] += 1
        claim = (recorded.exit_code, recorded.output)
        proof = prove_tables(system, core.keys.version, data, claim, core.keys.srs, None, Stages())
        with pytest.raises(ProofError):
            verify_core(replace(core, proof=proof))
        caught += 1
    print(f"{caught} changed cells, each in a table of its own, were caught")
    assert caught == 6
