"""The circuit as a file, read back by the format's own description."""

import struct

import numpy as np
import pytest

from tests.formats.circuits import sums_of_powers
from tests.reference.toy_system import toy_system
from zkm.field import MODULUS
from zkm.formats import r1cs as module
from zkm.formats.binfile import BinFile
from zkm.formats.r1cs import write_r1cs
from zkm.wrap.circuit import build_circuit
from zkm.wrap.r1cs import Recorder


class Words:
    """Integers off the front of some bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        self.at += size
        assert self.at <= len(self.data)
        return int.from_bytes(self.data[self.at - size : self.at], "little")


def parse(path):
    """(sizes, constraints): constraints are triples of {wire: coefficient}."""
    with BinFile(path, b"r1cs") as file:
        header, body, labels = (Words(file.read(kind, file.sections[kind].size)) for kind in (1, 2, 3))
    assert (header.take(4), header.take(32)) == (32, MODULUS)
    wires, outputs, public, private = (header.take(4) for _ in range(4))
    n_labels, count = header.take(8), header.take(4)
    assert header.at == len(header.data)
    row = lambda: {body.take(4): body.take(32) for _ in range(body.take(4))}  # noqa: E731
    constraints = [(row(), row(), row()) for _ in range(count)]
    assert body.at == len(body.data)
    assert [labels.take(8) for _ in range(wires)] == list(range(wires)) and n_labels == wires
    return (wires, outputs, public, private), constraints


def rows(system):
    def row(matrix, i):
        entries = range(matrix.indptr[i], matrix.indptr[i + 1])
        return {int(matrix.wire[e]): system.coefficients[matrix.coefficient[e]] for e in entries}

    return [tuple(row(m, i) for m in (system.a, system.b, system.c)) for i in range(system.n_constraints)]


@pytest.mark.parametrize("at_once", [1, 7, 1 << 14])
def test_files_say_what_the_system_says(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(module, "ROWS_AT_ONCE", at_once)
    system = sums_of_powers()
    write_r1cs(tmp_path / "c.r1cs", system)
    sizes, constraints = parse(tmp_path / "c.r1cs")
    assert sizes == (system.n_wires, 0, 3, 2)
    assert constraints == rows(system)


def test_a_circuit_of_the_verifier(tmp_path):
    system = build_circuit(toy_system())
    write_r1cs(tmp_path / "c.r1cs", system)
    sizes, constraints = parse(tmp_path / "c.r1cs")
    assert sizes == (system.n_wires, 0, system.n_public, system.n_private)
    assert constraints == rows(system)


def test_known_bytes(tmp_path):
    """Three wires, 2 w1 · w2 = 5: written out by hand from the specification."""
    recorder = Recorder(1, 1)
    recorder.check({1: 2}, {2: 1}, {0: 5}, "a product")
    write_r1cs(tmp_path / "c.r1cs", recorder.finish())
    term = lambda wire, value: struct.pack("<II", 1, wire) + value.to_bytes(32, "little")  # noqa: E731
    body = term(1, 2) + term(2, 1) + term(0, 5)
    header = struct.pack("<I", 32) + MODULUS.to_bytes(32, "little") + struct.pack("<IIIIQI", 3, 0, 1, 1, 3, 1)
    labels = np.arange(3, dtype="<u8").tobytes()
    expected = b"r1cs" + struct.pack("<II", 1, 3)
    for kind, content in ((1, header), (2, body), (3, labels)):
        expected += struct.pack("<IQ", kind, len(content)) + content
    assert (tmp_path / "c.r1cs").read_bytes() == expected


def test_an_empty_row_and_no_rows(tmp_path):
    recorder = Recorder(1, 0)
    write_r1cs(tmp_path / "c.r1cs", recorder.finish())
    assert parse(tmp_path / "c.r1cs") == ((2, 0, 1, 0), [])
    recorder.check({}, {1: 1}, {}, "nothing")
    write_r1cs(tmp_path / "c.r1cs", recorder.finish())
    assert parse(tmp_path / "c.r1cs")[1] == [({}, {1: 1}, {})]
