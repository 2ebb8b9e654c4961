"""The instruction list: everything the machine can execute.

MIPS32 release 2 as a 24Kf has it: all integer instructions of MIPS I and II, of MIPS32 and of its release
2, and floating point with 32 registers of 32 bits (FR = 0), as described in "MIPS32 Architecture For
Programmers, Volume II". The entries' encodings overlap only where a special form stands before the general
one: the first match counts.
"""

from __future__ import annotations

from zkm.isa.families.arithmetic import ARITHMETIC
from zkm.isa.families.branches import BRANCHES
from zkm.isa.families.float_arithmetic import FLOAT_ARITHMETIC
from zkm.isa.families.float_registers import FLOAT_REGISTERS
from zkm.isa.families.logic import LOGIC
from zkm.isa.families.memory import MEMORY
from zkm.isa.families.multiply import MULTIPLY
from zkm.isa.families.shifts import SHIFTS
from zkm.isa.families.system import SYSTEM
from zkm.isa.instruction import Instruction

INSTRUCTIONS: tuple[Instruction, ...] = (
    *ARITHMETIC, *LOGIC, *SHIFTS, *MULTIPLY, *MEMORY, *BRANCHES, *FLOAT_REGISTERS,
    *FLOAT_ARITHMETIC, *SYSTEM,
)  # fmt: skip

BY_NAME: dict[str, Instruction] = {entry.name: entry for entry in INSTRUCTIONS}
"""The same by name, for example "addu" and "addu (rt = 0)"."""
