"""`.zkey` files from known secrets: what a ceremony of one person makes."""

import struct

from tests.formats.ceremony import lagrange
from zkm import _native
from zkm.curve import BASE_FIELD
from zkm.field import MODULUS
from zkm.formats.binfile import write_sections
from zkm.formats.zkey import domain_size, expected_terms

FrVec = _native.FrVec


def key_sections(ceremony, system, delta=987654321, gamma=1):
    """The sections of the Groth16 key of a circuit, by Groth16's definition (eprint 2016/260)."""
    size = domain_size(system)
    power = size.bit_length() - 1
    basis = lagrange(ceremony.tau, power)
    doubled = lagrange(ceremony.tau, power + 1, without_last=ceremony.power == power)
    columns = []
    for matrix in (system.a, system.b, system.c):
        column = [0] * system.n_wires
        for row in range(system.n_constraints):
            for entry in range(matrix.indptr[row], matrix.indptr[row + 1]):
                value = system.coefficients[matrix.coefficient[entry]]
                column[matrix.wire[entry]] += value * basis[row]
        columns.append(column)
    a, b, c = columns
    for wire in range(system.n_public + 1):
        a[wire] += basis[system.n_constraints + wire]
    sums = [ceremony.beta * x + ceremony.alpha * y + z for x, y, z in zip(a, b, c, strict=True)]
    inverse = pow(delta, -1, MODULUS)
    inputs = system.n_public + 1

    def g1(values):
        return _native.g1_multiples(FrVec([value % MODULUS for value in values]))

    def g2(values):
        return _native.g2_multiples(FrVec([value % MODULUS for value in values]))

    sizes = struct.pack("<I", 32) + BASE_FIELD.to_bytes(32, "little")
    sizes += struct.pack("<I", 32) + MODULUS.to_bytes(32, "little")
    sizes += struct.pack("<III", system.n_wires, system.n_public, size)
    points = g1([ceremony.alpha, ceremony.beta]) + g2([ceremony.beta, gamma]) + g1([delta]) + g2([delta])
    terms = expected_terms(system)
    return {
        1: struct.pack("<I", 1),
        2: sizes + points,
        3: g1(sums[:inputs]),
        4: struct.pack("<I", len(terms)) + terms.tobytes(),
        5: g1(a),
        6: g1(b),
        7: g2(b),
        8: g1([inverse * value for value in sums[inputs:]]),
        9: g1([inverse * value for value in doubled[1::2]]),
        10: bytes(64) + struct.pack("<I", 0),
    }


def write_zkey(path, sections):
    write_sections(path, b"zkey", {kind: [content] for kind, content in sections.items()})
    return path
