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
from typing import Any

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


def measure(bits: int = 18) -> list[dict[str, Any]]:
    """One entry for each kernel on 2^bits points, with the ratio to arkworks' sum where there is one."""
    length = 1 << bits
    rng = np.random.default_rng(1)
    entries: list[dict[str, Any]] = []

    def add(name: str, duration: float) -> None:
        entries.append({"name": f"commit.2^{bits}.{name}", "seconds": duration})

    def compare(name: str, ours: Callable[[], bytes], reference: Callable[[], bytes]) -> None:
        if ours() != reference():
            raise AssertionError(f"{name}: not arkworks' sum")
        add(name, seconds(ours))
        entries[-1]["ratio_to_plain"] = seconds(reference) / entries[-1]["seconds"]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dev.srs"
        start = time.perf_counter()
        development_srs(path, length + 1)
        add("make reference string", time.perf_counter() - start)
        srs = development_srs(path, length + 1)
        add("load reference string", seconds(lambda: development_srs(path, length + 1)))
        limbs = rng.integers(0, 1 << 60, (length, 4), dtype=np.uint64)
        full = _native.FrVec.from_limbs(limbs)
        compare("msm full width", lambda: _native.msm(srs, full), lambda: _native.reference_msm(srs, full))
        for name, width in WIDTHS.items():
            cells = rng.integers(0, 1 << width, length)
            compare(
                f"msm {name}",
                lambda cells=cells: _native.msm_int64(srs, cells),
                lambda cells=cells: _native.reference_msm_int64(srs, cells),
            )
        slots = _native.Slots(length, SMALL.opening_side, 4, 1, bytes(32))
        for slot in range(3):
            slots.add_column(slot, 0, rng.integers(0, 1 << 16, length))
        add("commit 3 slots of u16", seconds(lambda: commit_slots(slots, srs)))
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

        add("opening", seconds(opening))
    return entries


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bits", nargs="?", type=int, default=18)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    entries = measure(arguments.bits)
    for entry in entries:
        ratio = f"{entry['ratio_to_plain']:8.2f} x arkworks" if "ratio_to_plain" in entry else ""
        print(f"{entry['name']:36} {entry['seconds']:10.3f} {ratio}")
    if arguments.json:
        arguments.json.write_text(json.dumps(entries, indent=2))


if __name__ == "__main__":
    main()
