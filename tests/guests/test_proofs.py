"""Of every tool chain, the committed guest with the shortest run is proven, wrapped and verified."""

from __future__ import annotations

import json

import pytest

from examples.guests.manifest import GUESTS_FOLDER, Guest, guests
from zkm import api
from zkm.params import SMALL
from zkm.wrap.keys import make_keys


def shortest() -> list[Guest]:
    measured = json.loads((GUESTS_FOLDER / "measurements.json").read_text())
    committed = [guest for guest in guests().values() if guest.committed and guest.name in measured]
    committed.sort(key=lambda guest: measured[guest.name]["instructions"], reverse=True)
    return list({guest.toolchain.name: guest for guest in committed}.values())


@pytest.mark.parametrize("guest", shortest(), ids=lambda guest: guest.name)
def test_a_guest_of_every_tool_chain_is_proven(guest):
    keys, run = make_keys(SMALL), guest.runs[0]
    proof = api.prove(guest.elf, run.arguments, stdin=run.input(), keys=keys)
    statement = api.verify(proof, guest.elf, run.arguments, keys=keys)
    assert (statement.exit_code, statement.output) == (run.exit_code, run.expected())
