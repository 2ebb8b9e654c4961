"""The tables of the example guests, for their README and for docs/machine.md."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from examples.guests.manifest import GUESTS_FOLDER, guests  # noqa: E402

__all__ = ["overview", "sizes"]


def _measurements() -> dict[str, dict[str, Any]]:
    """Entries of measure_guests.py by guest."""
    entries: dict[str, dict[str, Any]] = json.loads((GUESTS_FOLDER / "measurements.json").read_text())
    return entries


def overview() -> str:
    """One line per guest: tool chain, size, instructions, what it shows."""
    measured = _measurements()
    lines = ["| guest | tool chain | ELF file | instructions | shows |", "|---|---|---|---|---|"]
    for guest in guests().values():
        entry = measured.get(guest.name)
        size, count = (f"{entry['elf_bytes']:,}", f"{entry['instructions']:,}") if entry else ("", "")
        place = "" if guest.committed else " (built on demand)"
        lines.append(
            f"| [{guest.name}]({guest.folder.name}) | {guest.toolchain.title} | {size}{place} | {count} "
            f"| {guest.shows} |"
        )
    return "\n".join(lines)


def sizes() -> str:
    """One line per guest: instructions, the kernel's share, rows, cells and interactions per instruction."""
    measured = _measurements()
    lines = [
        "| guest | instructions | the kernel's | rows | program | cells | interactions |",
        "|---|---|---|---|---|---|---|",
    ]

    def line(name: str, entry: dict[str, Any], cells: str, interactions: str, program: str) -> str:
        count = entry["instructions"]
        kernel = entry["kernel_instructions"] / count
        return (
            f"| {name} | {count:,} | {kernel:.1%} | {entry['rows']:,} | {program} "
            f"| {entry[cells] / count:.1f} | {entry[interactions] / count:.1f} |"
        )

    for name, entry in measured.items():
        lines.append(line(name, entry, "cells", "interactions", f"{entry['program_rows']:,}"))
    numbers = [key for key, value in next(iter(measured.values())).items() if type(value) is int]
    total = {key: sum(entry[key] for entry in measured.values()) for key in numbers}
    lines.append(line("all", total, "cells", "interactions", ""))
    lines.append(
        line(
            "all, with program and lookup tables",
            total,
            "all_cells",
            "all_interactions",
            f"{total['program_rows']:,}",
        )
    )
    return "\n".join(lines)
