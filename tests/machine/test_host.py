"""Input and display: what the guest is given, and when."""

from __future__ import annotations

import io
import os
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.machine.test_faults import op, program
from zkm import kernel, machine
from zkm.isa.registers import A0, A1, A2, V0
from zkm.machine.host import INPUT_LIMIT, SYS_WRITE, SYS_WRITEV, Host
from zkm.program import load

SHA256 = Path(__file__).parents[2] / "examples" / "guests" / "sha256" / "sha256.elf"
IN, OUT, HALT, ERET = op("lwc2 (in)", rs=16), op("swc2 (out)", rs=16), op("ctc2 (halt)"), op("eret")


def reader(count, words):
    """A guest whose kernel asks for `count` bytes and puts length and `words` words at 0x500000."""
    kernel_code = [op("lwc2 (in)", rs=16, imm=4 * number) for number in range(words + 1)]
    return program([op("syscall")], [*kernel_code, HALT], registers={A2: count, 16: 0x500000})


class Asked(io.RawIOBase):
    """An unbuffered stream that notes how much is asked for, and gives a chunk for each read."""

    def __init__(self, *chunks):
        self.chunks = list(chunks)
        self.asked = []

    def read(self, size=-1, /):
        self.asked.append(size)
        return self.chunks.pop(0) if self.chunks else b""


def memory_of(trace):
    return {
        int(word) * 4: int(value)
        for word, value in zip(trace.memory["word"], trace.memory["vf"], strict=True)
    }


@pytest.mark.parametrize("stdin", [b"abcdefg", bytearray(b"abcdefg"), io.BytesIO(b"abcdefg")])
def test_input_is_a_length_and_words(stdin):
    trace = machine.trace(reader(6, 2), stdin)
    assert memory_of(trace) == {0x500000: 6, 0x500004: 0x61626364, 0x500008: 0x65660000}
    assert trace.records["IO"]["x"].tolist() == [6, 0x61626364, 0x65660000, 0]


@pytest.mark.parametrize("stdin", [None, b""])
def test_end_of_input_is_a_length_of_zero(stdin):
    # One more `in` starts the next read, which ends as soon.
    trace = machine.trace(reader(6, 1), stdin)
    assert trace.records["IO"]["x"].tolist() == [0, 0, 0]


def test_input_is_asked_for_when_the_guest_reads():
    stream = Asked(b"ab", b"")
    machine.run(reader(100, 2), stream)
    assert stream.asked == [100, 100]
    stream = Asked(b"ab")
    machine.run(program([op("syscall")], [HALT]), stream)
    assert stream.asked == []


def test_huge_reads_are_capped():
    stream = Asked(b"abcd")
    machine.run(reader(0xFFFFFFFF, 1), stream)
    assert stream.asked == [INPUT_LIMIT]


def test_reading_zero_bytes_asks_nobody():
    stream = Asked(b"abcd")
    machine.run(reader(0, 0), stream)
    assert stream.asked == []


def test_a_pipe_is_a_partner():
    """What a pipe holds is delivered at once, without waiting for more."""
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as stdin, os.fdopen(write_end, "wb", buffering=0) as partner:
        partner.write(b"hi")
        results = []
        guest = threading.Thread(target=lambda: results.append(machine.trace(reader(100, 1), stdin)))
        guest.start()
        guest.join(20)
        assert not guest.is_alive()
    assert memory_of(results[0])[0x500000] == 2


def test_guest_gets_all_of_a_file(tmp_path):
    path = tmp_path / "input"
    path.write_bytes(bytes(100_000))
    with path.open("rb") as file:
        assert machine.run(load(SHA256), file).output == machine.run(load(SHA256), bytes(100_000)).output


TEXT_PIECE = (0x500000, np.frombuffer(b"hello, world\0\0\0\0", ">u4"))


def writer(number, registers, *data):
    """A guest with one system call, whose kernel just returns to its end."""
    words = [op("syscall"), op("ori", rt=V0), op("syscall")]
    kernel_code = [op("bne", rs=V0, imm=3), 0, HALT, 0, ERET]
    return program(words, kernel_code, [TEXT_PIECE, *data], {V0: number, **registers})


@pytest.mark.parametrize(
    ("fd", "shown"), [(0, ("", "")), (1, ("world", "")), (2, ("", "world")), (3, ("", ""))]
)
def test_writes_are_shown(monkeypatch, fd, shown):
    monkeypatch.setattr(Host, "watch", (0x80000000, V0, [SYS_WRITE, SYS_WRITEV]))
    out, err = io.BytesIO(), io.BytesIO()
    machine.run(writer(SYS_WRITE, {A0: fd, A1: 0x500007, A2: 5}), None, out, err)
    assert (out.getvalue().decode(), err.getvalue().decode()) == shown


def test_vectors_are_shown(monkeypatch):
    monkeypatch.setattr(Host, "watch", (0x80000000, V0, [SYS_WRITE, SYS_WRITEV]))
    vector = (0x600000, [0x500007, 5, 0x12345678, 0, 0x500000, 5])
    out = io.BytesIO()
    machine.run(writer(SYS_WRITEV, {A0: 1, A1: 0x600000, A2: 3}, vector), None, out)
    assert out.getvalue() == b"worldhello"


def test_nothing_is_watched_for_nobody():
    assert Host().watch[2] == []
    assert Host(stderr=io.BytesIO()).watch == (
        kernel.load_kernel().vectors.syscall,
        V0,
        [SYS_WRITE, SYS_WRITEV],
    )


def test_limit_of_vectors_is_the_kernels():
    source = (Path(kernel.__file__).parent / "system" / "files.c").read_text()
    (limit,) = re.findall(r"#define\s+IOV_MAX\s+(\d+)", source)
    assert int(limit) == machine.host._IOV_MAX
