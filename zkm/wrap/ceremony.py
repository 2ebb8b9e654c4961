"""Keys from a ceremony: the powers of τ (phase 1) and the Groth16 key of our circuit (phase 2).

    FOLDER/srs.bin          the powers of τ, and
    FOLDER/ceremony.json    what a Groth16 key made from them is recognised by: [τ]_2, [α]_1, [β]_2
    FOLDER/PARAMS.groth16   the key

What is checked, and what is not: a key is taken only if every one of its points is what our circuit, the
powers of τ and α, β demand, for some δ. So a coordinator cannot slip in another circuit or other points.
That nobody knows τ, α, β, δ is what the transcripts in both files are about: `snarkjs powersoftau verify`
and `snarkjs zkey verify` check them.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zkm._native import Groth16Key, R1cs, Srs
from zkm.commit.srs import development_tau_g2, import_ptau, is_ceremony, open_srs, srs_length
from zkm.errors import SetupError
from zkm.formats.json_text import parse_json
from zkm.formats.ptau import PowersOfTau, read_ptau
from zkm.formats.zkey import read_zkey
from zkm.params import ParameterSet
from zkm.wrap.groth16 import VerifyingKey
from zkm.wrap.r1cs import ConstraintSystem

__all__ = ["Phase1", "import_groth16", "import_powers"]

FORMAT: Final = "zkm ceremony 1"
MAX_FILE_BYTES: Final = 1 << 16
POINTS: Final = {"tau_g2": 128, "alpha_g1": 64, "beta_g2": 128}


@dataclass(frozen=True)
class Phase1:
    """What identifies a phase 1. Points are in the EVM's form.

    Attributes:
        power: of the file that the powers were taken from.
        tau_g2, alpha_g1, beta_g2: [τ]_2, [α]_1, [β]_2.
    """

    power: int
    tau_g2: bytes
    alpha_g1: bytes
    beta_g2: bytes

    @staticmethod
    def of(powers: PowersOfTau) -> Phase1:
        """Of a ceremony's file."""
        return Phase1(powers.power, powers.tau_g2, powers.alpha_g1, powers.beta_g2)

    def save(self, folder: Path) -> None:
        """Write FOLDER/ceremony.json, as a whole."""
        content: dict[str, Any] = {"format": FORMAT, "power": self.power}
        content |= {name: "0x" + getattr(self, name).hex() for name in POINTS}
        path = _path(folder)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        temporary.write_text(json.dumps(content, indent=2) + "\n")
        temporary.replace(path)

    @staticmethod
    def load(folder: Path) -> Phase1:
        """Read FOLDER/ceremony.json.

        Raises:
            SetupError: there is none, or it is damaged.
        """
        path = _path(folder)
        if not path.exists():
            raise SetupError(f"no powers of τ of a ceremony in {folder}: give them with --ptau")
        try:
            with path.open() as file:
                return _parse(parse_json(file.read(MAX_FILE_BYTES)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise SetupError(f"{path}: damaged ({error})") from error


def _parse(content: Any) -> Phase1:
    points = {name: bytes.fromhex(content[name].removeprefix("0x")) for name in POINTS}
    power = content["power"]
    if content["format"] != FORMAT or type(power) is not int:
        raise ValueError("another format")
    if any(len(points[name]) != size for name, size in POINTS.items()):
        raise ValueError("a point of another size")
    return Phase1(power, **points)


def _path(folder: Path) -> Path:
    return folder / "ceremony.json"


def import_powers(ptau: Path | str, folder: Path, params: ParameterSet) -> Phase1:
    """Take the powers of τ that a parameter set needs out of a `.ptau` file, or more of them than before.

    Raises:
        SetupError: the file is malformed, too small or of another curve, or the folder holds development
            keys or those of another ceremony.
        OSError: a file cannot be read or written.
    """
    powers = read_ptau(ptau)
    phase1 = Phase1.of(powers)
    if powers.tau_g2 == development_tau_g2():
        raise SetupError(f"{ptau}: its τ is the one of development strings, which everybody knows")
    target = folder / "srs.bin"
    length = srs_length(params, params.slot_length)
    if target.exists():
        if not is_ceremony(target):
            raise SetupError(f"{folder} holds development keys: choose an empty folder for a ceremony's")
        if open_srs(target, 1).tau_g2 != phase1.tau_g2:
            raise SetupError(f"{folder} holds the powers of τ of another ceremony than {ptau}")
        if _has(target, length):
            phase1.save(folder)
            return phase1
    folder.mkdir(parents=True, exist_ok=True)
    import_ptau(powers, target, length)
    phase1.save(folder)
    return phase1


def _has(path: Path, length: int) -> bool:
    try:
        open_srs(path, length)
    except SetupError:
        return False
    return True


def import_groth16(
    zkey: Path | str, folder: Path, system: ConstraintSystem, r1cs: R1cs, public_inputs: int
) -> Groth16Key:
    """The key of our circuit in a `.zkey` file that was made from the powers of τ in the folder.

    Raises:
        SetupError: no powers of τ; the file is malformed, of another circuit or another ceremony; nobody has
            contributed (δ₂ = γ₂); or a point is not what it must be.
        OSError: a file cannot be read.
    """
    phase1 = Phase1.load(folder)
    srs = _powers_for(folder, r1cs)
    if srs.tau_g2 != phase1.tau_g2:
        raise SetupError(f"{folder}: ceremony.json and srs.bin are of different ceremonies")
    key = read_zkey(zkey, system, r1cs)
    try:
        _check(key, phase1, r1cs, srs, public_inputs)
    except SetupError as error:
        raise SetupError(f"{zkey}: {error}") from error
    return key


def _check(key: Groth16Key, phase1: Phase1, r1cs: R1cs, srs: Srs, public_inputs: int) -> None:
    verifying = VerifyingKey.of(key)
    verifying.check(public_inputs)
    if (verifying.alpha, verifying.beta) != (phase1.alpha_g1, phase1.beta_g2):
        raise SetupError("α or β is not that of the ceremony whose powers of τ are in the folder")
    key.check(r1cs, srs)


def _powers_for(folder: Path, r1cs: R1cs) -> Srs:
    """As many powers as the check of a key can use: twice the domain, or one less."""
    path = folder / "srs.bin"
    wanted = 2 << (r1cs.constraints + r1cs.public).bit_length()
    return open_srs(path, wanted) if _has(path, wanted) else open_srs(path, wanted - 1)
