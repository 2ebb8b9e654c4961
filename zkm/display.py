"""Stages on a terminal: a live line for the stage that runs, a final line for each that ended."""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from typing_extensions import Self

from zkm.progress import Stage

__all__ = ["TerminalProgress", "summary_table"]


def _line(stage: Stage) -> str:
    text = f"{stage.name:<34} {stage.elapsed:7.2f} s"
    if stage.done is not None:
        text += f"  {100 * stage.done:3.0f} %"
    remaining = stage.remaining
    if remaining is not None:
        text += f"  ETA {remaining:.1f} s"
    return text


class _LiveLine:
    """Renders the running stage anew at every refresh, also while native code runs."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._spinner = Spinner("dots")

    def __rich__(self) -> Spinner:
        self._spinner.update(text=_line(self._stage))
        return self._spinner


class TerminalProgress:
    """A :class:`zkm.progress.Listener` that writes to standard error.

    On a terminal the running stage has a live line with elapsed time and ETA; elsewhere
    (a log file, a pipe) each stage is one line when it ends. Nested stages show the innermost.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False)
        self._live: Live | None = None
        self._stack: list[Stage] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _show(self) -> None:
        self._stop()
        if self._stack and self._console.is_terminal:
            line = _LiveLine(self._stack[-1])
            self._live = Live(line, console=self._console, refresh_per_second=8, transient=True)
            self._live.start()

    def begin(self, stage: Stage) -> None:
        """Show the live line of `stage`."""
        with self._lock:
            self._stack.append(stage)
            self._show()

    def end(self, stage: Stage) -> None:
        """Replace the live line by a final one."""
        with self._lock:
            self._stack = [other for other in self._stack if other is not stage]
            self._stop()
            mark = "[red]✗[/]" if stage.failed else "[green]✓[/]"
            self._console.print(f"  {mark} {stage.name:<34} {stage.elapsed:7.2f} s")
            self._show()


def summary_table(rows: list[tuple[str, str]], title: str) -> Table:
    """A two-column table of names and values."""
    table = Table(title=title, show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, value)
    return table
