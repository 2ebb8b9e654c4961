"""Stages: durations add up, estimates follow the best information, listeners are told."""

import io

import pytest
from rich.console import Console

from zkm.display import TerminalProgress
from zkm.progress import Stage, Stages


class Recorder:
    def __init__(self):
        self.events = []

    def begin(self, stage):
        self.events.append(("begin", stage.name))

    def end(self, stage):
        self.events.append(("end", stage.name, stage.seconds is not None))


def test_stages_are_recorded_in_order_and_added_up():
    recorder = Recorder()
    stages = Stages(recorder)
    for name in ("commit", "open", "commit"):
        with stages.stage(name):
            pass
    assert list(stages.seconds) == ["commit", "open"]
    assert stages.total == pytest.approx(sum(stages.seconds.values()))
    assert recorder.events[:2] == [("begin", "commit"), ("end", "commit", True)]
    assert len(recorder.events) == 6


def test_a_stage_that_fails_still_ends():
    recorder = Recorder()
    stages = Stages(recorder)
    with pytest.raises(RuntimeError), stages.stage("prove"):
        raise RuntimeError
    assert recorder.events[-1] == ("end", "prove", True)
    assert "prove" in stages.seconds


def test_the_measured_fraction_beats_the_prediction():
    stage = Stage("msm", expected=100.0)
    stage.started -= 3.0
    assert stage.remaining == pytest.approx(97.0, abs=0.5)
    stage.update(0.75)
    assert stage.remaining == pytest.approx(1.0, abs=0.2)
    stage.started -= 0.5
    assert stage.remaining == pytest.approx(0.5, abs=0.2)


def test_nothing_is_promised_without_information_or_past_the_prediction():
    assert Stage("x").remaining is None
    late = Stage("x", expected=0.5)
    late.started -= 2.0
    assert late.remaining is None


def test_fractions_are_clamped():
    stage = Stage("x")
    stage.update(7.0)
    assert stage.done == 1.0
    stage.update(-1.0)
    assert stage.done == 0.0


def test_a_stage_that_fails_says_so():
    shown = io.StringIO()
    with TerminalProgress(Console(file=shown)) as listener:
        stages = Stages(listener)
        with stages.stage("good"):
            pass
        with pytest.raises(ValueError, match="no"), stages.stage("bad"):
            raise ValueError("no")
    good, bad = shown.getvalue().splitlines()
    assert "✓ good" in good
    assert "✗ bad" in bad
