"""mmap and its relatives (zkm/kernel/system/memory.c)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.harness import HEAP, MEMORY_END, KernelMachine

PAGE = 4096
READ, WRITE = 1, 2
PRIVATE, FIXED, ANONYMOUS, NOREPLACE = 2, 0x10, 0x800, 0x100000
FRESH = PRIVATE | ANONYMOUS
NO_FILE = 0xFFFFFFFF
DONTNEED = 4


def mmap(machine: KernelMachine, address: int, size: int, protection: int = 3, flags: int = FRESH) -> int:
    return machine.call("mmap2", address, size, protection, flags, NO_FILE, 0)


def test_break_moves_both_ways() -> None:
    machine = KernelMachine()
    steps = [
        (0, HEAP),
        (HEAP + 12345, HEAP + 12345),
        (HEAP - 1, HEAP + 12345),
        (HEAP + 1, HEAP + 1),
        (HEAP, HEAP),
        (MEMORY_END, MEMORY_END),
        (MEMORY_END + 1, MEMORY_END),
        (0xFFFFFFFF, MEMORY_END),
    ]
    assert [machine.call("brk", request) for request, _ in steps] == [result for _, result in steps]


def test_memory_of_the_heap_is_zero_again() -> None:
    machine = KernelMachine()
    machine.call("brk", HEAP + 3 * PAGE)
    machine.put_words(HEAP + PAGE, 1, 2)
    machine.put_words(HEAP + 3 * PAGE - 4, 3)
    machine.call("brk", HEAP + PAGE)
    machine.call("brk", HEAP + 3 * PAGE)
    assert machine.get_words(HEAP + PAGE, 2) == [0, 0]
    assert machine.get_words(HEAP + 3 * PAGE - 4, 1) == [0]


def test_mappings_lie_below_each_other() -> None:
    machine = KernelMachine()
    assert mmap(machine, 0, 1) == MEMORY_END - PAGE
    assert mmap(machine, 0, PAGE + 1) == MEMORY_END - 3 * PAGE
    assert machine.call("mmap", 0, PAGE, 3, FRESH, NO_FILE, 0) == MEMORY_END - 4 * PAGE


def test_given_back_memory_comes_last() -> None:
    """Memory that was never written needs no clearing, so it is given out first."""
    machine = KernelMachine()
    first = mmap(machine, 0, PAGE)
    assert machine.call("munmap", first, PAGE) == 0
    assert mmap(machine, 0, PAGE) == first - PAGE
    assert mmap(machine, 0, MEMORY_END - HEAP - 2 * PAGE) == HEAP
    machine.put_words(first, 7)
    assert mmap(machine, 0, PAGE) == first
    assert machine.get_words(first, 1) == [0]
    assert mmap(machine, 0, PAGE) == -12


def test_a_reservation_costs_nothing() -> None:
    machine = KernelMachine()
    size = 541 << 20
    base = mmap(machine, 0, size, protection=0)
    words, rows = len(machine.memory), machine.row_count
    part = base + (100 << 20)
    assert mmap(machine, part, 64 << 20, flags=FRESH | FIXED) == part
    assert mmap(machine, base, part - base, protection=0, flags=FRESH | FIXED | 0x400) == base
    assert len(machine.memory) - words < 100
    assert machine.row_count - rows < 1000


def test_hints_are_taken_where_free() -> None:
    machine = KernelMachine()
    assert mmap(machine, 0x20000000, PAGE) == 0x20000000
    assert mmap(machine, 0x20000000, PAGE) == MEMORY_END - PAGE
    assert mmap(machine, 0x20000FFF, PAGE) == 0x20001000
    assert mmap(machine, 0x1000, PAGE) == MEMORY_END - 2 * PAGE
    assert mmap(machine, 0x90000000, PAGE) == MEMORY_END - 3 * PAGE
    assert mmap(machine, 0x20000000, PAGE, flags=FRESH | NOREPLACE) == -17
    assert mmap(machine, 0x20002000, PAGE, flags=FRESH | NOREPLACE) == 0x20002000


@pytest.mark.parametrize("protection", [0, READ, READ | WRITE])
def test_fixed_mappings_are_zero(protection: int) -> None:
    machine = KernelMachine()
    base = mmap(machine, 0, 4 * PAGE)
    machine.put_words(base, *range(1, 4 * PAGE // 4 + 1))
    assert mmap(machine, base + PAGE, 2 * PAGE, protection, FRESH | FIXED) == base + PAGE
    words = machine.get_words(base, PAGE)
    assert words[1024:3072] == [0] * 2048
    assert words[:1024] + words[3072:] == [*range(1, 1025), *range(3073, 4097)]


def test_memory_made_writable_later_is_cleared_too() -> None:
    machine = KernelMachine()
    base = mmap(machine, 0, 4 * PAGE, protection=0)
    assert machine.call("mprotect", base + PAGE, PAGE, READ | WRITE) == 0
    machine.put_words(base + PAGE, 5)
    mmap(machine, base, 4 * PAGE, 0, FRESH | FIXED)
    assert machine.get_words(base + PAGE, 1) == [0]


def test_advice() -> None:
    machine = KernelMachine()
    base = mmap(machine, 0, 2 * PAGE)
    machine.put_words(base + PAGE - 4, 1, 2)
    assert machine.call("madvise", base, PAGE, 14) == 0
    assert machine.call("madvise", base, PAGE, DONTNEED) == 0
    assert machine.get_words(base + PAGE - 4, 2) == [0, 2]
    large = mmap(machine, 0, (1 << 20) + PAGE)
    assert machine.failure("madvise", large, (1 << 20) + PAGE, DONTNEED) == "EINVAL"
    assert machine.failure("madvise", base, PAGE, 26) == "EINVAL"
    assert machine.failure("madvise", base + 1, PAGE, DONTNEED) == "EINVAL"
    assert machine.failure("madvise", 0x20000000, PAGE, DONTNEED) == "ENOMEM"
    assert machine.failure("madvise", 0xFFFF0000, 0x20000, DONTNEED) == "ENOMEM"


def test_remapping() -> None:
    machine = KernelMachine()
    base = mmap(machine, 0x20000000, 4 * PAGE)
    machine.put_words(base, *range(100))
    assert machine.call("mremap", base, 4 * PAGE, 2 * PAGE, 0) == base
    assert machine.call("mremap", base, 2 * PAGE, 3 * PAGE, 0) == base
    mmap(machine, base + 3 * PAGE, PAGE)
    assert machine.failure("mremap", base, 3 * PAGE, 4 * PAGE, 0) == "ENOMEM"
    moved = machine.call("mremap", base, 3 * PAGE, 4 * PAGE, 1)
    assert moved == MEMORY_END - 4 * PAGE
    assert machine.get_words(moved, 100) == list(range(100))
    assert mmap(machine, base, 3 * PAGE) == base
    assert machine.get_words(base, 1) == [0]
    assert machine.failure("mremap", 0x30000000, PAGE, 2 * PAGE, 1) == "EFAULT"


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("mmap2", (0, 0, 3, FRESH, NO_FILE), "EINVAL"),
        ("mmap2", (0, PAGE, 3, ANONYMOUS, NO_FILE), "EINVAL"),
        ("mmap2", (0, PAGE, 1, PRIVATE, 0), "ENODEV"),
        ("mmap2", (0, PAGE, 1, PRIVATE, 3), "EBADF"),
        ("mmap2", (0, 0xFFFFFFFF, 3, FRESH, NO_FILE), "ENOMEM"),
        ("mmap2", (0, MEMORY_END, 3, FRESH, NO_FILE), "ENOMEM"),
        ("mmap2", (0x20000001, PAGE, 3, FRESH | FIXED, NO_FILE), "EINVAL"),
        ("mmap2", (0x1000, PAGE, 3, FRESH | FIXED, NO_FILE), "ENOMEM"),
        ("mmap2", (0x7FFFE000, PAGE, 3, FRESH | FIXED, NO_FILE), "ENOMEM"),
        ("mmap2", (0x80001000, PAGE, 3, FRESH | FIXED, NO_FILE), "ENOMEM"),
        ("munmap", (0x20000000, 0), "EINVAL"),
        ("munmap", (0x20000001, PAGE), "EINVAL"),
        ("munmap", (0x80000000, PAGE), "EINVAL"),
        ("munmap", (0x20000000, 0xFFFFFFFF), "EINVAL"),
        ("mprotect", (0x20000001, PAGE, 1), "EINVAL"),
        ("mprotect", (0x20000000, PAGE, 1), "ENOMEM"),
        ("mprotect", (0x20000000, 0x80000000, 1), "ENOMEM"),
        ("mremap", (0x20000001, PAGE, PAGE, 0), "EINVAL"),
        ("mremap", (0x20000000, 0, PAGE, 1), "EINVAL"),
    ],
)
def test_errors(name: str, arguments: tuple[int, ...], error: str) -> None:
    assert KernelMachine().failure(name, *arguments) == error


def test_the_initial_stack_may_be_protected() -> None:
    assert KernelMachine().call("mprotect", 0x7FFF0000, PAGE, 7) == 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["map", "fixed", "reserve", "unmap", "protect", "forget", "grow"]),
        st.integers(0, 15),
        st.integers(1, 6),
    ),
    max_size=25,
)
BASE = 0x30000000


class Model:
    """What Linux does with a small range of pages."""

    def __init__(self) -> None:
        self.pages: dict[int, int | None] = {}
        """Mapped pages; what the first word holds, or None where it cannot be written."""

    def expect(self, step: str, span: range) -> bool:
        """Does a step; False if it must fail."""
        mapped = [page in self.pages for page in span]
        possible = {"map": not any(mapped), "grow": all(mapped) and span.stop not in self.pages}
        if not possible.get(step, step not in ("protect", "forget") or all(mapped)):
            return False
        if step == "unmap":
            for page in span:
                self.pages.pop(page, None)
        elif step == "grow":
            self.pages[span.stop] = 0
        elif step == "protect":
            self.pages |= {page: self.pages[page] or 0 for page in span}
        elif step == "forget":
            self.pages |= {page: None if self.pages[page] is None else 0 for page in span}
        else:
            self.pages |= dict.fromkeys(span, None if step == "reserve" else 0)
        return True


def do(machine: KernelMachine, step: str, address: int, size: int) -> bool:
    """Does a step; False if it failed."""
    calls = {
        "map": ("mmap2", address, size, 3, FRESH | NOREPLACE, NO_FILE, 0),
        "fixed": ("mmap2", address, size, 3, FRESH | FIXED, NO_FILE, 0),
        "reserve": ("mmap2", address, size, 0, FRESH | FIXED, NO_FILE, 0),
        "unmap": ("munmap", address, size),
        "protect": ("mprotect", address, size, 3),
        "forget": ("madvise", address, size, DONTNEED),
        "grow": ("mremap", address, size, size + PAGE, 0),
    }
    result = machine.call(*calls[step])
    assert result in (address, 0) or result < 0
    return result >= 0


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_memory_is_what_linux_gives(steps: list[tuple[str, int, int]]) -> None:
    machine, model = KernelMachine(), Model()
    for stamp, (step, first, count) in enumerate(steps, 1):
        span = range(first, first + count)
        assert do(machine, step, BASE + first * PAGE, count * PAGE) == model.expect(step, span)
        for page, value in model.pages.items():
            if value is not None:
                assert machine.get_words(BASE + page * PAGE, 1) == [value]
                model.pages[page] = stamp
                machine.put_words(BASE + page * PAGE, stamp)
