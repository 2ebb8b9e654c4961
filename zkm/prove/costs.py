"""What proving costs: predicted seconds per stage and peak memory, for ETAs and `zkm run --stats`.

Linear models of committed cells, LogUp leaves (rows times interactions) and the slots' used length, with
figures measured on two cores of a 2.8 GHz server processor with AVX-512 (`make bench`). Other machines differ
by a factor.
"""

from __future__ import annotations

from typing import Final

__all__ = ["WRAP_SECONDS", "core_seconds", "peak_bytes"]

WRAP_SECONDS: Final = {"circuit witness": 0.1, "Groth16": 1.4}
"""The same for every proof of the set `small`."""

SECONDS_PER_CELL: Final = {
    "fill tables": 1e-8,
    "commit": 1e-7,
    "constraints (zerocheck)": 4e-8,
    "columns to slots": 2e-8,
}
SECONDS_PER_LEAF: Final = 1.5e-7
SECONDS_PER_OPENED_CELL: Final = 1.7e-6

BYTES_BASE: Final = 250 << 20
BYTES_PER_CELL: Final = 16
BYTES_PER_LEAF: Final = 61
BYTES_PER_OPENED_CELL: Final = 128


def core_seconds(cells: int, leaves: int, used: int) -> dict[str, float]:
    """Predicted seconds of each stage of the core proof.

    Args:
        cells: committed cells, padding included.
        leaves: rows times interactions over all tables.
        used: n', the used length of a slot.
    """
    return {
        **{stage: cells * seconds for stage, seconds in SECONDS_PER_CELL.items()},
        "buses (LogUp-GKR)": leaves * SECONDS_PER_LEAF,
        "opening": used * SECONDS_PER_OPENED_CELL,
    }


def peak_bytes(cells: int, leaves: int, used: int) -> int:
    """Predicted peak memory.

    A cell takes 8 bytes in its table and 8 in its slot; a leaf 61 on average (fraction and tree, the
    constant tails left out); an opened cell a point of the reference string and two field elements.
    """
    return BYTES_BASE + cells * BYTES_PER_CELL + leaves * BYTES_PER_LEAF + used * BYTES_PER_OPENED_CELL
