"""Indexes of the machine's registers (tables, section 1).

One address space holds them all, so that a coprocessor move or a saved kernel value is an ordinary
register access.
"""

from __future__ import annotations

REGISTER_COUNT = 128
REGISTER_BASE = 1 << 40
"""Memory-bus address of register 0: above every RAM address, so no load or store reaches a register."""

GPR_NAMES: tuple[str, ...] = (
    "zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7",
    "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "fp", "ra",
)  # fmt: skip
"""Names of registers 0 to 31 in the o32 calling convention."""

V0, A0, A1, A2, A3 = 2, 4, 5, 6, 7
K0, K1, GP, SP, RA = 26, 27, 28, 29, 31
S1, S2, S7 = 17, 18, 23
HI, LO = 32, 33
COP0 = 32
"""mfc0 and mtc0 of coprocessor register n mean register COP0 + n, for 2 <= n <= 15."""
TLS = 34
"""Thread pointer, read by `rdhwr $29`."""
LLADDR = 35
"""Address of the last `ll`, or NO_LINK."""
EPC = 36
"""Where `eret` continues."""
KERNEL_LAST = 47
"""The last of the kernel's own registers, which begin after EPC: coprocessor-0 registers 5 to 15."""
T0, T1, T2, T3, T4, T5 = 48, 49, 50, 51, 52, 53
"""Temporaries of multi-row instructions; no value in them outlives its instruction."""
SINK = 63
"""Takes every write to `$zero`; no instruction reads it as a source."""
FPR = 64
"""Register of `$f0`; the registers hold words, pairs of them doubles (FR = 0)."""
FCSR = 96
"""Floating-point control and status. In the shadow set it is `$gp`."""

SHADOW = 96
SHADOW_HI, SHADOW_LO = 56, 57


def shadow(register: int) -> int:
    """Index that a general register, HI or LO has in the code of the float image.

    That code has a set of registers of its own, so that it neither saves nor changes the program's: `$zero`
    is the same, `$gp` is FCSR, any other `$i` is SHADOW + i. Other indexes are the same in both.
    """
    special = {0: 0, GP: FCSR, HI: SHADOW_HI, LO: SHADOW_LO}
    if register in special:
        return special[register]
    return SHADOW + register if register < HI else register


NO_LINK = 1
"""Value of LLADDR without a link: no multiple of 4, so that no `sc` matches it."""
