"""Speed of the machine: executed instructions per second, with and without a trace.

usage: python benches/machine.py [--bytes N]
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from zkm import machine
from zkm.program import load

GUEST = Path(__file__).parents[1] / "examples" / "guests" / "sha256" / "sha256.elf"


def best_of(count: int, function: Callable[[], Any]) -> tuple[float, Any]:
    """The fastest of some calls: (seconds, result)."""
    timings = []
    for _ in range(count):
        start = time.perf_counter()
        result = function()
        timings.append((time.perf_counter() - start, result))
    return min(timings, key=lambda timing: timing[0])


@click.command()
@click.option("--bytes", "length", default=300_000, help="Length of the input that is hashed.")
@click.option("--repeat", default=3, help="Runs of each kind; the fastest counts.")
def main(length: int, repeat: int) -> None:
    """Hash some bytes with the example guest."""
    program = load(GUEST)
    data = bytes(i * 7 & 255 for i in range(length))
    for name, function in (("run", machine.run), ("trace", machine.trace)):
        seconds, result = best_of(repeat, lambda function=function: function(program, data))
        instructions = getattr(result, "instructions", 0) or result.instruction_count
        print(f"{name:6} {instructions:12,} instructions {instructions / seconds / 1e6:8.1f} M/s")
        del result


if __name__ == "__main__":
    main()
