"""JSON from anywhere, without depending on how deep it is nested.

Python's parser recurses in C as far as the interpreter's recursion limit says, and libraries raise that limit
(py_ecc to 100,000) beyond what the stack holds: a megabyte of `[` would end the process.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import Any, Final

__all__ = ["parse_json"]

DEEPEST: Final = 64
"""Our own files are nested three deep."""

STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKET: Final = re.compile(r"[\[{\]}]")


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is none, is not UTF-8, or is nested deeper than :data:`DEEPEST`.
    """
    plain = text.decode() if isinstance(text, bytes) else text
    steps = (1 if bracket[0] in "[{" else -1 for bracket in BRACKET.finditer(STRING.sub("", plain)))
    if max(itertools.accumulate(steps), default=0) > DEEPEST:
        raise ValueError(f"JSON that is nested deeper than {DEEPEST}")
    return json.loads(plain)
