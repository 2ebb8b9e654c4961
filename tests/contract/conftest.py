import pytest

from tests.contract.example import Prover


@pytest.fixture(scope="session")
def prover(tmp_path_factory):
    return Prover.make(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def proven(prover):
    """(statement, proof) of five slots."""
    return prover.prove()
