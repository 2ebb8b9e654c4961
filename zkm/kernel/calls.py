"""The kernel's list of system calls (system/calls.def), which its own table is made of, read as data."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib import resources

_ENTRY = re.compile(r'^(CALL|QUICK|RESULT|ERROR)\((\d+), (\w+), (\w+), "([^"]*)"\)$', re.MULTILINE)
_DEFINE = re.compile(r"^#define\s+(\w+)\s+(0x[0-9a-fA-F]+|\d+)\b", re.MULTILINE)


@dataclass(frozen=True)
class Call:
    """One system call.

    number, name: as o32 Linux has them. kind: "call" or "quick" (target is the handler), "result" or
    "error" (target is the constant). text: what it does, one line, perhaps empty.
    """

    number: int
    name: str
    kind: str
    target: str
    text: str

    @property
    def has_handler(self) -> bool:
        """False for a constant."""
        return self.kind in ("call", "quick")

    @property
    def constant(self) -> int | None:
        """What the call always gives: a result, or an errno's negative. None if a handler decides."""
        if self.has_handler:
            return None
        target = self.target
        value = int(target, 8 if target.startswith("0") else 10) if target.isdigit() else constants()[target]
        return -value if self.kind == "error" else value

    @property
    def summary(self) -> str:
        """The constant and the text, for people."""
        if self.has_handler:
            return self.text
        return f"{self.target}: {self.text}" if self.text else self.target


@functools.cache
def system_calls() -> tuple[Call, ...]:
    """All calls that do not give ENOSYS, ascending."""
    entries = _ENTRY.findall(_source("calls.def"))
    return tuple(
        Call(int(number), name, kind.lower(), target, text) for kind, number, name, target, text in entries
    )


@functools.cache
def call_number(name: str) -> int:
    """The number of a call of the list. Raises KeyError for any other."""
    return {call.name: call.number for call in system_calls()}[name]


@functools.cache
def constants() -> dict[str, int]:
    """The numbers that kernel.h defines, errnos among them."""
    return {name: int(value, 0) for name, value in _DEFINE.findall(_source("kernel.h"))}


def markdown() -> str:
    """The table for docs/machine.md."""
    lines = ["| Number | Call | Effect |", "|---|---|---|"]
    lines += [f"| {call.number} | {call.name} | {call.summary} |" for call in system_calls()]
    return "\n".join([*lines, "| all others | | ENOSYS |"])


def _source(name: str) -> str:
    return resources.files(__package__).joinpath("system").joinpath(name).read_text(encoding="utf-8")
