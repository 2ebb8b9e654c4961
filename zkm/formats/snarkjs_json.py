"""verification_key.json, proof.json and public.json of snarkjs: numbers are decimal strings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zkm import _native

if TYPE_CHECKING:
    from zkm.wrap.groth16 import VerifyingKey

__all__ = [
    "PROOF",
    "PUBLIC",
    "VERIFICATION_KEY",
    "proof_json",
    "public_json",
    "save_json",
    "verification_key_json",
]

VERIFICATION_KEY: Final = "verification_key.json"
PUBLIC: Final = "public.json"
PROOF: Final = "proof.json"
"""The usual names; `snarkjs groth16 verify` takes the files in this order."""


def _numbers(point: bytes) -> list[str]:
    return [str(int.from_bytes(point[i : i + 32], "big")) for i in range(0, len(point), 32)]


def _g1(point: bytes) -> list[str]:
    return [*_numbers(point), "1"]


def _g2(point: bytes) -> list[list[str]]:
    x1, x0, y1, y0 = _numbers(point)
    return [[x0, x1], [y0, y1], ["1", "0"]]


def _gt(value: Sequence[int]) -> list[list[list[str]]]:
    quadratic = [[str(value[i]), str(value[i + 1])] for i in range(0, 12, 2)]
    return [quadratic[:3], quadratic[3:]]


def verification_key_json(key: VerifyingKey) -> dict[str, Any]:
    """A verifying key as `snarkjs zkey export verificationkey` writes it."""
    return {
        "protocol": "groth16",
        "curve": "bn128",
        "nPublic": len(key.ic) - 1,
        "vk_alpha_1": _g1(key.alpha),
        "vk_beta_2": _g2(key.beta),
        "vk_gamma_2": _g2(key.gamma),
        "vk_delta_2": _g2(key.delta),
        "vk_alphabeta_12": _gt(_native.pairing(key.alpha, key.beta)),
        "IC": [_g1(point) for point in key.ic],
    }


def proof_json(proof: bytes) -> dict[str, Any]:
    """A proof A ‖ B ‖ C (256 bytes) as `snarkjs groth16 prove` writes it."""
    return {
        "pi_a": _g1(proof[:64]),
        "pi_b": _g2(proof[64:192]),
        "pi_c": _g1(proof[192:]),
        "protocol": "groth16",
        "curve": "bn128",
    }


def public_json(inputs: Sequence[int]) -> list[str]:
    """The public inputs in order."""
    return [str(int(value)) for value in inputs]


def save_json(path: Path, content: Any) -> None:
    """Write one of the files."""
    path.write_text(json.dumps(content, indent=1) + "\n")
