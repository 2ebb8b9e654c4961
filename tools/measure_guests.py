"""Measures the example guests that are built: `python tools/measure_guests.py [NAME…]`.

The first run of each guest is executed with a trace and, up to a limit, checked against all tables. The
results go to examples/guests/measurements.json, which `make docs` makes the tables of docs/machine.md and of
the guests' README from; entries of guests that are not built are kept.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from examples.guests.build import is_current  # noqa: E402
from examples.guests.manifest import GUESTS_FOLDER, Guest, guests  # noqa: E402
from zkm import machine  # noqa: E402
from zkm.params import SMALL  # noqa: E402
from zkm.program import load  # noqa: E402
from zkm.tables.check import assert_valid  # noqa: E402
from zkm.tables.fill import fill  # noqa: E402
from zkm.tables.registry import machine_system, machine_tables  # noqa: E402
from zkm.tables.stats import stats  # noqa: E402

MEASUREMENTS = GUESTS_FOLDER / "measurements.json"

CHECKED_INSTRUCTIONS = 2_000_000
"""Longer runs are not checked cell by cell."""

NOT_OF_THE_RUN = {"PROGRAM"} | {table.name for table in machine_tables() if table.fixed_height is not None}
"""Tables whose height does not depend on what is executed."""


def measure(guest: Guest) -> dict[str, Any]:
    """Sizes of a guest's first run.

    Raises:
        ConstraintViolation: the trace does not satisfy the tables.
        AssertionError: the guest does not do what its manifest says.
    """
    run = guest.runs[0]
    program = load(guest.elf, run.arguments)
    result = machine.run(program, run.input())
    assert (result.exit_code, result.output) == (run.exit_code, run.expected()), guest.name
    trace = machine.trace(program, run.input())
    checked = result.instructions <= CHECKED_INSTRUCTIONS
    if checked:
        system = machine_system(SMALL)
        assert_valid(system, fill(system, trace))
    tables = stats(trace)
    of_the_run = [table for table in tables if table.name not in NOT_OF_THE_RUN]
    return {
        "elf_sha256": hashlib.sha256(guest.elf.read_bytes()).hexdigest(),
        "elf_bytes": guest.elf.stat().st_size,
        "instructions": result.instructions,
        "kernel_instructions": result.kernel_instructions,
        "rows": result.rows,
        "program_rows": len(program.rows),
        "cells": sum(table.cells for table in of_the_run),
        "interactions": sum(table.interactions for table in of_the_run),
        "all_cells": sum(table.cells for table in tables),
        "all_interactions": sum(table.interactions for table in tables),
        "checked": checked,
    }


def main() -> int:
    """Measure the guests named, or all that are built."""
    known = guests()
    chosen = [known[name] for name in sys.argv[1:]] or [
        guest for guest in known.values() if is_current(guest)
    ]
    entries = json.loads(MEASUREMENTS.read_text()) if MEASUREMENTS.exists() else {}
    for guest in chosen:
        entries[guest.name] = entry = measure(guest)
        print(f"{guest.name}: {entry['instructions']:,} instructions", flush=True)
    kept = {name: entries[name] for name in sorted(entries) if name in known}
    MEASUREMENTS.write_text(json.dumps(kept, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
