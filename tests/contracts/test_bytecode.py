"""Ape's bytecode is that of the pinned compiler with the settings in ape-config.yaml, and nothing else."""

from pathlib import Path

import pytest

from zkm.chain.artifacts import compile_standard
from zkm.contract.generate import CONTRACT, contract_source

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["Settlement", "VerifierRouter"])
def test_ape_compiles_what_everybody_compiles(project, name):
    source = ROOT / "contracts" / f"{name}.sol"
    artifact = compile_standard(ROOT, {f"contracts/{name}.sol": source.read_text()})[name]
    found = getattr(project, name).contract_type
    assert bytes(found.deployment_bytecode) == artifact.bytecode
    assert bytes(found.runtime_bytecode) == artifact.code


def test_ape_deploys_what_the_keys_give(real_verifier, prover, chain):
    """The verifier has no immutable values: its code on chain follows from the generated source alone."""
    source = {f"contracts/generated/{CONTRACT}.sol": contract_source(prover.description)}
    code = chain.provider.get_code(real_verifier.address)
    assert bytes(code) == compile_standard(ROOT, source)[CONTRACT].code
