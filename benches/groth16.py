"""Seconds of solving the circuit, key generation, loading and proving, on random constraints of the real
circuit's number and shape.

    python benches/groth16.py [BITS]      2^BITS rows (default 17)
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zkm import _native
from zkm.field import MODULUS
from zkm.wrap.groth16 import native_r1cs
from zkm.wrap.r1cs import ONE, Recorder

TERMS = 8
INPUTS = 50
SEED = bytes(32)


def circuit(bits: int) -> _native.R1cs:
    """Products of random combinations of recent wires; 2^bits rows with snarkjs's extra ones."""
    rng = random.Random(1)
    recorder = Recorder(3, INPUTS)
    wires = list(range(4, 4 + INPUTS))
    for _ in range((1 << bits) - 5):
        sides = [{w: rng.randrange(1, MODULUS) for w in rng.sample(wires[-40:], TERMS)} for _ in range(2)]
        wires.append(recorder.product(*sides))
    recorder.check({ONE: 1}, {ONE: 1}, {ONE: 1}, "one")
    return native_r1cs(recorder.finish())


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def measure(bits: int = 17) -> list[dict[str, Any]]:
    """Name and seconds of each step; proving also beside arkworks' multiplications."""
    r1cs = circuit(bits)
    private = list(range(1, INPUTS + 1))
    solve, wires = timed(lambda: r1cs.solve([1, 2, 3], private))
    setup, key = timed(lambda: _native.Groth16Key.development(r1cs, SEED))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        key.save(path)
        load, key = timed(lambda: _native.Groth16Key.load(path))
    prove, proof = min((timed(lambda: key.prove(r1cs, wires, SEED)) for _ in range(2)), key=lambda x: x[0])
    plain, reference = timed(lambda: key.reference_prove(r1cs, wires, SEED))
    if proof != reference:
        raise AssertionError("the two multiplications give different proofs")
    name = f"Groth16, 2^{bits} rows: "
    return [
        {"name": name + "solve", "seconds": solve},
        {"name": name + "set-up", "seconds": setup},
        {"name": name + "load key", "seconds": load},
        {"name": name + "prove", "seconds": prove, "ratio_to_plain": plain / prove},
    ]


if __name__ == "__main__":
    for entry in measure(*map(int, sys.argv[1:])):
        print(f"{entry['name']:32} {entry['seconds']:8.3f} s")
        if "ratio_to_plain" in entry:
            print(f"    {entry['ratio_to_plain']:.2f} times as fast as with arkworks")
