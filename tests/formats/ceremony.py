"""A ceremony without people: `.ptau` files from known secrets, prepared for phase 2 or not, and snarkjs."""

from __future__ import annotations

import os
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from zkm import _native
from zkm.curve import BASE_FIELD
from zkm.field import MODULUS
from zkm.formats.binfile import write_sections

ROOT = Path(__file__).parents[2]
SNARKJS = ROOT / "node_modules" / "snarkjs" / "cli.js"
ROOT_OF_UNITY = pow(5, (MODULUS - 1) >> 28, MODULUS)
"""Of order 2^28; 5 generates Fr's multiplicative group, and snarkjs and arkworks take it, too."""

PHASE1_SECTIONS = {2: "tau", 3: "tau", 4: "alpha", 5: "beta"}


def snarkjs(*arguments, check=True):
    """Run snarkjs; its output. It says on stdout what is wrong."""
    words = ["node", str(SNARKJS), *(str(argument) for argument in arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=3000, env=os.environ, check=False)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def root_of_unity(power):
    return pow(ROOT_OF_UNITY, 1 << (28 - power), MODULUS)


def powers_of(tau, count):
    values, value = [], 1
    for _ in range(count):
        values.append(value)
        value = value * tau % MODULUS
    return values


def lagrange(tau, power, *, without_last=False):
    """L_i(τ) for i < 2^power: (τ^n − 1) ω^i / (n (τ − ω^i)); optionally without the term of τ^(n−1), which
    is ω^i / n · τ^(n−1).
    """
    n = 1 << power
    points = powers_of(root_of_unity(power), n)
    inverses = _native.batch_inverse(_native.FrVec([(tau - point) % MODULUS for point in points])).to_list()
    scale = (pow(tau, n, MODULUS) - 1) * pow(n, -1, MODULUS) % MODULUS
    values = [
        scale * point % MODULUS * inverse % MODULUS for point, inverse in zip(points, inverses, strict=True)
    ]
    if without_last:
        top = pow(tau, n - 1, MODULUS) * pow(n, -1, MODULUS) % MODULUS
        values = [(value - top * point) % MODULUS for value, point in zip(values, points, strict=True)]
    return values


@dataclass
class Ceremony:
    """The secrets of a phase 1.

    `sections` are those of the file, as lists of pieces; a test may change them before `write`.
    """

    power: int
    tau: int = 0x1D4F_AB10_9C3E_55E7_0123_4567_89AB_CDEF_1357
    alpha: int = 1234567
    beta: int = 7654321
    field_modulus: int = BASE_FIELD
    sections: dict[int, list[bytes]] = field(default_factory=dict)

    def __post_init__(self):
        if not self.sections:
            self.sections = self.phase1()

    def header(self):
        head = struct.pack("<I", 32) + self.field_modulus.to_bytes(32, "little")
        return head + struct.pack("<II", self.power, self.power)

    def phase1(self):
        n = 1 << self.power
        powers = powers_of(self.tau, 2 * n - 1)
        scaled = {name: [getattr(self, name) * p % MODULUS for p in powers[:n]] for name in ("alpha", "beta")}
        vector = _native.FrVec
        return {
            1: [self.header()],
            2: [_native.g1_multiples(vector(powers))],
            3: [_native.g2_multiples(vector(powers[:n]))],
            4: [_native.g1_multiples(vector(scaled["alpha"]))],
            5: [_native.g1_multiples(vector(scaled["beta"]))],
            6: [_native.g2_multiples(vector([self.beta]))],
            7: [struct.pack("<I", 0)],
        }

    def prepare(self, lowest=0):
        """Add the Lagrange forms, as `snarkjs powersoftau prepare phase2` does. Blocks of lower powers than
        `lowest` stay zero: a large file for one size of circuit is then made in less time.
        """
        for section, factor in ((12, 1), (13, 1), (14, self.alpha), (15, self.beta)):
            multiples = _native.g2_multiples if section == 13 else _native.g1_multiples
            size = 128 if section == 13 else 64
            last = self.power + (section == 12)
            pieces = []
            for power in range(last + 1):
                if power < lowest:
                    pieces.append(bytes(size << power))
                    continue
                values = lagrange(self.tau, power, without_last=power == self.power + 1)
                scaled = [factor * value % MODULUS for value in values]
                pieces.append(multiples(_native.FrVec(scaled)))
            self.sections[section] = pieces
        return self

    def write(self, path):
        write_sections(path, b"ptau", self.sections)
        return path
