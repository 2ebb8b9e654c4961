"""Fuzzing: `python -m tests.fuzz` (or `make fuzz`); the tests of this folder run small counts of the same."""
