"""`make bench`: every measurement, as tables on the terminal and as JSON in out/bench.json."""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import benches
from benches import pipeline

OUTPUT = Path(__file__).resolve().parents[1] / "out" / "bench.json"


def pipeline_table(entries: list[dict[str, Any]]) -> Table:
    """Seconds per stage and sizes, one column for each run."""
    table = Table(title="ELF to wrapped proof", title_justify="left")
    table.add_column("")
    for entry in entries:
        table.add_column(entry["name"], justify="right")
    for stage in entries[0]["seconds"]:
        table.add_row(stage, *(f"{entry['seconds'].get(stage, 0):.2f} s" for entry in entries))
    table.add_section()
    for label, key, form in (
        ("core proof", "core_seconds", "{:.2f} s"),
        ("all", "total_seconds", "{:.2f} s"),
        ("Python's share", "python_share", "{:.1%}"),
        ("instructions", "instructions", "{:,}"),
        ("committed cells", "cells", "{:,}"),
        ("proof, bytes", "proof_bytes", "{:,}"),
    ):
        table.add_row(label, *(form.format(entry[key]) for entry in entries))
    table.add_row("peak memory", *(f"{entry['peak_bytes'] / 2**30:.2f} GiB" for entry in entries))
    return table


def kernel_table(entries: list[dict[str, Any]]) -> Table:
    """Seconds of each kernel and the ratio to its plain counterpart."""
    table = Table(title="kernels", title_justify="left")
    for heading in ("kernel", "seconds", "times as fast as the plain counterpart"):
        table.add_column(heading, justify="left" if heading == "kernel" else "right")
    for entry in entries:
        ratio = entry.get("ratio_to_plain")
        shown = "" if ratio is None else f"{ratio:.2f}"
        table.add_row(entry["name"], f"{entry['seconds']:.4f}", shown)
    return table


def main() -> None:
    """Measure, show, write."""
    console = Console()
    runs = pipeline.measure()
    console.print(pipeline_table(runs))
    kernels: list[dict[str, Any]] = []
    for module in pkgutil.iter_modules(benches.__path__, "benches."):
        if module.name.rsplit(".", 1)[1] in ("__main__", "pipeline"):
            continue
        kernels += importlib.import_module(module.name).measure()
    console.print(kernel_table(kernels))
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps({"runs": runs, "kernels": kernels}, indent=1) + "\n")
    console.print(f"wrote {OUTPUT}")


if __name__ == "__main__":
    main()
