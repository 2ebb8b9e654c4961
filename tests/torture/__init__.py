"""gcc's own execution tests (gcc.c-torture/execute) as guests: `python -m tests.torture`."""
