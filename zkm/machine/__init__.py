"""Running decoded programs: the host's side of input and output, and the trace for the tables."""

from zkm.machine.records import Trace
from zkm.machine.running import RunResult, run
from zkm.machine.size import OversizeError
from zkm.machine.tracing import trace

__all__ = ["OversizeError", "RunResult", "Trace", "run", "trace"]
