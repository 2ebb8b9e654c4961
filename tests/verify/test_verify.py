"""The field verifier as a whole: honest proofs pass, every change of one is caught where the manifest
of tests/reference/tampering.py says, and false statements cannot be proven by following the
protocol.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest

from tests.reference.tampering import PROOF, PUBLIC, expected_errors
from tests.reference.toy_prover import Toy, place, prove
from tests.reference.toy_system import statement_data
from tests.tables.toy import toy_data, toy_system
from zkm.errors import ProofError
from zkm.field import Fr
from zkm.tables.system import System
from zkm.verify.arithmetic import PLAIN
from zkm.verify.gkr import RootError
from zkm.verify.opening import OpeningError
from zkm.verify.proof import FieldProof, GkrLayer, PublicInputs
from zkm.verify.shape import Layout, Shape, ShapeBits, ShapeError
from zkm.verify.stacking import StackingError
from zkm.verify.verify import verify_field_part
from zkm.verify.zerocheck import ZerocheckError

STEPS = 5


@pytest.fixture(scope="module")
def system() -> System:
    return statement_data(STEPS)[0]


@pytest.fixture(scope="module")
def toy(system: System) -> Toy:
    return prove(system, statement_data(STEPS)[1])


def check(system: System, public: PublicInputs[Fr], proof: FieldProof[Fr]) -> None:
    verify_field_part(PLAIN, system, public, proof)


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4, 63, 64])
def test_honest_proofs_of_every_height(steps: int) -> None:
    system, data = statement_data(steps)
    made = prove(system, data, seed=steps)
    check(system, made.public, made.proof)


def test_system_without_program_and_output() -> None:
    system = toy_system()
    made = prove(system, toy_data(system, 9))
    check(system, made.public, made.proof)


def test_heights_above_the_need(system: System) -> None:
    """A prover may choose a higher table than its rows need."""
    _, data = statement_data(STEPS)
    step = replace(data[1], height=data[1].height + 1)
    made = prove(system, [data[0], step, *data[2:]])
    check(system, made.public, made.proof)


# ------------------------------------------------------------------ tampering


def test_manifest_names_every_field() -> None:
    names = {f.name for f in fields(FieldProof)} - {"shape", "root", "layers"}
    names |= {f"shape.{f.name}" for f in fields(ShapeBits)}
    names |= {f"layers.{f.name}" for f in fields(GkrLayer)}
    names |= {"root.numerator", "root.denominator"}
    assert set(PROOF) == names
    assert set(PUBLIC) == {f.name for f in fields(PublicInputs)}


def test_every_element_of_the_proof_is_caught(system: System, toy: Toy) -> None:
    elements = toy.proof.flat()
    caught: Counter[str] = Counter()
    for index, (name, error) in enumerate(expected_errors(system)):
        changed = list(elements)
        changed[index] = changed[index] + 2 + index
        with pytest.raises(ProofError) as raised:
            check(system, toy.public, FieldProof.unflatten(system, changed))
        assert raised.type is error, (name, index)
        caught[name] += 1
    assert caught.keys() == PROOF.keys() and caught.total() == len(elements)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_input_is_caught(system: System, toy: Toy, name: str) -> None:
    public = replace(toy.public, **{name: getattr(toy.public, name) + 1})
    with pytest.raises(PUBLIC[name]):
        check(system, public, toy.proof)


def test_every_height_and_address_is_caught(system: System, toy: Toy) -> None:
    """Other shapes that are well-formed: the transcript tells them apart."""
    shape = Shape.from_bits(system, toy.proof.shape)
    layout = Layout(system)
    witness = [shape.addresses[i] for i in layout.free_blocks]
    others = []
    for t in layout.free_tables:
        heights = list(shape.heights)
        heights[t] ^= 1
        others.append((heights, [0] * len(witness)))
    for i in range(len(witness)):
        moved = list(witness)
        moved[i] ^= 1 << (layout.index_bits - 1)
        others.append((list(shape.heights), moved))
    for heights, addresses in others:
        bits = Shape.of(system, heights, addresses).bits(system)
        with pytest.raises(ProofError, match="layer 1"):
            check(system, toy.public, replace(toy.proof, shape=bits))


def test_bits_that_are_not_boolean(system: System, toy: Toy) -> None:
    for kind in ("heights", "addresses"):
        lists = [list(bits) for bits in getattr(toy.proof.shape, kind)]
        lists[0][0] = Fr(2)
        bits = replace(toy.proof.shape, **{kind: lists})
        with pytest.raises(ShapeError):
            check(system, toy.public, replace(toy.proof, shape=bits))


@pytest.mark.parametrize("name", [f.name for f in fields(FieldProof)])
def test_other_sizes_are_refused(system: System, toy: Toy, name: str) -> None:
    """Every list of the proof, at every depth, one element shorter or longer."""
    value = getattr(toy.proof, name)
    variants = list(resized(value))
    assert variants or name in ("salt", "evaluations")
    for variant in variants:
        with pytest.raises(ShapeError):
            check(system, toy.public, replace(toy.proof, **{name: variant}))


def resized(value: object) -> list[object]:
    """Copies of a nested value in which one list lost or gained its last element."""
    if isinstance(value, list):
        own: list[object] = [value[:-1], [*value, *value[-1:]]] if value else []
        for i, item in enumerate(value):
            own += [[*value[:i], other, *value[i + 1 :]] for other in resized(item)]
        return own
    if isinstance(value, (ShapeBits, GkrLayer)):
        return [
            replace(value, **{f.name: other})
            for f in fields(value)
            for other in resized(getattr(value, f.name))
        ]
    return []


def test_root_without_value(system: System, toy: Toy) -> None:
    """A denominator of 0 makes 0/0 of any sum: refused, whatever p says."""
    for root in ([Fr(0), Fr(0)], [Fr(1), toy.proof.root[1]], [Fr(1), Fr(0)]):
        with pytest.raises(RootError):
            check(system, toy.public, replace(toy.proof, root=root))


def test_swapped_messages_are_caught(system: System, toy: Toy) -> None:
    proof = toy.proof
    swaps = {
        "zerocheck": proof.zerocheck[::-1],
        "columns": proof.columns[::-1],
        "stacking": proof.stacking[::-1],
        "slots": proof.slots[::-1],
    }
    for name, value in swaps.items():
        with pytest.raises(PROOF[name]):
            check(system, toy.public, replace(proof, **{name: value}))


def test_proof_of_another_system(toy: Toy) -> None:
    """The digest separates systems whose proofs have the same sizes."""
    system, _ = statement_data(STEPS)
    tables = list(system.tables)
    tables[1] = replace(tables[1], name="OTHER")
    renamed = System(system.params, tables)
    with pytest.raises(ProofError, match="layer 1"):
        check(renamed, toy.public, toy.proof)


# ------------------------------------------------------------------ false statements


def proven(steps: int, table: str, row: int, column: str, value: int) -> tuple[System, Toy]:
    """What a prover gets who puts one false cell into an honest trace."""
    system, data = statement_data(steps)
    t = system.index(table)
    cells = np.zeros((len(data[t].data), 1 << data[t].height), dtype=np.int64)
    cells[:, : data[t].data.shape[1]] = data[t].data
    cells[system.tables[t].all_columns.index(column), row] = value
    data[t] = replace(data[t], data=cells)
    return system, prove(system, data)


@pytest.mark.parametrize(("table", "column"), [("STEP", "y"), ("OUTPUT", "p")])
def test_violated_constraint(table: str, column: str) -> None:
    """A value beside a flag that is 0: no bus notices, the constraint does."""
    system, made = proven(STEPS, table, 6, column, 1)
    with pytest.raises(ZerocheckError):
        check(system, made.public, made.proof)


def test_unbalanced_bus() -> None:
    system, made = proven(STEPS, "NIBBLE", 3, "n", 17)
    with pytest.raises(RootError):
        check(system, made.public, made.proof)


def test_other_output() -> None:
    system, data = statement_data(STEPS)
    made = prove(system, data, fp_error=1)
    with pytest.raises(StackingError):
        check(system, made.public, made.proof)


def test_overlapping_blocks() -> None:
    """Cells under two columns define both: a proof exists only if they agree."""
    system, data = statement_data(STEPS)
    layout = Layout(system)
    shape = place(system, [d.height for d in data])
    witness = [shape.addresses[i] for i in layout.free_blocks]
    blocks = [system.blocks[i] for i in layout.free_blocks]
    sizes = [shape.heights[block.table] + block.size_bits for block in blocks]
    witness = [witness[sizes.index(max(sizes))]] * len(witness)
    made = prove(system, data, shape=Shape.of(system, shape.heights, witness))
    with pytest.raises(StackingError):
        check(system, made.public, made.proof)


def test_degenerate_opening_challenges(system: System, toy: Toy) -> None:
    """z = 0, z = 1/z and z = α have no proof."""
    alpha = toy.public.alpha
    for z in (Fr(0), Fr(1), Fr(-1), alpha, alpha.inverse()):
        with pytest.raises(OpeningError, match="no inverse"):
            check(system, replace(toy.public, z=z), toy.proof)


def test_sigma_zero(system: System) -> None:
    _, data = statement_data(STEPS)
    made = prove(system, data, sigma=0)
    with pytest.raises(StackingError, match="no inverse"):
        check(system, made.public, made.proof)
