"""Verifiers that know the proofs they were told, and one real verifier with real proofs."""

import pytest
from ape.contracts import ContractContainer
from eth_utils.crypto import keccak
from ethpm_types import ContractType

from tests.contract.chain import compile_contracts
from tests.contract.example import Prover
from zkm.contract.generate import CONTRACT, contract_source

VERSIONS = [keccak(b"version %d" % i) for i in range(3)]


@pytest.fixture
def owner(accounts):
    return accounts[0]


@pytest.fixture
def stranger(accounts):
    return accounts[1]


@pytest.fixture
def verifiers(project, owner):
    """Three versions."""
    return [owner.deploy(project.VersionedVerifier, version, False) for version in VERSIONS]


@pytest.fixture
def router(project, owner):
    return owner.deploy(project.VerifierRouter, owner, False)


@pytest.fixture(scope="session")
def prover(tmp_path_factory):
    """Proofs in a second: see tests.contract.example."""
    return Prover.make(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def proven(prover):
    """(statement, proof)."""
    return prover.prove(4)


@pytest.fixture(scope="session")
def real_verifier_type(prover):
    abi, bytecode, code = compile_contracts(contract_source(prover.description), CONTRACT)[CONTRACT]
    return ContractContainer(
        ContractType(
            contractName=CONTRACT,
            abi=abi,
            deploymentBytecode={"bytecode": "0x" + bytecode},
            runtimeBytecode={"bytecode": "0x" + code},
        )
    )


@pytest.fixture
def real_verifier(owner, real_verifier_type):
    """ZkmVerifier.sol for the prover's keys."""
    return owner.deploy(real_verifier_type)
