"""Runs many seeded tasks on a few processes, shows how far it is, and sums up what they found."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")

SHOWN = 20
"""Findings printed in full."""


@dataclass
class Outcome:
    """What one task, or a whole campaign, did: cases, how they ended, and everything that is wrong."""

    cases: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.cases += other.cases
        self.kinds += other.kinds
        self.findings += other.findings


def run_campaign(
    title: str, task: Callable[[T], Outcome], arguments: Sequence[T], jobs: int, cases: int
) -> Outcome:
    """`task` of every argument on `jobs` processes; `cases` is what they will add up to.

    A task that raises, and a process that dies, are findings too.
    """
    console = Console()
    total = Outcome()
    start = time.monotonic()
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(title, total=cases)
        for argument, future in _start(task, arguments, jobs):
            try:
                outcome = future.result()
            except BrokenProcessPool:
                outcome = Outcome(findings=[f"the process died in or beside {argument}"])
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                outcome = Outcome(findings=[f"{argument}: {type(error).__name__}: {error}"])
            before = total.cases
            total.add(outcome)
            progress.update(bar, completed=total.cases)
            if not console.is_terminal and 20 * before // cases < 20 * total.cases // cases:
                found = f", {len(total.findings)} FINDINGS" if total.findings else ""
                print(f"{title}: {total.cases:,} of {cases:,}{found}", flush=True)
    _print(console, title, total, time.monotonic() - start)
    return total


def _start(task: Callable[[T], Outcome], arguments: Sequence[T], jobs: int):
    if jobs == 1:
        for argument in arguments:
            future: Future[Outcome] = Future()
            try:
                future.set_result(task(argument))
            except Exception as error:  # noqa: BLE001 - as a process pool does
                future.set_exception(error)
            yield argument, future
        return
    # Processes start afresh: native code may have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        futures = {pool.submit(task, argument): argument for argument in arguments}
        for future in as_completed(futures):
            yield futures[future], future


def _print(console: Console, title: str, total: Outcome, seconds: float) -> None:
    rate = total.cases / max(seconds, 1e-9)
    console.print(
        f"{title}: {total.cases:,} cases in {seconds:.0f} s ({rate:,.0f} a second)", highlight=False
    )
    for kind, count in total.kinds.most_common():
        console.print(f"    {count:>12,}  {kind}", highlight=False, markup=False)
    for finding in total.findings[:SHOWN]:
        console.print(finding, style="red", highlight=False, markup=False)
    verdict = f"{len(total.findings)} FINDINGS" if total.findings else "no finding"
    console.print(f"{title}: {verdict}", style="bold red" if total.findings else "bold green")
