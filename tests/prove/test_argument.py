"""The native argument against the plain reference prover, message for message."""

from __future__ import annotations

import pytest

from tests.prove.argue import prove, verify
from tests.reference import toy_prover
from tests.reference.toy_system import statement_data


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 13, 16, 64])
def test_the_toy_system(steps: int) -> None:
    system, data = statement_data(steps)
    argument = prove(system, data, seed=steps)
    verify(system, argument)
    reference = toy_prover.prove(system, data, seed=steps).proof
    assert argument.root == reference.root
    assert argument.layers == reference.layers
    assert argument.zerocheck == reference.zerocheck
    assert argument.columns == reference.columns
