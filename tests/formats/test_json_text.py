"""Deep nesting is an error, not the end of the process."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkm.formats.json_text import DEEPEST, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(VALUES)
def test_values_survive(value):
    text = json.dumps(value)
    assert parse_json(text) == value
    assert parse_json(text.encode()) == value


@pytest.mark.parametrize("text", ["[" * 1_000_000, '{"a":' * 1_000_000, b"[" * 1_000_000])
def test_deep_nesting_is_refused(text):
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000_000)
    try:
        with pytest.raises(ValueError, match="nested deeper"):
            parse_json(text)
    finally:
        sys.setrecursionlimit(limit)


def test_the_limit_is_exact():
    assert parse_json("[" * DEEPEST + "]" * DEEPEST)
    with pytest.raises(ValueError, match="nested deeper"):
        parse_json("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))


def test_brackets_in_strings_do_not_count():
    text = json.dumps(["[" * 1000, '\\"' + "{" * 1000])
    assert parse_json(text) == ["[" * 1000, '\\"' + "{" * 1000]


@pytest.mark.parametrize("text", ["", "[", '"', '"[', b"\xff", "nul"])
def test_what_is_no_json(text):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_json(text)
