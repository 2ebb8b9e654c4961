"""`python -m tests.torture` (or `make torture`): build, run, compare and, with --prove, prove.

Exit code 1 if a test fails that qemu passes. Where the sources or the cross compiler are missing it says
so and ends with exit code 0.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import click

from tests.torture.build import COMPILER, build, complaint
from tests.torture.compare import QEMU, Verdict, judge
from tests.torture.suite import GccTest, Unavailable, find_tests, require, sources

LEVELS = ("-O0", "-O1", "-O2", "-O3", "-Os")


@click.command()
@click.option("--level", "levels", multiple=True, type=click.Choice(LEVELS), help="Default: -O2.")
@click.option("--only", default="", help="Tests whose name contains this text.")
@click.option("--cache", default=".cache/torture", show_default=True, type=click.Path(path_type=Path))
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(min=1), help="Processes.")
@click.option("--prove", "proofs", default=0, metavar="N", help="Prove N of the passed tests, and verify.")
@click.option("--seed", default=0, show_default=True, help="Which ones are proven.")
def main(levels: tuple[str, ...], only: str, cache: Path, jobs: int, proofs: int, seed: int) -> None:
    """gcc's own execution tests, on qemu-mips and on our machine."""
    try:
        require(COMPILER, QEMU[0])
        every = [test for test in find_tests(sources(cache)) if only in test.name]
    except Unavailable as error:
        click.echo(f"skipped: {error}")
        return
    failed = 0
    passed: list[tuple[str, Path]] = []
    for level in levels or ("-O2",):
        found, wrong = check_level(level, every, cache, jobs)
        passed += found
        failed += wrong
    if proofs:
        from tests.torture.prove import prove_some

        random.Random(seed).shuffle(passed)
        failed += prove_some(passed, proofs)
    sys.exit(1 if failed else 0)


def check_level(
    level: str, every: list[GccTest], cache: Path, jobs: int
) -> tuple[list[tuple[str, Path]], int]:
    """The passed tests of one optimisation level, and how many failed."""
    start = time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        elfs = list(pool.map(partial(build, level=level, cache=cache), every, chunksize=8))
        pairs = [(test, elf) for test, elf in zip(every, elfs, strict=True) if elf is not None]
        reasons = [test.unsupported for test, _ in pairs]
        verdicts = []
        for verdict in pool.map(judge, [elf for _, elf in pairs], reasons, chunksize=4):
            verdicts.append(verdict)
            if len(verdicts) % 250 == 0:
                click.echo(f"{level}: {len(verdicts)} of {len(pairs)} compared", err=True)
    built = [(test.name, elf) for test, elf in pairs]
    for test, elf in zip(every, elfs, strict=True):
        if elf is None:
            click.echo(f"{level} {test.name}: does not build: {complaint(test, level, cache)}")
    kinds = Counter(verdict.kind for verdict in verdicts)
    _list_failures(level, built, verdicts)
    instructions = sum(verdict.result.instructions for verdict in verdicts if verdict.result)
    click.echo(
        f"{level}: {len(every)} tests, {len(built)} build, {kinds['passed']} pass, {kinds['failed']} fail, "
        f"{kinds['beyond']} are beyond the machine, qemu fails {kinds['qemu fails']}; "
        f"{instructions:,} instructions, {time.monotonic() - start:.0f} s"
    )
    passed = [pair for pair, verdict in zip(built, verdicts, strict=True) if verdict.kind == "passed"]
    return [(f"{level} {name}", elf) for name, elf in passed], kinds["failed"]


def _list_failures(level: str, built: list[tuple[str, Path]], verdicts: list[Verdict]) -> None:
    for (name, _), verdict in zip(built, verdicts, strict=True):
        if verdict.kind != "passed":
            click.echo(f"{level} {name}: {verdict.kind}: {verdict.reason}")


if __name__ == "__main__":
    main()
