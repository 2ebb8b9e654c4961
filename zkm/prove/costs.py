"""What proving costs: predicted seconds per stage and peak memory, for ETAs and `zkm run --stats`.

Linear models of committed cells, LogUp leaves (rows times interactions) and the slots' used length, with
figures measured on two cores of a 2.8 GHz server processor with AVX-512 (`make bench`). Other machines differ
by a factor.
"""

from __future__ import annotations

from typing import Final

__all__ = ["WRAP_SECONDS", "core_seconds", "peak_bytes"]

WRAP_SECONDS: Final = {"circuit witness": 0.15, "Groth16": 2.5}
"""The same for every proof of the set `small`."""

SECONDS_PER_CELL: Final = {
    "fill tables": 2e-8,
    "commit": 1e-7,
    "constraints (zerocheck)": 1e-7,
    "columns to slots": 3e-8,
}
SECONDS_PER_LEAF: Final = 3e-7
SECONDS_PER_OPENED_CELL: Final = 1.8e-6

BYTES_BASE: Final = 250 << 20
BYTES_PER_CELL: Final = 24
BYTES_PER_LEAF: Final = 80
BYTES_PER_OPENED_CELL: Final = 96


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
    """Predicted peak memory: a cell takes 8 bytes in its table and 8 in its slot, and 8 more for the first
    round of a sumcheck; a leaf two field elements, with a quarter more for the tree above; an
    opened cell a point of the reference string and one field element.
    """
    return BYTES_BASE + cells * BYTES_PER_CELL + leaves * BYTES_PER_LEAF + used * BYTES_PER_OPENED_CELL
