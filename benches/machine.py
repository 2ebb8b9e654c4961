"""Speed of the machine: executed instructions per second, with and without a trace.

The counterpart is the plain interpreter of the tests, which does the same row by row in Python.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tests.isa.interpreter import Machine as PlainMachine
from zkm import machine
from zkm.program import Program, load

GUEST = Path(__file__).parents[1] / "examples" / "guests" / "sha256" / "sha256.elf"


def best_of(count: int, function: Callable[[], Any]) -> tuple[float, Any]:
    """The fastest of some calls: (seconds, result)."""
    timings = []
    for _ in range(count):
        start = time.perf_counter()
        result = function()
        timings.append((time.perf_counter() - start, result))
    return min(timings, key=lambda timing: timing[0])


def plain_rate(program: Program, data: bytes) -> float:
    """Rows per second of the plain interpreter."""

    def run() -> int:
        plain = PlainMachine(program.rows, program.entry, program.registers.tolist(), input=data)
        plain.run()
        return plain.row_count

    seconds, rows = best_of(1, run)
    return float(rows / seconds)


def measure(length: int = 300_000, repeat: int = 3) -> list[dict[str, Any]]:
    """One entry for each kind of run of the example sha256 on `length` bytes."""
    program = load(GUEST)
    data = bytes(i * 7 & 255 for i in range(length))
    plain = plain_rate(program, data[:2000])
    entries = []
    for name, function in (("run", machine.run), ("trace", machine.trace)):
        seconds, result = best_of(repeat, lambda function=function: function(program, data))  # type: ignore[misc]
        instructions = result.instructions if name == "run" else result.instruction_count
        rate = instructions / seconds
        entries.append(
            {
                "name": f"machine.{name}",
                "instructions": instructions,
                "seconds": seconds,
                "instructions_per_second": rate,
                "ratio_to_plain": rate / plain,
            }
        )
    return entries


@click.command()
@click.option("--bytes", "length", default=300_000, help="Length of the input that is hashed.")
@click.option("--repeat", default=3, help="Runs of each kind; the fastest counts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(length: int, repeat: int, as_json: bool) -> None:
    """Hash some bytes with the example guest."""
    entries = measure(length, repeat)
    if as_json:
        print(json.dumps(entries, indent=1))
        return
    for entry in entries:
        print(
            f"{entry['name']:14} {entry['instructions']:12,} instructions"
            f" {entry['instructions_per_second'] / 1e6:8.1f} M/s"
            f" {entry['ratio_to_plain']:6.0f} x plain"
        )


if __name__ == "__main__":
    main()
