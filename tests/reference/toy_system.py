"""A toy system with a program and an output: the one of the table tests under the names by which the
argument finds the statement's parts.
"""

from __future__ import annotations

from dataclasses import replace

from tests.tables.toy import TOY, toy_data, toy_system
from zkm.tables.data import TableData
from zkm.tables.system import System

NAMES = {"START": "PROGRAM", "COUNT": "OUTPUT"}


def statement_system() -> System:
    """PROGRAM (free height, preprocessed), STEP, NIBBLE, OUTPUT."""
    tables = [replace(t, name=NAMES.get(t.name, t.name)) for t in toy_system().tables]
    tables[0] = replace(tables[0], fixed_height=None)
    return System(TOY, tables)


def statement_data(steps: int) -> tuple[System, list[TableData]]:
    """The system and an honest trace."""
    system = statement_system()
    return system, toy_data(system, steps)
