"""Damaged ELF files: each must load or end in a ProgramError, and what loads must run or end in an error.

Mutations know the format: they set header fields to telling values, reorder and multiply program headers,
cut the file at the ends of its parts, and replace instructions by others. Memory is limited while they are
loaded: see `headroom`.
"""

from __future__ import annotations

import contextlib
import random
import resource
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.fuzz.campaign import Outcome
from tests.program.elf_file import GOOD, HEADER, PROGRAM_HEADER
from zkm.errors import GuestFault, ParameterError, ProgramError
from zkm.isa.instructions import INSTRUCTIONS
from zkm.machine.host import Host
from zkm.machine.interpreter import Limits, execute
from zkm.program import Program, load

ROOT = Path(__file__).parents[2]
BATCH = 500
INSTRUCTION_LIMIT = 20_000
LIMITS = Limits(instructions=INSTRUCTION_LIMIT, rows=16 * INSTRUCTION_LIMIT, pages=1 << 10)
RUNNING = 3 << 24
"""Bytes that a run under LIMITS may take: the machine's page table and pages, twice that with a trace."""
LARGEST = 1 << 15
"""Bytes of the largest file that is made here."""


def memory_bound(file_bytes: int) -> int:
    """Bytes that loading a file allocates at most, as the documentation of `zkm.program.load` states them."""
    words = file_bytes // 4 + 256
    rows = min(15 * words, 1 << 24)
    return (1 << 25) + 2 * file_bytes + 192 * words + 64 * rows


# Name, offset, struct code.
_FIELDS = (
    ("e_ident", 0, "I"), ("class", 4, "B"), ("data", 5, "B"), ("version", 6, "B"), ("abi", 7, "B"),
    ("e_type", 16, "H"), ("e_machine", 18, "H"), ("e_version", 20, "I"), ("e_entry", 24, "I"),
    ("e_phoff", 28, "I"), ("e_shoff", 32, "I"), ("e_flags", 36, "I"), ("e_ehsize", 40, "H"),
    ("e_phentsize", 42, "H"), ("e_phnum", 44, "H"), ("e_shentsize", 46, "H"), ("e_shnum", 48, "H"),
    ("e_shstrndx", 50, "H"),
)  # fmt: skip
_PROGRAM_FIELDS = ("p_type", "p_offset", "p_vaddr", "p_paddr", "p_filesz", "p_memsz", "p_flags", "p_align")


@dataclass(frozen=True)
class Task:
    """`count` damaged files."""

    count: int
    seed: int


def tasks(count: int, seed: int) -> list[Task]:
    """At least `count` files."""
    return [Task(BATCH, seed + number) for number in range(-(-count // BATCH))]


@cache
def originals() -> tuple[bytes, ...]:
    """The committed guests, and a small file with two segments."""
    paths = [*ROOT.glob("examples/guests/*/*.elf"), *ROOT.glob("tests/vectors/guests/*.elf")]
    small = [path.read_bytes() for path in sorted(paths) if path.stat().st_size < LARGEST // 2]
    return (GOOD.build(), *small)


def check(task: Task) -> Outcome:
    """Loads and runs damaged files; any other end than the documented ones is a finding."""
    outcome = Outcome(task.count)
    for original in originals():
        load(original)
    # Running adds the machine's page table and the pages of LIMITS.
    with headroom(memory_bound(LARGEST) + RUNNING):
        for number in range(task.count):
            rng = random.Random(f"elf {task.seed} {number}")
            file = mutate(rng)
            try:
                outcome.kinds[try_file(file, traced=rng.random() < 0.1)] += 1
            except Exception as error:  # noqa: BLE001 - any other error is a finding
                text = f"damaged file {number} of {task}: {type(error).__name__}: {error}"
                outcome.findings.append(f"{text}\n    {len(file)} bytes, {file[:256].hex()}")
    return outcome


def try_file(file: bytes, *, traced: bool = False) -> str:
    """How a file ends: refused, or the way its run ends; `traced`: with and without a trace alike."""
    assert len(file) <= LARGEST
    try:
        program = load(file)
    except ProgramError as error:
        return "refused" if str(error) else "refused without a word"
    ending = _end_of_run(program, traced=False)
    if traced:
        assert _end_of_run(program, traced=True) == ending
    return ending[0]


def _end_of_run(program: Program, *, traced: bool) -> tuple[str, str]:
    try:
        machine = execute(program, Host(b"input" * 50), trace=traced, limits=LIMITS)
    except GuestFault as fault:
        return "runs into a fault", str(fault)
    except ParameterError:
        return "runs into a limit", ""
    return "runs to its end", str(machine.halted)


@contextlib.contextmanager
def headroom(room: int) -> Iterator[None]:
    """While active, the process can add only so many bytes of address space."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


# ---------------------------------------------------------------- mutations


def mutate(rng: random.Random) -> bytes:
    """A real file with one to four changes."""
    file = bytearray(rng.choice(originals()))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        change = rng.choices(
            (_header_field, _program_header_field, _program_headers, _length, _code, _bytes),
            (4, 8, 3, 2, 4, 1),
        )[0]
        change(file, rng)
    return bytes(file)


def _telling_value(file: bytearray, rng: random.Random, old: int, bits: int) -> int:
    """Limits of the field and of the address space, sizes of the file, neighbours of the old value."""
    edges = (0x10000, 0x400000, 0x7F000000, 0x7FFFF000, 0x80000000, 0x80020000, 1 << 26, 1 << 28)
    value = rng.choice(
        (
            0,
            1,
            rng.randrange(16),
            (1 << bits) - 1,
            1 << bits - 1,
            old + rng.choice((-4, -1, 1, 2, 4, 0x1000)),
            old ^ 1 << rng.randrange(bits),
            len(file) + rng.choice((-1, 0, 1)),
            rng.choice(edges) + rng.choice((-4, -1, 0, 1)),
            rng.getrandbits(bits),
        )
    )
    return value % (1 << bits)


def _set(file: bytearray, rng: random.Random, at: int, code: str) -> None:
    size = struct.calcsize(">" + code)
    if at + size <= len(file):
        (old,) = struct.unpack_from(">" + code, file, at)
        struct.pack_into(">" + code, file, at, _telling_value(file, rng, old, 8 * size))


def _header_field(file: bytearray, rng: random.Random) -> None:
    _, at, code = rng.choice(_FIELDS)
    _set(file, rng, at, code)


def _places(file: bytearray) -> list[int]:
    """Where the program headers lie, as far as the header says so and the file has them."""
    if len(file) < HEADER:
        return []
    (offset,), (count,) = struct.unpack_from(">I", file, 28), struct.unpack_from(">H", file, 44)
    ends = range(offset, offset + PROGRAM_HEADER * min(count, 200), PROGRAM_HEADER)
    return [place for place in ends if place + PROGRAM_HEADER <= len(file)]


def _program_header_field(file: bytearray, rng: random.Random) -> None:
    places = _places(file)
    if not places:
        return
    place, number = rng.choice(places), rng.randrange(len(_PROGRAM_FIELDS))
    other = rng.choice(places)
    if rng.random() < 0.2:  # the same field of another segment
        file[place + 4 * number : place + 4 * number + 4] = file[other + 4 * number : other + 4 * number + 4]
    else:
        _set(file, rng, place + 4 * number, "I")


def _program_headers(file: bytearray, rng: random.Random) -> None:
    """Swaps, repeats or moves whole program headers; repeated ones go to the end of the file."""
    places = _places(file)
    if not places:
        return
    headers = [bytes(file[place : place + PROGRAM_HEADER]) for place in places]
    kind = rng.randrange(3)
    if kind == 0:
        rng.shuffle(headers)
    elif kind == 1:
        headers = [rng.choice(headers) for _ in range(rng.choice((1, 2, 5, 64, 127, 128, 129, 150)))]
    else:
        del headers[rng.randrange(len(headers))]
    struct.pack_into(">I", file, 28, len(file))
    struct.pack_into(">H", file, 44, len(headers))
    file += b"".join(headers)


def _length(file: bytearray, rng: random.Random) -> None:
    ends = [0, 4, 16, HEADER, HEADER + 1, *_places(file), len(file) - 1, rng.randrange(len(file) + 1)]
    if rng.random() < 0.8:
        del file[max(rng.choice(ends), 0) :]
    else:
        file += rng.randbytes(rng.randrange(100))


def _code(file: bytearray, rng: random.Random) -> None:
    """Other instructions, from the list or of random bits, anywhere behind the headers."""
    for _ in range(rng.randrange(1, 8)):
        if len(file) < HEADER + 8:
            return
        entry = rng.choice(INSTRUCTIONS)
        fields = {name: rng.getrandbits(width) for name, (_, width) in entry.pattern.fields.items()}
        word = entry.encode(**fields) if rng.random() < 0.8 else rng.getrandbits(32)
        struct.pack_into(">I", file, rng.randrange(HEADER // 4, len(file) // 4) * 4, word)


def _bytes(file: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randrange(1, 8)):
        if file:
            file[rng.randrange(len(file))] = rng.getrandbits(8)
