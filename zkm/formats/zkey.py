"""`.zkey`: a Groth16 key for one circuit, as snarkjs writes it (its src/zkey_utils.js).

    1  1 (Groth16)
    2  bytes of a coordinate, q, bytes of a scalar, r, wires, public inputs, size of the domain,
       α₁, β₁, β₂, γ₂, δ₁, δ₂
    3  IC                     7  B in G2, of each wire
    4  terms of A and B       8  C, of each private wire
    5  A, of each wire        9  H, of each odd point of the doubled domain
    6  B in G1                10 contributions

Every size follows from the circuit that the file must belong to, which is ours: a section of another size
is refused before it is read.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from zkm._native import Groth16Key, R1cs
from zkm.curve import BASE_FIELD
from zkm.errors import SetupError
from zkm.field import MODULUS
from zkm.formats.binfile import BinFile
from zkm.formats.raw import G1_BYTES, G2_BYTES, NUMBER_BYTES

if TYPE_CHECKING:
    from zkm.wrap.r1cs import ConstraintSystem, Matrix

__all__ = ["domain_size", "read_zkey"]

MAGIC: Final = b"zkey"
PROTOCOL, HEADER, IC, TERMS, A, B1, B2, C, H = 1, 2, 3, 4, 5, 6, 7, 8, 9
GROTH16: Final = 1
SIZES: Final = struct.Struct("<I32sI32sIII")
SINGLES_BYTES: Final = 3 * G1_BYTES + 3 * G2_BYTES

TERM: Final = np.dtype([("matrix", "<u4"), ("row", "<u4"), ("wire", "<u4"), ("value", "<u8", 4)])
VALUE_FACTOR: Final = pow(1 << 256, 2, MODULUS)
"""A coefficient is stored times R² (R = 2^256), so that one Montgomery product gives c·R."""


def domain_size(system: ConstraintSystem) -> int:
    """Rows of a system with the extra rows of wire 0 and the public inputs, as a power of two."""
    return int(1 << (system.n_constraints + system.n_public).bit_length())


def read_zkey(path: Path | str, system: ConstraintSystem, r1cs: R1cs) -> Groth16Key:
    """The key in a file, which must be one for this circuit.

    Sizes, the terms of A and B, and that points are in their groups are checked here;
    `Groth16Key.check` checks what the points are.

    Raises:
        SetupError: malformed or truncated, of another curve, protocol or circuit, or with points off the
            curve or outside the group.
        OSError: the file cannot be read.
    """
    wires, public = system.n_wires, system.n_public
    domain = domain_size(system)
    with BinFile(path, MAGIC) as file:
        file.section(PROTOCOL, 4)
        if struct.unpack("<I", file.read(PROTOCOL, 4)) != (GROTH16,):
            raise file.error("not a key for Groth16")
        file.section(HEADER, SIZES.size + SINGLES_BYTES)
        q_size, q, r_size, r, *sizes = SIZES.unpack(file.read(HEADER, SIZES.size))
        fields = (q_size, int.from_bytes(q, "little"), r_size, int.from_bytes(r, "little"))
        if fields != (NUMBER_BYTES, BASE_FIELD, NUMBER_BYTES, MODULUS):
            raise file.error("a key for another curve than BN254")
        if sizes != [wires, public, domain]:
            raise file.error(
                f"a key of another circuit: {sizes[0]} wires, {sizes[1]} public inputs and a domain of "
                f"{sizes[2]}, not {wires}, {public} and {domain}"
            )
        if _terms(file, system).tobytes() != expected_terms(system).tobytes():
            raise file.error("a key of another circuit: its constraints differ")

        def points(kind: int, count: int, size: int = G1_BYTES) -> bytes:
            section = file.section(kind, count * size)
            return file.read(kind, section.size)

        singles = file.read(HEADER, SINGLES_BYTES, SIZES.size)
        try:
            return Groth16Key.from_sections(
                r1cs,
                singles,
                points(IC, public + 1),
                points(A, wires),
                points(B1, wires),
                points(B2, wires, G2_BYTES),
                points(C, wires - public - 1),
                points(H, domain),
            )
        except SetupError as error:
            if str(error).startswith(str(file.path)):
                raise
            raise file.error(str(error)) from error


def _terms(file: BinFile, system: ConstraintSystem) -> NDArray[Any]:
    """Section 4, sorted."""
    count = len(system.a.wire) + len(system.b.wire) + system.n_public + 1
    if struct.unpack("<I", file.read(TERMS, 4)) != (count,):
        raise file.error("a key of another circuit: its constraints have more or fewer terms")
    file.section(TERMS, 4 + count * TERM.itemsize)
    terms = np.frombuffer(file.read(TERMS, count * TERM.itemsize, 4), dtype=TERM)
    order = np.lexsort((terms["wire"], terms["row"], terms["matrix"]))
    sorted_terms: NDArray[Any] = terms[order]
    return sorted_terms


def expected_terms(system: ConstraintSystem) -> NDArray[Any]:
    """What section 4 must hold: A, its extra rows, and B, by row and wire."""
    scaled = (value * VALUE_FACTOR % MODULUS for value in system.coefficients)
    numbers = b"".join(value.to_bytes(NUMBER_BYTES, "little") for value in scaled)
    table = np.frombuffer(numbers, dtype="<u8").reshape(-1, 4)

    def terms(number: int, matrix: Matrix) -> NDArray[Any]:
        result = np.zeros(len(matrix.wire), dtype=TERM)
        result["matrix"] = number
        result["row"] = np.repeat(np.arange(system.n_constraints), np.diff(matrix.indptr))
        result["wire"] = matrix.wire
        result["value"] = table[matrix.coefficient]
        return result

    extra = np.zeros(system.n_public + 1, dtype=TERM)
    extra["wire"] = np.arange(system.n_public + 1)
    extra["row"] = system.n_constraints + extra["wire"]
    one = VALUE_FACTOR.to_bytes(NUMBER_BYTES, "little")
    extra["value"] = np.frombuffer(one, dtype="<u8")
    return np.concatenate([terms(0, system.a), extra, terms(1, system.b)])
