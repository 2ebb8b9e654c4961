"""How programs end: exit, and the faults that the machine defines (zkm/kernel/system/entry.S)."""

from __future__ import annotations

import pytest

from tests.kernel.harness import BUFFER, CODE, KernelMachine
from zkm.isa.instructions import BY_NAME
from zkm.isa.registers import EPC, LLADDR, TLS, V0
from zkm.kernel.calls import call_number


@pytest.mark.parametrize("name", ["exit", "exit_group"])
@pytest.mark.parametrize("status", [0, 1, 255, 256, 0xFFFFFFFF])
def test_exit_code_is_the_low_byte(name: str, status: int) -> None:
    machine = KernelMachine()
    machine.put_bytes(BUFFER, b"abcdefg")
    machine.call("write", 1, BUFFER + 1, 6)
    assert machine.exit(name, status) == b"bcdefg"
    assert (machine.exit_code, machine.length) == (status & 0xFF, 6)


@pytest.mark.parametrize(
    ("instruction", "exit_code"),
    [
        (BY_NAME["break"].encode(), 133),
        (BY_NAME["break"].encode(code=7), 136),
        (BY_NAME["break"].encode(code=7 << 10), 136),
        (BY_NAME["break"].encode(code=6 << 10), 136),
        (BY_NAME["break"].encode(code=7 << 10 | 7), 133),
        (BY_NAME["break"].encode(code=512), 133),
        (BY_NAME["teq"].encode(rs=8, rt=8, code=7), 136),
        (BY_NAME["teq (rt = 0)"].encode(rs=0, code=7), 136),
        (BY_NAME["teq"].encode(rs=8, rt=8), 133),
        (BY_NAME["tnei"].encode(rs=0, imm=1), 133),
        (BY_NAME["mfc0"].encode(rt=8, rd=4), 132),
        (BY_NAME["mtc0"].encode(rt=8, rd=6), 132),
        (BY_NAME["eret"].encode(), 132),
        (BY_NAME["lwc2 (in)"].encode(rs=29), 132),
        (BY_NAME["swc2 (out)"].encode(rs=29, rt=8), 132),
        (BY_NAME["ctc2 (halt)"].encode(), 132),
    ],
)
def test_traps_end_with_the_signal(instruction: int, exit_code: int) -> None:
    machine = KernelMachine(instruction=instruction)
    machine.run(100)
    assert machine.exit_code == exit_code
    assert machine.output_bytes() == b""


def test_overflow_ends_with_sigfpe() -> None:
    machine = KernelMachine(instruction=BY_NAME["add"].encode(rs=8, rt=8, rd=9))
    machine.registers[8] = 0x7FFFFFFF
    machine.run(100)
    assert machine.exit_code == 136


def test_system_call_in_a_delay_slot() -> None:
    branch = BY_NAME["bne (rt = 0)"].encode(rs=29, imm=0x40)
    machine = KernelMachine(instruction=branch, slot=BY_NAME["syscall"].encode())
    machine.registers[V0] = call_number("set_tid_address")
    target = CODE + 4 + 4 * 0x40
    while machine.pc != target:
        machine.step()
    assert (machine.registers[V0], machine.registers[EPC], machine.delta) == (2, target, 0)


def test_system_call_drops_the_link() -> None:
    machine = KernelMachine()
    machine.registers[LLADDR] = BUFFER
    machine.call("close", 1)  # checks LLADDR


def test_thread_pointer() -> None:
    machine = KernelMachine(instruction=BY_NAME["rdhwr ($29)"].encode(rt=9))
    machine.registers[TLS] = 0x12345678
    machine.step()
    assert machine.registers[9] == 0x12345678
    machine = KernelMachine()
    assert machine.call("set_thread_area", 0x7FFF1234) == 0
    assert machine.registers[TLS] == 0x7FFF1234
