"""Ape's bytecode is that of the pinned compiler with the settings in ape-config.yaml, and nothing else."""

from pathlib import Path

import pytest
from hexbytes import HexBytes

from zkm.chain.artifacts import compile_standard
from zkm.contract.generate import CONTRACT, contract_source

ROOT = Path(__file__).parents[2]


def without_metadata(code):
    """Code without the hash of sources and settings behind it, whose length is in the last two bytes.

    Ape names import remappings to solc only when a source that it compiles just now needs them, and the
    hash covers them. Nothing that runs depends on it.
    """
    return code[: -2 - int.from_bytes(code[-2:], "big")]


@pytest.mark.parametrize("name", ["Settlement", "VerifierRouter"])
def test_ape_compiles_what_everybody_compiles(project, name):
    source = ROOT / "contracts" / f"{name}.sol"
    artifact = compile_standard(ROOT, {f"contracts/{name}.sol": source.read_text()})[name]
    found = getattr(project, name).contract_type
    created, runs = (HexBytes(b.bytecode) for b in (found.deployment_bytecode, found.runtime_bytecode))
    assert without_metadata(runs) == without_metadata(artifact.code)
    assert without_metadata(created) == without_metadata(artifact.bytecode)


def test_ape_deploys_what_the_keys_give(real_verifier, prover, chain):
    """The verifier has no immutable values: its code on chain follows from the generated source alone."""
    source = {f"contracts/generated/{CONTRACT}.sol": contract_source(prover.description)}
    code = chain.provider.get_code(real_verifier.address)
    assert bytes(code) == compile_standard(ROOT, source)[CONTRACT].code
