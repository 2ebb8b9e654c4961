"""The whole way from an ELF file to a wrapped proof: seconds per stage, sizes, peak memory, Python's share.

    python -m benches.pipeline BYTES     one run, as JSON

Each run is a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GUEST = ROOT / "examples" / "guests" / "sha256" / "sha256.elf"

RUNS = {"sha256 of 1,000 bytes": 1_000, "sha256 of 15,500 bytes (1M instructions)": 15_500}
"""What is measured: name → bytes of input (about 65 instructions a byte)."""


def python_share(profile: cProfile.Profile) -> float:
    """The part of the time that was not spent in the native module."""
    total = native = 0.0
    for (_, _, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        total += own
        # Static methods of native classes have no module in their profiled name.
        if "_native" in name or name == "<built-in method development>":
            native += own
    return 1 - native / total


def one_run(length: int) -> dict[str, Any]:
    """Prove the hash of `length` bytes with loaded keys."""
    from zkm import api
    from zkm.params import SMALL
    from zkm.wrap.keys import make_keys

    keys = make_keys(SMALL)
    data = bytes(i * 7 & 255 for i in range(length))
    profile = cProfile.Profile()
    profile.enable()
    proof = api.prove(GUEST, stdin=data, keys=keys)
    profile.disable()
    api.verify(proof, GUEST, keys=keys)
    assert proof.statistics is not None
    statistics = proof.statistics
    wrap = {"circuit witness", "Groth16"}
    return {
        "instructions": statistics.instructions,
        "rows": statistics.rows,
        "cells": statistics.cells,
        "proof_bytes": len(proof.proof),
        "seconds": statistics.seconds,
        "core_seconds": sum(s for name, s in statistics.seconds.items() if name not in wrap),
        "total_seconds": sum(statistics.seconds.values()),
        "python_share": python_share(profile),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def measure() -> list[dict[str, Any]]:
    """Every run, each in a fresh process."""
    entries = []
    for name, length in RUNS.items():
        command = [sys.executable, "-m", "benches.pipeline", str(length)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        entries.append({"name": name, **json.loads(done.stdout)})
    return entries


if __name__ == "__main__":
    print(json.dumps(one_run(int(sys.argv[1]))))
