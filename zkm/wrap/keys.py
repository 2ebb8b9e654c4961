"""The keys of one parameter set: circuit, Groth16 key and reference string, kept in a folder.

    FOLDER/srs.bin              powers of τ, shared by all parameter sets, extended on demand
    FOLDER/PARAMS.groth16       the Groth16 proving and verifying key

Keys made here are *development keys*: their secrets follow from public constants, so that tests
and demonstrations are reproducible and everybody can forge proofs for them. Keys for production come out of
a ceremony (:mod:`zkm.wrap.ceremony`); a folder holds keys of one kind only.

The version binds whatever a verifier relies on: tables and parameter set (the system's digest), the
circuit, the kernel, [τ]_2 and the Groth16 verifying key. A key of another circuit is refused by its digest.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eth_utils.crypto import keccak

from zkm._native import FrVec, Groth16Key, R1cs
from zkm.commit.srs import Srs, development_srs, is_ceremony, open_srs
from zkm.errors import SetupError
from zkm.kernel import load_kernel
from zkm.params import ParameterSet
from zkm.progress import Stages
from zkm.tables.registry import machine_system
from zkm.tables.system import System
from zkm.wrap import ceremony
from zkm.wrap.ceremony import Phase1
from zkm.wrap.circuit import PUBLIC_NAMES, build_circuit
from zkm.wrap.groth16 import VerifyingKey, native_r1cs

__all__ = [
    "DEVELOPMENT_SEED",
    "Keys",
    "import_groth16",
    "import_powers",
    "keys_folder",
    "load_keys",
    "make_keys",
]

DEVELOPMENT_SEED: Final = hashlib.sha256(b"zkm insecure development Groth16 key").digest()
"""Everybody can compute the key's secrets from it."""

FIRST_POINTS: Final = 1 << 18
"""Points of the reference string that a set-up makes; larger programs extend it when they need to."""


def keys_folder(folder: Path | str | None = None) -> Path:
    """The folder that is meant: the given one, else $ZKM_KEYS, else ./keys."""
    return Path(folder or os.environ.get("ZKM_KEYS") or "keys")


@dataclass(frozen=True)
class Keys:
    """Everything that proving and verifying with one parameter set needs.

    Attributes:
        folder: where the files are.
        system: the machine's tables with the parameter set.
        r1cs: the circuit.
        sections: constraints of the circuit per section.
        groth16: the proving key.
        verifying_key: its verifying part, checked.
        tau_g2: [τ]_2, 128 bytes.
        version: 32 bytes that program keys, proofs and verifier contracts are bound to.
    """

    folder: Path
    system: System
    r1cs: R1cs
    sections: dict[str, int]
    groth16: Groth16Key
    verifying_key: VerifyingKey
    tau_g2: bytes
    version: bytes

    @property
    def params(self) -> ParameterSet:
        """The parameter set."""
        return self.system.params

    @property
    def is_development(self) -> bool:
        """Whether anybody can forge proofs for these keys."""
        return self.groth16.is_development or self.srs(1).insecure

    def srs(self, length: int) -> Srs:
        """At least so many points of the reference string.

        Raises:
            SetupError: a string from a ceremony is too short, or the file is damaged.
        """
        return _srs(self.folder, length)

    def wires(self, public: Sequence[int], private: Sequence[int]) -> FrVec:
        """All wires of the circuit.

        Raises:
            ConstraintViolation: naming the constraint that the inputs do not satisfy.
        """
        return self.r1cs.solve(public, private)

    def describe(self) -> str:
        """What was loaded, for a person."""
        kind = "DEVELOPMENT KEYS, INSECURE: anybody can forge proofs" if self.is_development else "keys"
        constraints = sum(self.sections.values())
        return (
            f"{kind}\n"
            f"parameter set {self.params.name}, {constraints:,} constraints, in {self.folder}\n"
            f"version 0x{self.version.hex()}"
        )


def version_of(system: System, r1cs_digest: bytes, tau_g2: bytes, key: VerifyingKey) -> bytes:
    """The version, keccak256 of five digests of fixed size."""
    keys = keccak(key.alpha + key.beta + key.gamma + key.delta + b"".join(key.ic))
    return keccak(system.digest() + r1cs_digest + keccak(tau_g2) + keys + load_kernel().digest())


def _srs(folder: Path, length: int) -> Srs:
    """The folder's reference string: a ceremony's as long as it is, one for development as long as needed."""
    path = folder / "srs.bin"
    return open_srs(path, length) if is_ceremony(path) else development_srs(path, length)


def load_keys(params: ParameterSet, folder: Path | str | None = None) -> Keys:
    """Load keys that exist.

    Raises:
        SetupError: they are missing, damaged, or made for another circuit.
    """
    place = keys_folder(folder)
    path = _groth16_path(place, params)
    if not path.exists():
        raise SetupError(
            f"no keys of the parameter set {params.name!r} in {place}: run `zkm setup --params {params.name}`"
        )
    return _assemble(params, place, lambda _: Groth16Key.load(path))


def make_keys(params: ParameterSet, folder: Path | str | None = None, stages: Stages | None = None) -> Keys:
    """Load the keys, or make development keys where there are none.

    Raises:
        SetupError: files exist and are damaged or made for another circuit, or the folder holds a ceremony's
            powers of τ and no Groth16 key yet.
        OSError: they cannot be written.
    """
    place = keys_folder(folder)
    path = _groth16_path(place, params)
    stages = stages or Stages()
    if path.exists():
        with stages.stage("load keys"):
            return load_keys(params, place)
    if is_ceremony(place / "srs.bin"):
        raise SetupError(
            f"{place} holds a ceremony's powers of τ, but no Groth16 key of {params.name!r}: export the "
            "circuit (`zkm circuit --r1cs`), run the second phase, take its result in (`zkm setup --zkey`)"
        )
    place.mkdir(parents=True, exist_ok=True)
    with stages.stage("reference string", expected=4.0):
        development_srs(place / "srs.bin", FIRST_POINTS)

    def make(r1cs: R1cs) -> Groth16Key:
        with stages.stage("Groth16 set-up", expected=20.0) as stage:
            key = Groth16Key.development(r1cs, DEVELOPMENT_SEED, stage.update)
            key.save(path)
        return key

    return _assemble(params, place, make)


def import_powers(
    params: ParameterSet, ptau: Path | str, folder: Path | str | None = None, stages: Stages | None = None
) -> Phase1:
    """Take the powers of τ out of a `.ptau` file (see :func:`zkm.wrap.ceremony.import_powers`).

    Raises:
        SetupError, OSError: as that.
    """
    with (stages or Stages()).stage("reference string", expected=6.0):
        return ceremony.import_powers(ptau, keys_folder(folder), params)


def import_groth16(
    params: ParameterSet, zkey: Path | str, folder: Path | str | None = None, stages: Stages | None = None
) -> Keys:
    """Take the Groth16 key out of a `.zkey` file, check all of it, and keep it in the folder.

    Raises:
        SetupError: as :func:`zkm.wrap.ceremony.import_groth16`, or the folder has a Groth16 key already.
        OSError: a file cannot be read or written.
    """
    place = keys_folder(folder)
    path = _groth16_path(place, params)
    if path.exists():
        raise SetupError(f"{path} exists: move it away before another key takes its place")
    constraints = build_circuit(machine_system(params))
    r1cs = native_r1cs(constraints)
    with (stages or Stages()).stage("Groth16 key", expected=10.0):
        key = ceremony.import_groth16(zkey, place, constraints, r1cs, len(PUBLIC_NAMES))
        key.save(path)
    return load_keys(params, place)


def _groth16_path(folder: Path, params: ParameterSet) -> Path:
    return folder / f"{params.name}.groth16"


def _assemble(params: ParameterSet, folder: Path, source: Callable[[R1cs], Groth16Key]) -> Keys:
    system = machine_system(params)
    constraints = build_circuit(system)
    r1cs = native_r1cs(constraints)
    key = source(r1cs)
    if key.r1cs_digest != r1cs.digest:
        raise SetupError(
            f"{_groth16_path(folder, params)} belongs to another circuit: keys of another version of zkm "
            "(move them away and run `zkm setup`)"
        )
    verifying_key = VerifyingKey.of(key)
    verifying_key.check(len(PUBLIC_NAMES))
    tau_g2 = _srs(folder, 1).tau_g2
    return Keys(
        folder=folder,
        system=system,
        r1cs=r1cs,
        sections=constraints.sections,
        groth16=key,
        verifying_key=verifying_key,
        tau_g2=tau_g2,
        version=version_of(system, key.r1cs_digest, tau_g2, verifying_key),
    )
