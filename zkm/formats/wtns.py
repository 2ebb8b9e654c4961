"""`.wtns`: the wires of one execution of a circuit (snarkjs, src/wtns_utils.js).

    1  header: bytes of a number (u32), r, number of wires (u32)
    2  the wires, starting with the constant one

Whoever has this file can read everything private that went into it.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from zkm._native import FrVec
from zkm.field import MODULUS
from zkm.formats.binfile import write_sections
from zkm.formats.raw import NUMBER_BYTES

__all__ = ["write_wtns"]

MAGIC: Final = b"wtns"
VERSION: Final = 2
HEADER, WIRES = 1, 2


def write_wtns(path: Path | str, wires: FrVec) -> None:
    """Write all wires, in order.

    Raises:
        OSError: the file cannot be written.
    """
    prime = MODULUS.to_bytes(NUMBER_BYTES, "little")
    header = struct.pack("<I", NUMBER_BYTES) + prime + struct.pack("<I", len(wires))
    limbs = wires.to_limbs().astype("<u8", copy=False)
    write_sections(path, MAGIC, {HEADER: [header], WIRES: [limbs.tobytes()]}, VERSION)
