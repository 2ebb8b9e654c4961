"""MIPS: registers, row operations, the instruction list and its decoder."""
