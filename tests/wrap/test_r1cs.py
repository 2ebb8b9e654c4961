"""Recording constraints: order, sections, splicing, digest."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reference.r1cs import Reference
from zkm.field import MODULUS
from zkm.wrap.r1cs import ConstraintSystem, Recorder


def cube(n_private: int = 1) -> tuple[Recorder, int]:
    recorder = Recorder(0, n_private)
    square = recorder.product({1: 1}, {1: 1})
    return recorder, recorder.product({square: 1}, {1: 1})


def test_matrices() -> None:
    recorder = Recorder(1, 1)
    with recorder.section("outer"):
        wire = recorder.product({0: 5, 2: 3}, {1: 1})
        with recorder.section("inner"):
            inverse = recorder.inverse({wire: 1}, "w")
        recorder.check({inverse: MODULUS - 1}, {0: 1}, {}, "c")
    system = recorder.finish()
    assert (wire, inverse, system.n_wires, system.n_constraints) == (3, 4, 5, 3)
    assert system.a.indptr.tolist() == [0, 2, 3, 4] and system.a.wire.tolist() == [0, 2, 3, 4]
    values = [system.coefficients[i] for i in system.a.coefficient.tolist()]
    assert values == [5, 3, 1, MODULUS - 1]
    assert system.b.wire.tolist() == [1, 4, 0]
    assert system.c.indptr.tolist() == [0, 1, 2, 2] and system.c.wire.tolist() == [3, 0]
    assert system.solves.tolist() == [3, 4, -1]
    assert system.labels == {1: "w", 2: "c"}
    assert system.sections == {"outer": 2, "inner": 1}
    assert system.solves.dtype == system.a.wire.dtype == system.c.coefficient.dtype == np.int32
    assert system.a.indptr.dtype == np.int64


def test_empty_system() -> None:
    system = Recorder(0, 0).finish()
    assert system.n_constraints == 0 and system.a.indptr.tolist() == [0]


def test_splice() -> None:
    template, result = cube()
    recorder = Recorder(0, 2)
    before = recorder.product({1: 1}, {2: 1})
    mapping = recorder.splice(template.finish(), [before])
    after = recorder.product({int(mapping[result]): 1}, {2: 1})
    system = recorder.finish()
    reference = Reference(system)
    witness = reference.solve([], [2, 3])
    assert witness == [1, 2, 3, 6, 36, 216, 648] and after == 6
    assert reference.violated(witness) == []
    assert mapping.tolist() == [0, 3, 4, 5] and system.solves.tolist() == [3, 4, 5, 6]


def test_digest_depends_on_everything() -> None:
    def systems() -> list[ConstraintSystem]:
        made = []
        for factor, public, extra in ((1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, 1)):
            recorder = Recorder(public, 2 - public)
            wire = recorder.product({1: factor}, {2: 1})
            if extra:
                recorder.check({wire: 1}, {0: 1}, {1: 1}, "x")
            made.append(recorder.finish())
        return made

    digests = [system.digest() for system in systems()]
    assert len(set(digests)) == 4
    assert digests == [system.digest() for system in systems()]


@pytest.mark.parametrize("bad", [0, MODULUS, -1])
def test_coefficients_are_canonical(bad: int) -> None:
    with pytest.raises(ValueError, match="coefficient"):
        Recorder(0, 1).product({1: bad}, {1: 1})
