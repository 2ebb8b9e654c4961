"""Every system call of the list gives what its line in calls.def documents."""

from __future__ import annotations

import pytest

from tests.kernel.harness import BUFFER, ERRORS, HEAP, MEMORY_END, STACK, KernelMachine
from zkm.isa.registers import A0, A3, SP, V0
from zkm.kernel.calls import Call, call_number, system_calls

WORD = 0xFFFFFFFF
START = 1767225600
"""What the clock shows at the start: 2026-01-01 00:00:00 UTC."""

PATH = BUFFER + 0x1000
"""An empty path, since memory is zero."""

POLL = BUFFER + 0x800
"""A struct pollfd: input, when it can be read."""

SPAN = BUFFER + 0x900
"""A span of one second, as 32-bit and as 64-bit numbers: { 1, 0 } and { 0, 1, 0, 0 } one word earlier."""

ENDING = {
    "exit": 0,
    "pause": 137,
    "rt_sigreturn": 139,
    "rt_sigsuspend": 137,
    "exit_group": 0,
}
"""Calls that end a program of one thread that has no handlers, with the exit code."""
FRESH = 0x802

CASES: dict[str, tuple[tuple[int, ...], int | str, list[int]]] = {
    "read": ((0, BUFFER, 8), 4, [0x64617461]),
    "write": ((1, BUFFER, 8), 8, []),
    "close": ((2,), 0, []),
    "time": ((BUFFER,), START, [START]),
    "kill": ((2, 0), 0, []),
    "dup": ((1,), "EMFILE", []),
    "times": ((BUFFER,), 0, [0, 0, 0, 0]),
    "brk": ((HEAP + 1,), HEAP + 1, []),
    "ioctl": ((1,), "ENOTTY", []),
    "fcntl": ((1, 3), 1, []),
    "dup2": ((1, 2), "EMFILE", []),
    "getrlimit": ((3, BUFFER), 0, [0x800000, 0x800000]),
    "getrusage": ((0, BUFFER), 0, [0, 1, *[0] * 16]),
    "gettimeofday": ((BUFFER, 0), 0, [START, 1]),
    "mmap": ((0, 4096, 3, FRESH, WORD, 0), MEMORY_END - 4096, []),
    "munmap": ((0x20000000, 4096), 0, []),
    "sysinfo": ((BUFFER,), 0, [1, 0, 0, 0, 0x70000000, 0x70000000, 0, 0, 0, 0, 1 << 16, 0, 0, 1, 0, 0]),
    "clone": ((0x0F00, STACK - 4096, 0, 0, 0), "ENOSYS", []),
    "uname": ((BUFFER,), 0, [0x4C696E75, 0x78000000]),
    "mprotect": ((HEAP - 4096, 4096, 3), 0, []),
    "_llseek": ((1, 0, 0, BUFFER, 0), "ESPIPE", []),
    "_newselect": ((0, 0, 0, 0, SPAN), 0, []),
    "readv": ((0, BUFFER, 1), 0, []),
    "writev": ((1, BUFFER, 1), 0, []),
    "sched_getparam": ((0, BUFFER), 0, [0]),
    "sched_yield": ((), 0, []),
    "nanosleep": ((SPAN, 0), 0, []),
    "mremap": ((HEAP - 8192, 8192, 4096, 0), HEAP - 8192, []),
    "poll": ((POLL, 1, WORD), 1, []),
    "prctl": ((15, PATH), 0, []),
    "rt_sigaction": ((2, 0, BUFFER, 16), 0, [0] * 6),
    "rt_sigprocmask": ((1, 0, BUFFER, 16), 0, [0] * 4),
    "rt_sigpending": ((BUFFER, 16), 0, [0] * 4),
    "getcwd": ((BUFFER, 2), 2, [0x2F000000]),
    "sigaltstack": ((0, BUFFER), 0, [0, 0, 2]),
    "mmap2": ((0, 8192, 0, FRESH, WORD, 0), MEMORY_END - 8192, []),
    "fstat64": ((0, BUFFER), 0, [0, 0, 0, 0, 0, 1, 0o010600, 1, 1000, 1000]),
    "madvise": ((HEAP - 4096, 4096, 4), 0, []),
    "fcntl64": ((1, 3), 1, []),
    "gettid": ((), 2, []),
    "tkill": ((2, 0), 0, []),
    "futex": ((BUFFER, 0x80, 1, 0), "EAGAIN", []),
    "sched_getaffinity": ((0, 128, BUFFER), 4, [1]),
    "epoll_create": ((1,), 3, []),
    "epoll_ctl": ((3, 1, 0, BUFFER), "EBADF", []),
    "epoll_wait": ((1, BUFFER, 1, 0), "EINVAL", []),
    "set_tid_address": ((BUFFER,), 2, []),
    "clock_gettime": ((1, BUFFER), 0, [1, 1000]),
    "clock_getres": ((1, BUFFER), 0, [0, 1000]),
    "clock_nanosleep": ((1, 0, SPAN, 0), 0, []),
    "tgkill": ((2, 2, 0), 0, []),
    "set_thread_area": ((BUFFER,), 0, []),
    "fstatat64": ((1, PATH, BUFFER, 0x1000), 0, [0, 0, 0, 0, 0, 2, 0o010600]),
    "pselect6": ((0, 0, 0, 0, SPAN), 0, []),
    "ppoll": ((POLL, 1, 0, 0), 1, []),
    "epoll_pwait": ((1, BUFFER, 1, 0), "EINVAL", []),
    "eventfd": ((0,), 3, []),
    "eventfd2": ((0, 0x80), 3, []),
    "epoll_create1": ((0x80000,), 3, []),
    "pipe2": ((BUFFER, 0x80), 0, [3, 4]),
    "prlimit64": ((0, 5, 0, BUFFER), 0, [0, 32, 0, 32]),
    "getrandom": ((BUFFER, 8, 0), 8, [0x14C9D623, 0]),
    "statx": ((1, PATH, 0x1000, 0x7FF, BUFFER), 0, [0x7FF, 4096, 0, 0, 1, 1000, 1000, 0o010600 << 16, 0, 2]),
    "clock_gettime64": ((0, BUFFER), 0, [0, START, 0, 1000]),
    "clock_getres_time64": ((0, BUFFER), 0, [0, 0, 0, 1000]),
    "clock_nanosleep_time64": ((0, 0, SPAN - 4, 0), 0, []),
    "pselect6_time64": ((0, 0, 0, 0, SPAN - 4), 0, []),
    "ppoll_time64": ((POLL, 1, SPAN - 4, 0), 1, []),
    "futex_time64": ((BUFFER, 0x80, 1, 0), "EAGAIN", []),
    "epoll_pwait2": ((1, BUFFER, 1, 0), "EINVAL", []),
}
"""Call → arguments, result or error, and the words it leaves at BUFFER."""


def xorshift(count: int) -> list[int]:
    """The first words of the documented generator."""
    words, x = [], 0x9E3779B9
    for _ in range(count):
        x ^= x << 13 & WORD
        x ^= x >> 17
        x ^= x << 5 & WORD
        words.append(x)
    return words


def prepared(data: bytes = b"data") -> KernelMachine:
    """A machine whose memory holds what the cases name."""
    machine = KernelMachine(data)
    machine.put_words(POLL, 0, 0x00010000)
    machine.put_words(SPAN - 4, 0, 1, 0, 0)
    return machine


def test_every_call_has_a_case() -> None:
    assert [*CASES] == [call.name for call in system_calls() if call.has_handler and call.name not in ENDING]


def test_list_is_ascending() -> None:
    numbers = [call.number for call in system_calls()]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 90


@pytest.mark.parametrize("name", CASES)
def test_documented_result(name: str) -> None:
    arguments, expected, words = CASES[name]
    if name == "getrandom":
        words = xorshift(2)
    machine = prepared()
    result = machine.call(name, *arguments)
    assert (ERRORS[-result] if isinstance(expected, str) else result) == expected
    assert machine.get_words(BUFFER, len(words)) == words


@pytest.mark.parametrize(("name", "exit_code"), ENDING.items())
def test_calls_that_end_the_program(name: str, exit_code: int) -> None:
    machine = prepared()
    machine.registers[V0], machine.registers[A0 : A3 + 1] = call_number(name), [0, 16, 0, 0]
    if name == "rt_sigreturn":
        machine.registers[SP] = 0
    elif name == "rt_sigsuspend":
        machine.registers[A0] = BUFFER
    machine.run(1000)
    assert machine.exit_code == exit_code


@pytest.mark.parametrize(
    "call", [call for call in system_calls() if not call.has_handler], ids=lambda c: c.name
)
def test_constant_results(call: Call) -> None:
    machine = prepared()
    assert machine.call(call.number, BUFFER, BUFFER, BUFFER, BUFFER) == call.constant
    assert machine.exit() == b""


def test_all_others_are_unknown() -> None:
    machine = prepared()
    known = {call.number for call in system_calls()}
    for number in [0, 1, 3999, *range(4000, 4460), 4999, 5000, 6000, 0x7FFFFFFF, 0x80000FA4, WORD]:
        if number not in known:
            assert machine.failure(number) == "ENOSYS", number


POINTERS = {
    "readv": 1, "writev": 1, "read": 1, "write": 1, "time": 0, "times": 0, "getrlimit": 1, "getrusage": 1,
    "gettimeofday": 0, "sysinfo": 0, "uname": 0, "sched_getparam": 1, "nanosleep": 0, "poll": 0,
    "rt_sigaction": 2, "rt_sigprocmask": 2, "rt_sigpending": 0, "getcwd": 0, "sigaltstack": 1, "fstat64": 1,
    "futex": 0,
    "sched_getaffinity": 2, "clock_gettime": 1, "clock_getres": 1, "clock_nanosleep": 2, "fstatat64": 2,
    "ppoll": 0, "pipe2": 0, "prlimit64": 3, "getrandom": 0, "statx": 4, "clock_gettime64": 1,
    "clock_getres_time64": 1, "clock_nanosleep_time64": 2, "futex_time64": 0, "ppoll_time64": 0,
    "_newselect": 4, "pselect6": 4, "pselect6_time64": 4,
}  # fmt: skip
"""Call → which argument of its case is a pointer that it uses."""


@pytest.mark.parametrize("pointer", [4, 0xFFFC, 0x80000000, 0x80040000, 0x81000000, 0xFFFFFFFC])
@pytest.mark.parametrize("name", POINTERS)
def test_pointers_outside_of_user_memory_are_refused(name: str, pointer: int) -> None:
    machine = prepared()
    before = dict(machine.memory)
    arguments = list(CASES[name][0])
    arguments[POINTERS[name]] = pointer
    assert machine.failure(name, *arguments) == "EFAULT"
    assert machine.memory.get(pointer) == before.get(pointer)


@pytest.mark.parametrize("name", sorted(POINTERS.keys() - {"read", "write", "uname", "getcwd", "getrandom"}))
def test_misaligned_structures_are_refused(name: str) -> None:
    arguments = list(CASES[name][0])
    for offset in (1, 2, 3):
        shifted = [*arguments]
        shifted[POINTERS[name]] += offset
        assert prepared().failure(name, *shifted) == "EFAULT"


def test_a_signals_action_is_exchanged() -> None:
    """`new` and `old` may be one place."""
    machine = prepared()
    first, second = [1, 0x400000, 2, 3, 4, 5], [9, 0x400100, 8, 7, 6, 5]
    machine.put_words(BUFFER, *first)
    machine.put_words(BUFFER + 64, *second)
    assert machine.call("rt_sigaction", 16, BUFFER, 0, 16) == 0
    assert machine.call("rt_sigaction", 16, BUFFER + 64, BUFFER + 64, 16) == 0
    assert machine.get_words(BUFFER + 64, 6) == first
    assert machine.call("rt_sigaction", 16, 0, BUFFER, 16) == 0
    assert machine.get_words(BUFFER, 6) == second
    assert machine.call("rt_sigaction", 15, 0, BUFFER, 16) == 0
    assert machine.get_words(BUFFER, 6) == [0] * 6


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((0, 0, BUFFER, 16), "EINVAL"),
        ((129, 0, BUFFER, 16), "EINVAL"),
        ((9, BUFFER, 0, 16), "EINVAL"),
        ((23, BUFFER, 0, 16), "EINVAL"),
        ((2, BUFFER, 0, 8), "EINVAL"),
        ((2, 4, 0, 16), "EFAULT"),
        ((2, BUFFER, 0x80040000, 16), "EFAULT"),
    ],
)
def test_bad_actions(arguments: tuple[int, ...], error: str) -> None:
    assert prepared().failure("rt_sigaction", *arguments) == error


def test_the_clock_moves_by_looks_and_sleep() -> None:
    machine = prepared()
    assert machine.call("clock_gettime", 1, BUFFER) == 0
    assert machine.get_words(BUFFER, 2) == [1, 1000]
    assert machine.call("nanosleep", SPAN, 0) == 0
    assert machine.call("clock_gettime", 1, BUFFER) == 0
    assert machine.get_words(BUFFER, 2) == [2, 2000]
    machine.put_words(SPAN, 5, 0)
    assert machine.call("clock_nanosleep", 1, 1, SPAN, 0) == 0
    assert machine.call("clock_gettime", 0, BUFFER) == 0
    assert machine.get_words(BUFFER, 2) == [START + 4, 1000]
    assert machine.call("clock_gettime", 2, BUFFER) == 0
    assert machine.get_words(BUFFER, 2) == [4, 2000]
    machine.put_words(SPAN, 0, 999_999_999)
    assert machine.call("nanosleep", SPAN, 0) == 0
    assert machine.call("clock_gettime", 1, BUFFER) == 0
    assert machine.get_words(BUFFER, 2) == [6, 2999]
    for words in ([0, 1_000_000_000], [0xFFFFFFFF, 0]):
        machine.put_words(SPAN, *words)
        assert machine.failure("nanosleep", SPAN, 0) == "EINVAL"
    assert machine.failure("clock_gettime", 10, BUFFER) == "EINVAL"
    assert machine.failure("clock_gettime", 12, BUFFER) == "EINVAL"


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (0 << 28 | 0 << 24 | 6 << 12 | 9, 6),
        (1 << 28 | 0 << 24 | 6 << 12 | 8, 15),
        (2 << 28 | 2 << 24 | 6 << 12 | 10, 15),
        (3 << 28 | 1 << 24 | 1 << 12 | 9, 8),
        (4 << 28 | 4 << 24 | 0xFFF << 12 | 0xFFF, 0xFFFFFFF6),
        (9 << 28 | 5 << 24 | 4 << 12 | 9, 25),
    ],
)
def test_wake_op_changes_the_word(operation: int, word: int) -> None:
    """Linux's FUTEX_OP on a word of 9, on which nobody waits."""
    machine = prepared()
    machine.put_words(BUFFER + 4, 9)
    assert machine.call("futex", BUFFER, 5, 1, 1, BUFFER + 4, operation) == 0
    assert machine.get_words(BUFFER + 4, 1) == [word]
