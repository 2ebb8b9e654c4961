"""Where things lie in a program's 4 GB address space."""

from __future__ import annotations

LOWEST_ADDRESS = 0x10000
"""Below lies no memory that a program may use, so that null pointers are found."""

USER_LIMIT = 0x7F000000
"""Segments, heap and mappings end here; the stack lies above."""

STACK_TOP = 0x7FFFF000
"""End of the arguments' strings, the highest user memory that is not zero at the start."""

PAGE_SIZE = 4096
"""Granularity of the heap's start, and what AT_PAGESZ says."""
