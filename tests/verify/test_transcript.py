"""The transcript: widths, chaining and its one inventory."""

from __future__ import annotations

import pytest

from tests.reference.toy_prover import prove
from tests.reference.toy_system import statement_data
from zkm.field import Fr
from zkm.verify.arithmetic import PLAIN
from zkm.verify.poseidon2 import permute
from zkm.verify.transcript import (
    ARGUMENT_TAG,
    EVALUATIONS_TAG,
    PUBLIC_INPUTS_TAG,
    Transcript,
    hash_elements,
    inventory,
    permutation_widths,
)
from zkm.verify.verify import verify_field_part


@pytest.mark.parametrize(
    ("length", "challenges", "widths"),
    [
        (1, 1, [3]),
        (2, 2, [3]),
        (2, 3, [4]),
        (3, 1, [4]),
        (4, 1, [8]),
        (8, 3, [16]),
        (15, 1, [16]),
        (16, 1, [16, 3]),
        (32, 2, [16, 16, 3]),
        (33, 15, [16, 16, 16]),
    ],
)
def test_widths(length: int, challenges: int, widths: list[int]) -> None:
    assert permutation_widths(length, challenges) == widths


def test_duplex_in_overwrite_mode() -> None:
    transcript: Transcript[Fr] = Transcript(PLAIN)
    message = [Fr(i) for i in range(1, 18)]
    first = permute([ARGUMENT_TAG, *range(1, 16)])
    second = permute([first[0], 16, 17])
    assert transcript.exchange("a", message, 2) == second[1:3]
    assert transcript.exchange("b", [Fr(5)], 1) == permute([second[0], 5, 0])[1:2]
    assert transcript.log == [("a", 17, 2), ("b", 1, 1)]


def test_tags_separate_domains() -> None:
    tags = (ARGUMENT_TAG, EVALUATIONS_TAG, PUBLIC_INPUTS_TAG)
    digests = {hash_elements(PLAIN, tag, [Fr(1)]) for tag in tags}
    assert len(digests) == 3


def test_every_element_counts() -> None:
    message = [Fr(i) for i in range(20)]
    digests = {hash_elements(PLAIN, 1, message)}
    for i in range(20):
        changed = list(message)
        changed[i] = changed[i] + 1
        digests.add(hash_elements(PLAIN, 1, changed))
    assert len(digests) == 21


def test_empty_messages_are_refused() -> None:
    for message, challenges in (([], 1), ([Fr(1)], 0), ([Fr(1)], 16)):
        with pytest.raises(ValueError, match="an exchange has"):
            Transcript(PLAIN).exchange("x", message, challenges)


def test_inventory_is_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    system, data = statement_data(5)
    toy = prove(system, data)
    expected = [(e.label, e.length, len(e.challenges)) for e in inventory(system)]
    assert toy.transcript.log == expected

    made: list[Transcript[Fr]] = []
    original = Transcript.__init__

    def remember(self: Transcript[Fr], *args: object) -> None:
        made.append(self)
        original(self, *args)

    monkeypatch.setattr(Transcript, "__init__", remember)
    verify_field_part(PLAIN, system, toy.public, toy.proof)
    argument, evaluations = made
    assert argument.log == expected
    assert evaluations.log == [("hash", 7, 1)]
