"""`python -m tests.fuzz`: the big counts. Exit code 1 if anything was found."""

from __future__ import annotations

import sys

import click

from tests.fuzz import compare, elf_files, instructions
from tests.fuzz.campaign import run_campaign

DEFAULT_COUNTS = {"instructions": 1_000_000, "programs": 40_000, "elf": 100_000}
PARTS = {
    "instructions": (instructions.tasks, instructions.compare),
    "programs": (compare.tasks, compare.compare),
    "elf": (elf_files.tasks, elf_files.check),
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(DEFAULT_COUNTS)))
@click.option("--count", type=click.IntRange(min=1), help="Cases of each part, instead of the usual ones.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same cases.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(min=1), help="Processes.")
def main(parts: tuple[str, ...], count: int | None, seed: int, jobs: int) -> None:
    """Fuzz the machine against QEMU, and the loader with damaged files."""
    findings = 0
    for part in parts or DEFAULT_COUNTS:
        make_tasks, run = PARTS[part]
        tasks = make_tasks(count or DEFAULT_COUNTS[part], seed)
        total = run_campaign(part, run, tasks, jobs, sum(task.count for task in tasks))
        findings += len(total.findings)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
