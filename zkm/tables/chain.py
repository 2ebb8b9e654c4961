"""The chain of link(i) tuples that makes memory initialisers unique (tables, section 5).

A tuple link(p) says: words below p are done with. BOOT's first row sends link(0), its last receives at
2^30. Every word that is not in the image (a *fresh* word w) moves the chain from some p <= w to w + 1;
every segment [s, e) of the image moves it from some p <= s to e.

# Soundness

Every row receives a smaller number than it sends (gaps are range-checked), so there are no loops and
the balanced bus is one growing path from 0 to at most 2^30: no fresh word occurs twice, none lies in a
segment, none is at 2^30 or above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from zkm.machine.records import Trace

__all__ = ["CHAIN_END", "is_image_word", "predecessors"]

CHAIN_END: Final = 1 << 30
"""Number of words of the 32-bit address space."""

Integers = NDArray[np.int64]


def is_image_word(words: Integers, segments: Integers) -> NDArray[np.bool_]:
    """Which word indexes lie in a segment; segments int64[n, 2] of [s, e), ascending, disjoint."""
    if not len(segments):
        return np.zeros(len(words), dtype=np.bool_)
    at = np.searchsorted(segments[:, 0], words, side="right") - 1
    inside: NDArray[np.bool_] = (at >= 0) & (words < segments[at, 1])
    return inside


def predecessors(trace: Trace, positions: Integers) -> Integers:
    """Where the chain stands before each of these positions: the end of the last fresh word or
    segment below.
    """
    words = trace.memory["word"].astype(np.int64)
    segments = trace.program.segments
    fresh = words[~is_image_word(words, segments)]
    ends = np.union1d(fresh + 1, segments[:, 1])
    at = np.searchsorted(ends, positions, side="right") - 1
    return np.where(at >= 0, ends[at] if len(ends) else 0, 0)
