"""The encoding of proofs: one for each proof, sizes from the system."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.toy_prover import Toy, prove
from tests.reference.toy_system import statement_data, statement_system
from zkm.errors import ProofError
from zkm.field import MODULUS, Fr
from zkm.tables.system import System
from zkm.verify.proof import EncodingError, FieldProof
from zkm.verify.shape import Layout, ShapeError


@pytest.fixture(scope="module")
def system() -> System:
    return statement_system()


@pytest.fixture(scope="module")
def toy() -> Toy:
    return prove(*statement_data(5))


def test_flat_and_back(system: System, toy: Toy) -> None:
    elements = toy.proof.flat()
    assert len(elements) == FieldProof.length(system)
    assert FieldProof.unflatten(system, elements) == toy.proof
    for wrong in (elements[:-1], [*elements, Fr(0)]):
        with pytest.raises(ValueError, match="no proof of this system"):
            FieldProof.unflatten(system, wrong)


def test_other_sizes_are_not_encoded(system: System, toy: Toy) -> None:
    with pytest.raises(ShapeError):
        FieldProof(**{**vars(toy.proof), "slots": []}).encode(system)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_bytes_decode_or_are_refused(data: st.DataObject) -> None:
    """Random changes: a typed error, or a proof whose encoding is these very bytes."""
    system = statement_system()
    original = bytearray(PROOFS[0])
    for _ in range(data.draw(st.integers(1, 3))):
        # The shape's bytes are few: half of the changes are made there.
        limit = data.draw(st.sampled_from([60, len(original)]))
        original[data.draw(st.integers(0, limit - 1))] = data.draw(st.integers(0, 255))
    try:
        proof = FieldProof.decode(system, bytes(original))
    except ProofError as error:
        assert isinstance(error, (EncodingError, ShapeError))  # noqa: PT017
    else:
        assert proof.encode(system) == bytes(original)


PROOFS = [prove(*statement_data(5)).proof.encode(statement_system())]


def test_encoding_round_trip(system: System, toy: Toy) -> None:
    data = toy.proof.encode(system)
    assert len(data) == FieldProof.encoded_length(system)
    assert FieldProof.decode(system, data) == toy.proof


def test_other_lengths_of_bytes(system: System, toy: Toy) -> None:
    data = toy.proof.encode(system)
    for wrong in (b"", data[:-1], data + b"\0", data[32:], data * 2):
        with pytest.raises(EncodingError):
            FieldProof.decode(system, wrong)


def test_scalars_must_be_canonical(system: System, toy: Toy) -> None:
    data = toy.proof.encode(system)
    scalars = FieldProof.length(system) - Layout(system).bit_count
    for i in (0, 1, scalars - 1):
        end = len(data) - 32 * i
        value = int.from_bytes(data[end - 32 : end], "big") + MODULUS
        wrong = data[: end - 32] + value.to_bytes(32, "big") + data[end:]
        with pytest.raises(EncodingError, match="not below r"):
            FieldProof.decode(system, wrong)


def test_heights_and_addresses_in_bytes(system: System, toy: Toy) -> None:
    data = toy.proof.encode(system)
    layout = Layout(system)
    for i, bits in enumerate(layout.height_bits):
        for height in (bits + 1, 255):
            with pytest.raises(ShapeError):
                FieldProof.decode(system, data[:i] + bytes([height]) + data[i + 1 :])
    start = len(layout.free_tables)
    for i in range(len(layout.free_blocks)):
        at = start + 4 * i
        for address in (1 << layout.index_bits, 2**32 - 1):
            with pytest.raises(ShapeError):
                FieldProof.decode(system, data[:at] + address.to_bytes(4, "big") + data[at + 4 :])
