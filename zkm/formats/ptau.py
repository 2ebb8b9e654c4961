"""`.ptau`: the powers of τ of a ceremony, as snarkjs writes them (its src/powersoftau_new.js).

    1  header: bytes of a coordinate (u32), q, power p (u32), power of the whole ceremony (u32)
    2  [τ^i]_1   for i < 2^(p+1) − 1        4  [α τ^i]_1   for i < 2^p
    3  [τ^i]_2   for i < 2^p                5  [β τ^i]_1   for i < 2^p
    6  [β]_2                                7  contributions
    12 … 15  sections 2 … 5 in Lagrange form, if the file is prepared for phase 2

We need the powers of τ for commitments, and α, β to recognise the Groth16 keys that were made from the
file. Sections 7 and above are snarkjs's business.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zkm._native import pairing_check
from zkm.curve import BASE_FIELD, G1_GENERATOR, G2_GENERATOR, negate
from zkm.errors import SetupError
from zkm.formats.binfile import BinFile
from zkm.formats.raw import G1_BYTES, G2_BYTES, evm_point, raw_point

__all__ = ["PowersOfTau", "read_ptau"]

MAGIC: Final = b"ptau"
HEADER, TAU_G1, TAU_G2, ALPHA_G1, BETA_G1, BETA_G2 = 1, 2, 3, 4, 5, 6
HEADER_FORM: Final = struct.Struct("<I32sII")
MAX_POWER: Final = 28
"""The largest power that BN254's scalar field has roots of unity for."""


@dataclass(frozen=True)
class PowersOfTau:
    """What a file's header and first points say. Points are in the EVM's form.

    Attributes:
        path: the file.
        power: p.
        position: of [τ^0]_1 in the file; 2^(p+1) − 1 raw points of 64 bytes follow.
        tau_g2: [τ]_2.
        alpha_g1: [α]_1.
        beta_g2: [β]_2.
    """

    path: Path
    power: int
    position: int
    tau_g2: bytes
    alpha_g1: bytes
    beta_g2: bytes

    @property
    def length(self) -> int:
        """Powers of τ in G1."""
        return _length(self.power)


def _length(power: int) -> int:
    return (2 << power) - 1


def read_ptau(path: Path | str) -> PowersOfTau:
    """Read header and first points, and check that somebody has contributed.

    The powers themselves are checked when they are imported (:func:`zkm.commit.srs.import_ptau`).

    Raises:
        SetupError: malformed or truncated, of another curve, or τ, α or β is trivial.
        OSError: the file cannot be read.
    """
    with BinFile(path, MAGIC) as file:
        file.section(HEADER, HEADER_FORM.size)
        size, field, power, _ = HEADER_FORM.unpack(file.read(HEADER, HEADER_FORM.size))
        if size != 32 or int.from_bytes(field, "little") != BASE_FIELD:
            raise file.error("a ceremony for another curve than BN254")
        if not 1 <= power <= MAX_POWER:
            raise file.error(f"damaged (power {power})")
        tau = file.section(TAU_G1, _length(power) * G1_BYTES)
        sizes = [(TAU_G2, G2_BYTES), (ALPHA_G1, G1_BYTES), (BETA_G1, G1_BYTES)]
        for kind, one in sizes:
            file.section(kind, one << power)
        file.section(BETA_G2, G2_BYTES)

        def point(kind: int, size: int, index: int = 0) -> bytes:
            try:
                return evm_point(file.read(kind, size, index * size))
            except SetupError as error:
                raise file.error(str(error)) from error

        if file.read(TAU_G1, G1_BYTES) != raw_point(G1_GENERATOR):
            raise file.error("[τ^0]_1 is not the generator")
        if file.read(TAU_G2, G2_BYTES) != raw_point(G2_GENERATOR):
            raise file.error("[τ^0]_2 is not the generator")
        powers = PowersOfTau(
            file.path,
            power,
            tau.position,
            point(TAU_G2, G2_BYTES, 1),
            point(ALPHA_G1, G1_BYTES),
            point(BETA_G2, G2_BYTES),
        )
        beta_g1 = point(BETA_G1, G1_BYTES)
        try:
            _check(powers, beta_g1)
        except (SetupError, ValueError) as error:
            raise file.error(str(error)) from error
        return powers


def _check(powers: PowersOfTau, beta_g1: bytes) -> None:
    """τ, α and β are points of their groups, not trivial, and β is the same in both groups.

    Raises:
        SetupError: a secret is 0 or 1 (a file that snarkjs has just made has all of them 1), or β differs.
        ValueError: a point is none of its group.
    """
    secrets = {"τ": powers.tau_g2, "α": powers.alpha_g1, "β": powers.beta_g2}
    for name, point in secrets.items():
        if not any(point) or point in (G1_GENERATOR, G2_GENERATOR):
            raise SetupError(f"{name} is trivial: nobody has contributed to this ceremony")
    pairing_check([(powers.alpha_g1, powers.tau_g2)])
    pairs = [(negate(beta_g1), G2_GENERATOR), (G1_GENERATOR, powers.beta_g2)]
    if not any(beta_g1) or not pairing_check(pairs):
        raise SetupError("β is not the same in both groups")
