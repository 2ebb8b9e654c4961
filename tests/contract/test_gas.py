"""Gas: the limits, and that the tables of the page are true."""

import re

import pytest

from tests.contract.gas import MARKS, PAGE, markdown, measure

pytestmark = pytest.mark.chain

VERIFY_LIMIT = 400_000
SETTLE_LIMIT = 450_000
BATCH_SHARE = 0.6
"""Most that a statement in a batch of eight may cost, of a single one."""
TOLERANCE = 0.01


@pytest.fixture(scope="module")
def figures(prover):
    return measure(prover)


def test_limits(figures):
    smallest = figures.slots[0]
    assert max(row.verify for row in figures.slots) <= VERIFY_LIMIT
    assert max(smallest.first, smallest.routed_first) <= SETTLE_LIMIT
    assert {row.count: row for row in figures.batches}[8].one_program <= BATCH_SHARE * smallest.first
    assert {row.count: row for row in figures.batches}[8].own_programs <= BATCH_SHARE * smallest.first


def test_the_page_says_what_is_measured(figures):
    """Every number, within a hundredth; `python -m tests.contract.gas` writes them anew."""
    (written,) = (match.group() for match in MARKS.finditer(PAGE.read_text()))
    body = written.split("\n", 1)[1].rsplit("\n", 1)[0]
    new = markdown(figures)
    number = re.compile(r"\d[\d,]*")
    assert number.sub("N", body) == number.sub("N", new)
    for old, found in zip(number.findall(body), number.findall(new), strict=True):
        expected, measured = (int(text.replace(",", "")) for text in (old, found))
        assert abs(expected - measured) <= max(1, TOLERANCE * expected), (old, found)
