"""Calldata that was mutated, or is anything at all: it reverts, or it is the one valid encoding."""

import pytest
from eth_utils.crypto import keccak
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.node import Node, calldata
from zkm.contract.calldata import batch_calldata, verify_calldata

CLAIM = "(bytes32,uint32,bytes,bytes)"
SETTLE = f"settle{CLAIM}"
BATCH = f"settleBatch({CLAIM}[])"
ADVANCE = "advance(address,bytes32,bytes,bytes)"
ADVANCE_BATCH = f"advanceBatch(address,{CLAIM}[])"
PROGRAM, ROOT = keccak(b"a program"), keccak(b"a root")
STATEMENT = (PROGRAM, 0, ROOT + ROOT, b"a proof")
FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def mutations(draw, data):
    """`data` with bytes changed, taken out, put in, repeated or cut off; the selector stays."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(4, len(data) - 1))
        length = draw(st.sampled_from([1, 2, 31, 32, 33, 64, 100]))
        old = data[start : start + length]
        new = draw(
            st.sampled_from(
                [b"", old + old, bytes(len(old)), b"\xff" * len(old), old[::-1], bytes(32) + old, old[:-1]]
            )
            | st.binary(max_size=40)
        )
        data = data[:start] + new + data[start + length :]
        if len(data) < 5:
            data += bytes(5)
    return data


@pytest.fixture
def settlement(project, owner):
    verifier = owner.deploy(project.StatementVerifier)
    verifier.accept(*STATEMENT, sender=owner)
    contract = owner.deploy(project.Settlement, verifier)
    contract.registerProgram(PROGRAM, "", "", True, ROOT, sender=owner)
    return contract


@pytest.fixture
def call(owner, chain, settlement):
    node = Node(chain.provider, settlement)
    return lambda data: node.call(owner, settlement, data)


@pytest.fixture
def valid(owner):
    return {
        "settle": calldata(SETTLE, *STATEMENT),
        "settleBatch": calldata(BATCH, [STATEMENT, STATEMENT]),
        "advance": calldata(ADVANCE, owner.address, PROGRAM, *STATEMENT[2:]),
        "advanceBatch": calldata(ADVANCE_BATCH, owner.address, [STATEMENT, STATEMENT]),
    }


@pytest.mark.parametrize("function", ["settle", "settleBatch", "advance", "advanceBatch"])
def test_mutated_calls_revert(call, valid, function):
    data = valid[function]
    assert call(data) is None

    @FEW
    @given(mutations(data))
    def check(other):
        assert other == data or call(other) is not None

    check()


@pytest.mark.parametrize("signature", [SETTLE, BATCH, ADVANCE, ADVANCE_BATCH, f"verify{CLAIM}"])
def test_any_bytes_revert(call, signature):
    selector = keccak(signature.encode())[:4]

    @FEW
    @given(st.binary(max_size=700))
    def check(body):
        assert call(selector + body) is not None

    check()


def test_unknown_functions_revert(call, settlement):
    known = {keccak(method.selector.encode())[:4] for method in settlement.contract_type.methods}

    @FEW
    @given(st.binary(max_size=200))
    def check(data):
        assert data[:4] in known or call(data) is not None

    check()


def test_any_arguments_revert_unless_they_are_proven(call, owner):
    """Well-formed calls: the settlement takes nothing that its verifier does not."""
    claims = st.tuples(
        st.just(PROGRAM) | st.binary(min_size=32, max_size=32),
        st.sampled_from([0, 1, 2**32 - 1]),
        st.sampled_from([STATEMENT[2], b""]) | st.binary(max_size=100),
        st.just(STATEMENT[3]) | st.binary(max_size=100),
    )

    @FEW
    @given(st.lists(claims, min_size=1, max_size=4), st.booleans())
    def check(batch, registrar):
        proven = [entry == STATEMENT for entry in batch]
        who = owner.address if registrar else "0x" + "11" * 20
        assert (call(calldata(SETTLE, *batch[0])) is None) == proven[0]
        assert (call(calldata(BATCH, batch)) is None) == all(proven)
        advanced = call(calldata(ADVANCE_BATCH, who, batch))
        assert (advanced is None) == (all(proven) and registrar)

    check()


def test_mutated_calls_of_the_real_verifier_revert(project, owner, chain, real_verifier, proven):
    """Through a router, which hands the bytes on as they are."""
    router = owner.deploy(project.VerifierRouter, owner, True)
    router.addVerifier(real_verifier, sender=owner)
    node = Node(chain.provider, router, real_verifier)
    valid = [verify_calldata(*proven), batch_calldata([proven, proven])]
    for data in valid:
        assert node.call(owner, router, data) is None
        assert node.call(owner, real_verifier, data) is None

    @FEW
    @given(st.sampled_from(valid).flatmap(mutations), st.sampled_from([router, real_verifier]))
    def check(other, contract):
        assert other in valid or node.call(owner, contract, other) is not None

    check()


def test_huge_lengths_and_offsets_revert(call, valid):
    """A word that claims 2^255 bytes, or the start of memory: refused before anything is copied."""
    for data in valid.values():
        for at in range(4, len(data) - 31, 32):
            for value in (2**255, 2**64, 2**32, len(data), 2**256 - 1, 2**256 - 32):
                other = data[:at] + value.to_bytes(32, "big") + data[at + 32 :]
                assert other == data or call(other) is not None
