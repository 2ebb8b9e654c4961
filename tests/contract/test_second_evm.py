"""The same bytecode on py-evm, whose precompiles are py_ecc: an independent implementation of all."""

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from web3 import EthereumTesterProvider, Web3

from tests.contract.chain import compile_contracts
from tests.contract.example import changed
from zkm.contract.calldata import batch_calldata, verify_calldata
from zkm.contract.generate import CONTRACT, contract_source
from zkm.contract.layout import TAIL_BYTES, tail_offsets

AT_Y = dict(tail_offsets())["y"]


@pytest.fixture(scope="module")
def web3():
    return Web3(EthereumTesterProvider(EthereumTester(backend=PyEVMBackend())))


def transact(web3, **transaction):
    sent = web3.eth.send_transaction({"from": web3.eth.accounts[0], "gas": 5_000_000, **transaction})
    return web3.eth.wait_for_transaction_receipt(sent)


def test_it_accepts_and_refuses_as_anvil_does(web3, prover):
    bytecode = compile_contracts(contract_source(prover.description))[CONTRACT][1]
    address = transact(web3, data="0x" + bytecode).contractAddress
    statement, proof = prover.prove(3)
    status = [
        transact(web3, to=address, data=verify_calldata(statement, p), gas=1_000_000).status
        for p in (proof, changed(proof, len(proof) - TAIL_BYTES + AT_Y, 5))
    ]
    assert status == [1, 0]


def test_batches(web3, prover):
    bytecode = compile_contracts(contract_source(prover.description))[CONTRACT][1]
    address = transact(web3, data="0x" + bytecode).contractAddress
    claims = [prover.prove(3), prover.prove(3, output=b"another")]
    (statement, proof), other = claims
    spoilt = statement, changed(proof, len(proof) - TAIL_BYTES + AT_Y, 5)
    status = [
        transact(web3, to=address, data=batch_calldata(batch), gas=1_500_000).status
        for batch in (claims, [other, spoilt])
    ]
    assert status == [1, 0]
