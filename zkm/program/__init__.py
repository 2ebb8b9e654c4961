"""From an ELF file and its arguments to the memory image and its decoded rows."""

from zkm.program.program import Program, load

__all__ = ["Program", "load"]
