"""Stages of a long computation: who measures them, and who shows them.

Library code opens a stage with :meth:`Stages.stage` and, where it knows how far it is, calls
:meth:`Stage.update`. A listener (the terminal display of the command, a test, nothing at all) is told.
Seconds per stage are kept in order and end up in the statistics of a proof.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Listener", "Stage", "Stages"]


@dataclass
class Stage:
    """One stage while it runs.

    Attributes:
        name: what is being done, as shown to a person.
        expected: predicted seconds of the whole stage, or None if nothing is known.
        done: fraction of the work done in [0, 1], or None if the stage cannot tell.
        updated: elapsed seconds when `done` was recorded.
        failed: whether an exception ended it.
    """

    name: str
    expected: float | None = None
    done: float | None = None
    started: float = field(default_factory=time.perf_counter)
    seconds: float | None = None
    updated: float = 0.0
    failed: bool = False

    @property
    def elapsed(self) -> float:
        """Seconds since the start, or the final duration."""
        return time.perf_counter() - self.started if self.seconds is None else self.seconds

    @property
    def remaining(self) -> float | None:
        """Estimated seconds to the end: from the measured fraction if there is one, else from
        the prediction; None if neither is known (or the prediction was too small).
        """
        elapsed = self.elapsed
        if self.done:
            # Between two updates the estimate counts down instead of growing with a stale fraction.
            return max(0.0, self.updated / self.done - elapsed)
        if self.expected is not None and self.expected > elapsed:
            return self.expected - elapsed
        return None

    def update(self, done: float) -> None:
        """Record the fraction of the work that is done."""
        self.done = min(1.0, max(0.0, done))
        self.updated = self.elapsed


class Listener(Protocol):
    """What is told about stages; called from the thread that does the work."""

    def begin(self, stage: Stage) -> None:
        """A stage starts."""

    def end(self, stage: Stage) -> None:
        """A stage has ended, normally or by an exception."""


class Stages:
    """The stages of one job, in order, with their durations."""

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener
        self._seconds: dict[str, float] = {}

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds per stage, in order of first use; a name used twice is added up."""
        return dict(self._seconds)

    @property
    def total(self) -> float:
        """Seconds of all stages together."""
        return sum(self._seconds.values())

    @contextmanager
    def stage(self, name: str, expected: float | None = None) -> Iterator[Stage]:
        """Run the body of a ``with`` statement as the stage `name`."""
        stage = Stage(name, expected)
        if self._listener is not None:
            self._listener.begin(stage)
        try:
            yield stage
        except BaseException:
            stage.failed = True
            raise
        finally:
            stage.seconds = stage.elapsed
            self._seconds[name] = self._seconds.get(name, 0.0) + stage.seconds
            if self._listener is not None:
                self._listener.end(stage)
