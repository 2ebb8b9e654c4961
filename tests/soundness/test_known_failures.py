"""Every known failure has an answer, and every test that an answer names exists."""

import ast
from pathlib import Path

import pytest

from tests.soundness.known_failures import KNOWN_FAILURES, markdown

TESTS = Path(__file__).resolve().parents[1]


def test_every_failure_has_an_answer_and_a_test():
    assert len(KNOWN_FAILURES) == 30
    assert all(failure.answer and failure.tests for failure in KNOWN_FAILURES)


@pytest.mark.parametrize("name", sorted({test for f in KNOWN_FAILURES for test in f.tests}))
def test_named_tests_exist(name):
    path, function = name.split("::")
    tree = ast.parse((TESTS / path).read_text())
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert function in functions


def test_the_page_is_current():
    assert (TESTS.parent / "docs" / "security.md").read_text() == markdown(), "run `make docs`"
