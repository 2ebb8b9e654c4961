"""zkm: a zero-knowledge virtual machine for MIPS with Ethereum as its settlement layer."""

__version__ = "0.1.0"
