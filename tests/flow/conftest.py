"""One real proof of a small guest, made once for all tests here."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from zkm import api
from zkm.machine import trace
from zkm.params import SMALL
from zkm.program import load
from zkm.prove.prove import CoreProof, prove_core
from zkm.wrap.keys import Keys, make_keys

ROOT = Path(__file__).resolve().parents[2]
FIBONACCI = ROOT / "examples" / "guests" / "fibonacci" / "fibonacci.elf"


@dataclass
class Core:
    """A core proof and what it was made from."""

    keys: Keys
    proof: CoreProof


@pytest.fixture(scope="session")
def keys():
    """The development keys of `small`, in the folder that `make setup` fills."""
    return make_keys(SMALL)


@pytest.fixture(scope="session")
def proof(keys):
    """fibonacci(90), proven from the ELF file."""
    return api.prove(FIBONACCI, stdin=b"90\n", keys=keys)


@pytest.fixture(scope="session")
def core(keys):
    """fibonacci(12), not wrapped."""
    recorded = trace(load(FIBONACCI), b"12")
    return Core(keys, prove_core(keys.system, keys.version, recorded, keys.srs))
