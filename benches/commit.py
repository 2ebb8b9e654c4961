"""Seconds of multi-scalar multiplications and of the opening, beside arkworks' in the same run.

python benches/commit.py [BITS] [--json FILE]      2^BITS points (default 18)
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from zkm import _native
from zkm.commit.kzg import commit_slots
from zkm.commit.srs import development_srs
from zkm.params import SMALL

REPEATS = 3
WIDTHS = {"bits": 1, "u8": 8, "u16": 16, "u32": 32, "41 bits": 41}


def seconds(run: Callable[[], object]) -> float:
    """The best of a few runs: the machine may be busy with other things."""
    best = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def measure(bits: int) -> dict[str, float]:
    length = 1 << bits
    rng = np.random.default_rng(1)
    result: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dev.srs"
        start = time.perf_counter()
        development_srs(path, length + 1)
        result["reference string: make (s)"] = time.perf_counter() - start
        srs = development_srs(path, length + 1)
        result["reference string: load (s)"] = seconds(lambda: development_srs(path, length + 1))
        limbs = rng.integers(0, 1 << 60, (length, 4), dtype=np.uint64)
        full = _native.FrVec.from_limbs(limbs)
        compare(
            result, "full width", lambda: _native.msm(srs, full), lambda: _native.reference_msm(srs, full)
        )
        for name, width in WIDTHS.items():
            cells = rng.integers(0, 1 << width, length)
            compare(
                result,
                name,
                lambda cells=cells: _native.msm_int64(srs, cells),
                lambda cells=cells: _native.reference_msm_int64(srs, cells),
            )
        slots = _native.Slots(length, SMALL.opening_side, 4, 1, bytes(32))
        for slot in range(3):
            slots.add_column(slot, 0, rng.integers(0, 1 << 16, length))
        result["commit 3 slots of u16 (s)"] = seconds(lambda: commit_slots(slots, srs))
        point = [int(x) for x in rng.integers(1, 1 << 62, SMALL.slot_bits)]

        def opening() -> None:
            prover = _native.Opening(slots, srs, 2, point)
            prover.fold()
            prover.divide(3)
            prover.symmetrize(5)
            prover.evaluate(7)
            prover.open()
            prover.batch(11)
            prover.finish(13)

        result["opening (s)"] = seconds(opening)
    return result


def compare(
    result: dict[str, float], name: str, ours: Callable[[], bytes], reference: Callable[[], bytes]
) -> None:
    if ours() != reference():
        raise AssertionError(f"{name}: not arkworks' sum")
    result[f"{name}: zkm (s)"] = seconds(ours)
    result[f"{name}: arkworks (s)"] = seconds(reference)
    result[f"{name}: ratio"] = result[f"{name}: zkm (s)"] / result[f"{name}: arkworks (s)"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bits", nargs="?", type=int, default=18)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result = measure(arguments.bits)
    for name, value in result.items():
        print(f"{name:32} {value:10.3f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
