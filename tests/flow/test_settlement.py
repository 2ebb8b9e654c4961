"""A real proof on a real chain: the contract accepts it once, and nothing that differs from it."""

import pytest
from eth_abi import encode
from eth_utils import keccak

from tests.contract.chain import Contract, compile_contracts, connect
from zkm.api import contract_source
from zkm.chain.anvil import Anvil
from zkm.chain.settlement import settlement_id
from zkm.contract.calldata import verify_calldata
from zkm.contract.generate import CONTRACT

pytestmark = pytest.mark.chain

GAS_LIMIT = 450_000


@pytest.fixture(scope="module")
def web3():
    with Anvil() as chain:
        yield connect(chain.url)


@pytest.fixture
def settlement(web3, keys):
    contracts = compile_contracts(contract_source(keys=keys))
    verifier = Contract(web3, *contracts[CONTRACT][:2])
    contract = Contract(web3, *contracts["Settlement"][:2], encode(["address"], [verifier.address]))
    contract.errors |= verifier.errors
    return contract


@pytest.fixture
def calldata(proof):
    return verify_calldata(proof.statement, proof.proof, "settle")


def test_settling_once(web3, settlement, proof, calldata):
    receipt = settlement.transact(calldata)
    assert receipt.status == 1
    print(f"settlement of {len(proof.proof)} bytes of proof: {receipt.gasUsed:,} gas all in")
    assert receipt.gasUsed <= GAS_LIMIT
    statement = proof.statement
    identity = settlement_id(
        web3.eth.chain_id,
        settlement.address,
        statement.program_vkey,
        statement.exit_code,
        statement.output,
    )
    (event,) = receipt.logs
    assert bytes(event.topics[1]) == identity
    answer = web3.eth.call({"to": settlement.address, "data": keccak(b"isSettled(bytes32)")[:4] + identity})
    assert int.from_bytes(answer, "big") == 1
    assert settlement.call(calldata) == "AlreadySettled"
    assert settlement.transact(calldata).status == 0


def test_every_byte_of_the_calldata_counts(settlement, calldata):
    assert settlement.call(calldata) is None
    accepted = [
        position
        for position in range(len(calldata))
        if settlement.call(
            calldata[:position] + bytes([calldata[position] ^ 0x01]) + calldata[position + 1 :]
        )
        is None
    ]
    print(f"{len(calldata)} bytes flipped, {len(accepted)} accepted")
    assert accepted == []
