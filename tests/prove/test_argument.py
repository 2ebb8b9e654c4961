"""The native argument against the plain reference prover, message for message.

The two share the transcript, so that one wrong element changes everything behind it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.prove import argue
from tests.prove.argue import Argument, make_slots, prove, verify
from tests.prove.systems import SMALL, WIDE, WORDS, Recipe, random_system
from tests.reference import toy_prover
from tests.reference.toy_system import statement_data
from zkm import _native
from zkm.errors import ProofError
from zkm.field import MODULUS, Fr
from zkm.prove.columns import native_columns
from zkm.tables.data import TableData
from zkm.tables.system import System
from zkm.verify.arithmetic import Arithmetic
from zkm.verify.gkr import RootError
from zkm.verify.transcript import Transcript
from zkm.verify.zerocheck import ZerocheckError


def compare(system: System, data: Sequence[TableData], seed: int) -> Argument:
    """Both provers' messages of sections 4 and 5 are equal, and the stacking follows from them."""
    toy = toy_prover.prove(system, data, seed)
    reference = toy.proof
    argument = prove(system, data, toy.public.sigma, reference.salt)
    assert argument.root == reference.root
    assert argument.layers == reference.layers
    assert argument.zerocheck == reference.zerocheck
    assert argument.columns == reference.columns
    check_stacking(system, data, argument)
    return argument


def check_stacking(system: System, data: Sequence[TableData], argument: Argument) -> None:
    """The messages of section 6, computed from all cells of the slots and all weights."""
    params = system.params
    slots = make_slots(system, argument.shape, data)
    cells = [x for slot in range(params.slots) for x in slots.cells(slot, params.slot_length).to_list()]
    weights = toy_prover.stacking_weights(system, argument.shape, argument.point, argument.mu, argument.sigma)
    vectors = [cells, weights]
    for message, challenge in zip(argument.stacking, argument.full_point, strict=True):
        values = []
        for x in (0, 1, 2):
            folded = [toy_prover.fold(v, x) for v in vectors]
            values.append(sum(a * b for a, b in zip(*folded, strict=True)))
        assert message == toy_prover.coefficients(values)[1:]
        vectors = [toy_prover.fold(v, challenge) for v in vectors]
    n, u = params.slot_length, argument.full_point[: params.slot_bits]
    assert argument.slots == [toy_prover.mle(cells[s * n : (s + 1) * n], u) for s in range(params.slots)]


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 13, 16, 64])
def test_an_honest_trace_is_accepted(steps: int) -> None:
    system, data = statement_data(steps)
    verify(system, compare(system, data, seed=steps))


def test_a_trace_that_does_not_balance_is_rejected() -> None:
    system, data = statement_data(5)
    data[1].data[2, 3] += 1
    with pytest.raises(RootError):
        verify(system, compare(system, data, seed=1))


@pytest.mark.parametrize(
    ("height", "rows"), [(k, rows) for k in range(4) for rows in range(9) if rows <= 1 << k]
)
def test_every_number_of_rows_in_every_height(height: int, rows: int) -> None:
    recipes = [Recipe(height, rows, 3), Recipe(3, 6, 2), Recipe(2, 4, 1, structured=True)]
    compare(*random_system(3, 3, recipes, seed=10 * height + rows), seed=1)


@pytest.mark.parametrize(
    ("row_bits", "interaction_bits"), [(2, 0), (0, 2), (1, 1), (0, 4), (1, 3), (3, 1), (4, 0), (5, 1)]
)
def test_trees_of_every_form(row_bits: int, interaction_bits: int) -> None:
    """Only rows, only interactions, a layer over both; one interaction and unused ones."""
    for interactions in {0, 1, 1 << interaction_bits}:
        recipes = [Recipe(row_bits, 1 << row_bits, interactions), Recipe(0, 0, 0)]
        compare(*random_system(row_bits, interaction_bits, recipes, seed=interactions), seed=2)


@pytest.mark.parametrize("bound", [SMALL, WORDS, WIDE, 2**63])
def test_cells_of_every_size(bound: int) -> None:
    for seed in range(4):
        recipes = [Recipe(3, 7, 4, bound), Recipe(2, 3, 2, bound)]
        compare(*random_system(4, 4, recipes, seed), seed)


@pytest.mark.parametrize("bound", [SMALL, WORDS, WIDE])
def test_tables_long_enough_for_vector_instructions(bound: int) -> None:
    """The inner loops do eight steps at a time, and the last ones alone."""
    recipes = [Recipe(8, 201, 2, bound), Recipe(7, 117, 1, bound), Recipe(8, 256, 1, bound)]
    compare(*random_system(8, 2, recipes, seed=bound), seed=5)


@pytest.mark.parametrize("rows", [1, 37, 200, 256])
def test_rounds_are_those_of_plain_arithmetic(rows: int) -> None:
    system, data = random_system(8, 2, [Recipe(8, rows, 3)], seed=rows)
    kernel = _native.Gkr(native_columns(system, data), 8, 2, 2**201, 2**202)
    for layer in range(5):
        kernel.layer(2**203 + layer)
        for variable in range(2 * layer):
            at_zero, *values = kernel.reference_round()
            coefficients = [at_zero, *kernel.round()]
            assert values == [toy_prover.evaluate(coefficients, x) for x in (1, 2, 3, 4)]
            kernel.bind(2**204 + variable)
        kernel.descend(2**205, 2**206)


@st.composite
def recipe_lists(draw: st.DrawFn) -> tuple[int, int, list[Recipe]]:
    row_bits = draw(st.integers(0, 4))
    interaction_bits = draw(st.integers(0, 4).filter(lambda v: (v + row_bits) % 2 == 0))
    left, recipes = 1 << interaction_bits, []
    for _ in range(draw(st.integers(1, 4))):
        height = draw(st.integers(0, row_bits))
        rows = draw(st.integers(0, 1 << height))
        interactions = draw(st.integers(0, min(left, 5)))
        left -= interactions
        bound = draw(st.sampled_from((SMALL, WORDS, WIDE)))
        recipes.append(Recipe(height, rows, interactions, bound, draw(st.booleans())))
    return row_bits, interaction_bits, recipes


@given(recipe_lists(), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_systems(form: tuple[int, int, list[Recipe]], seed: int) -> None:
    compare(*random_system(*form, seed), seed)


def test_a_broken_constraint_is_rejected() -> None:
    """The tables have no interactions, so that only the zerocheck can notice."""
    for row in range(6):
        system, data = random_system(3, 1, [Recipe(3, 6, 0), Recipe(2, 3, 0)], seed=row)
        verify(system, prove(system, data))
        data[0].data[2, row] += 1  # the copy of column a
        with pytest.raises(ZerocheckError):
            verify(system, prove(system, data))


def test_every_changed_element_is_rejected() -> None:
    """One element at a time of every message, by a random non-zero difference."""
    system, data = statement_data(5)
    argument = prove(system, data)
    verify(system, argument)
    rng = random.Random(1)
    messages = [argument.root, *argument.zerocheck, argument.columns, *argument.stacking]
    for layer in argument.layers:
        messages += [*layer.rounds, layer.numerators, layer.denominators]
    changed = 0
    for message in [*messages, argument.slots]:
        for index, honest in enumerate(message):
            message[index] = honest + rng.randrange(1, MODULUS)
            with pytest.raises(ProofError):
                verify(system, argument)
            message[index] = honest
            changed += 1
    assert changed == sum(map(len, messages)) + len(argument.slots)
    verify(system, argument)


class Scripted(Transcript[Fr]):
    """Challenges that are often 0 or 1: for ρ_i = 0 the relation of a round does not give t(1)."""

    seed = 0

    def __init__(self, arithmetic: Arithmetic[Fr], tag: int = 0) -> None:
        super().__init__(arithmetic, tag)
        self._rng = random.Random(self.seed)

    def exchange(self, label: str, message: Sequence[Fr], challenges: int) -> list[Fr]:
        assert message, label
        return [Fr(self._rng.choice((0, 1, self._rng.randrange(MODULUS)))) for _ in range(challenges)]


@pytest.mark.parametrize("seed", range(8))
def test_challenges_that_are_zero_or_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scripted, "seed", seed)
    monkeypatch.setattr(toy_prover, "Transcript", Scripted)
    monkeypatch.setattr(argue, "Transcript", Scripted)
    compare(*random_system(4, 2, [Recipe(4, 11, 2), Recipe(2, 3, 1)], seed=seed), seed=seed)
