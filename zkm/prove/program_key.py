"""The key of a program: commitments to its code and initial memory, without running it.

`programVKey = keccak256(abi.encode(version, k, C_0, C_1))` (protocol, section 2).
"""

from __future__ import annotations

import numpy as np

from zkm import tables
from zkm.commit.kzg import commit_preprocessed
from zkm.commit.stacking import place_blocks
from zkm.program import Program
from zkm.prove.prove import SrsSource
from zkm.tables.data import height_of
from zkm.tables.system import System
from zkm.verify.statement import program_vkey

__all__ = ["program_key_of"]


def program_key_of(system: System, version: bytes, program: Program, srs: SrsSource) -> bytes:
    """The program key, 32 bytes.

    Args:
        system: the machine's tables with a parameter set.
        version: 32 bytes.
        program: what the key stands for.
        srs: gives a reference string of at least so many points.

    Raises:
        ParameterError: the program is too large for the parameter set.
        SetupError: the reference string is too short.
    """
    preprocessed = {"PROGRAM": tables.program.preprocessed, "BOOT": tables.boot.preprocessed}
    data = [
        preprocessed[table.name](program)
        if table.name in preprocessed
        else np.zeros((len(table.committed), 0), np.int64)
        for table in system.tables
    ]
    heights = [
        height_of(columns.shape[1]) if fixed is None else fixed
        for columns, fixed in zip(data, system.fixed_heights, strict=True)
    ]
    placement = place_blocks(system, heights)
    string = srs(placement.used + 1)
    commitments = commit_preprocessed(system, placement, data, string)
    return program_vkey(version, heights[system.index("PROGRAM")], *commitments)
