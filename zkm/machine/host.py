"""The host's side of a run: where input comes from, and what a person sees while the guest runs.

Nothing here is proven. Input is whatever the host delivers (fd 0 is private); what is shown is read
from the guest's memory at its write calls, while the proven output is what the kernel sends.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

import numpy as np

from zkm import _native
from zkm.isa.registers import A0, A1, A2, V0
from zkm.kernel import KERNEL_BASE, load_kernel
from zkm.kernel.calls import call_number
from zkm.program.layout import LOWEST_ADDRESS

__all__ = ["INPUT_LIMIT", "SYS_WRITE", "SYS_WRITEV", "Host"]

SYS_WRITE: Final = call_number("write")
SYS_WRITEV: Final = call_number("writev")

INPUT_LIMIT: Final = 1 << 24
"""Bytes delivered by one read at most: the guest asks for up to 4 GB, and may be told of fewer."""

_DISPLAY_LIMIT: Final = 1 << 24
"""Bytes of one write that are shown at most."""

_IOV_MAX: Final = 1024
"""Entries of a vector; the kernel refuses more."""


class _Sink(Protocol):
    """A binary stream to show output on."""

    def write(self, data: bytes, /) -> object: ...
    def flush(self) -> object: ...


@dataclass
class Host:
    """Standard input, output and error of one run.

    Attributes:
        stdin: read only when the guest reads, so that a terminal or a pipe can be a partner in a
            dialogue. Bytes are the whole input; None is empty input.
        stdout: shown writes to fd 1, or None.
        stderr: shown writes to fd 2, or None.
    """

    stdin: bytes | BinaryIO | None = None
    stdout: _Sink | None = None
    stderr: _Sink | None = None
    _input: BinaryIO = field(init=False)

    def __post_init__(self) -> None:
        if self.stdin is None or isinstance(self.stdin, bytes | bytearray | memoryview):
            self._input = io.BytesIO(self.stdin or b"")
        else:
            self._input = self.stdin

    @property
    def watch(self) -> tuple[int, int, list[int]]:
        """The system calls that `show` wants to see: handler, register, values."""
        shown = self.stdout is not None or self.stderr is not None
        return load_kernel().vectors.syscall, V0, [SYS_WRITE, SYS_WRITEV] if shown else []

    def supply(self, machine: _native.Machine) -> None:
        """Answers the `in` that the machine stands at; $a2 holds the number of bytes asked for."""
        machine.supply(self._read(min(machine.register(A2), INPUT_LIMIT)))

    def _read(self, count: int) -> bytes:
        """Up to `count` bytes; none only at the end of input (or for count = 0)."""
        if count == 0:
            return b""
        stream = self._input
        # A pipe or terminal gives what it has; a file all that was asked for, as read(2) does.
        if isinstance(stream, io.BufferedReader) and not stream.seekable():
            return stream.read1(count)
        return stream.read(count) or b""

    def show(self, machine: _native.Machine) -> None:
        """Shows the write or writev call that has just entered the kernel."""
        stream = {1: self.stdout, 2: self.stderr}.get(machine.register(A0))
        if stream is None:
            return
        pieces = self._pieces(machine, machine.register(A1), machine.register(A2))
        # The kernel refuses a call with a piece outside of user memory (EFAULT).
        if not all(LOWEST_ADDRESS <= start <= KERNEL_BASE - length for start, length in pieces if length):
            return
        room = _DISPLAY_LIMIT
        for start, length in pieces:
            stream.write(machine.peek(start, min(length, room)))
            room -= min(length, room)
        stream.flush()

    @staticmethod
    def _pieces(machine: _native.Machine, address: int, count: int) -> list[tuple[int, int]]:
        """Address and length of each piece that is written."""
        if machine.register(V0) == SYS_WRITE:
            return [(address, count)]
        if count > _IOV_MAX:
            return []
        vector = np.frombuffer(machine.peek(address, 8 * count), ">u4").reshape(-1, 2)
        return [(int(start), int(length)) for start, length in vector]
