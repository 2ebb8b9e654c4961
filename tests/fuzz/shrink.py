"""Makes a failing draft small: takes away parts, sets registers and memory to zero, as long as it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from tests.fuzz.programs import Draft
from tests.machine.batch import WINDOW, WINDOW_WORDS
from zkm.isa.instructions import INSTRUCTIONS

Fails = Callable[[Draft], bool]


def shrink(draft: Draft, fails: Fails) -> Draft:
    """A draft that still fails and of which nothing more can be taken away alone."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(draft):
            if _size(candidate) < _size(draft) and fails(candidate):
                draft, smaller = candidate, True
                break
    return draft


def _smaller(draft: Draft) -> Iterator[Draft]:
    """Large pieces first: runs of units from half of them down to one, then the operands."""
    units = [unit for unit in draft.units if any(draft.words[number] for number in unit)]
    length = len(units)
    while length:
        for start in range(0, len(units), length):
            yield draft.without(tuple(word for unit in units[start : start + length] for word in unit))
        length //= 2
    for start in (*range(34), *range(WINDOW, WINDOW + WINDOW_WORDS)):
        if draft.record[start]:
            record = draft.record.copy()
            record[start] = 0
            yield replace(draft, record=record)


def _size(draft: Draft) -> tuple[int, int]:
    return int(np.count_nonzero(draft.words)), int(np.count_nonzero(draft.record))


def listing(draft: Draft, address: int) -> str:
    """The draft's code and the operands that are not zero, for a person."""
    lines = []
    for number, word in enumerate(draft.place(address)):
        if word:
            lines.append(f"    {address + 4 * number:#x}: {word:08x}  {_text(word)}")
    names = {32: "HI", 33: "LO"}
    values = [
        f"{names.get(place, f'${place}')}={int(draft.record[place]):#x}"
        for place in range(34)
        if draft.record[place]
    ]
    window = draft.record[WINDOW : WINDOW + WINDOW_WORDS]
    return "\n".join(
        [*lines, "    with " + " ".join(values), "    and memory " + " ".join(f"{w:08x}" for w in window)]
    )


def _text(word: int) -> str:
    for entry in INSTRUCTIONS:
        if word & entry.pattern.mask == entry.pattern.match:
            fields = entry.pattern.fields.items()
            return f"{entry.name} " + ", ".join(
                f"{name}={word >> position & ((1 << width) - 1):#x}" for name, (position, width) in fields
            )
    return "no instruction"
