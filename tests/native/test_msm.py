"""The bindings of multi-scalar multiplication; the sums themselves are tested in Rust."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkm import _native
from zkm.commit.srs import Srs, development_srs
from zkm.errors import SetupError
from zkm.field import MODULUS

INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)


@pytest.fixture(scope="module")
def srs(tmp_path_factory: pytest.TempPathFactory) -> Srs:
    path: Path = tmp_path_factory.mktemp("srs") / "msm.srs"
    return development_srs(path, 300)


@given(values=st.lists(INTEGERS, max_size=300))
def test_small_and_full_width_agree_with_arkworks(srs: Srs, values: list[int]) -> None:
    array = np.array(values, dtype=np.int64)
    elements = _native.FrVec([v % MODULUS for v in values])
    sums = {
        _native.msm_int64(srs, array),
        _native.msm(srs, elements),
        _native.reference_msm(srs, elements),
        _native.reference_msm_int64(srs, array),
        _native.g1_msm([srs.point(i) for i in range(len(values))], [v % MODULUS for v in values]),
    }
    assert len(sums) == 1


@given(values=st.lists(st.integers(0, MODULUS - 1), max_size=300))
def test_full_width_agrees_with_arkworks(srs: Srs, values: list[int]) -> None:
    elements = _native.FrVec(values)
    assert _native.msm(srs, elements) == _native.reference_msm(srs, elements)


def test_more_scalars_than_points(srs: Srs) -> None:
    with pytest.raises(SetupError, match="301 scalars"):
        _native.msm_int64(srs, np.ones(301, dtype=np.int64))
