"""The contracts' interfaces as ABI files, for web3.py, ethers and every other client.

`tools/make_abi.py` writes them; a test compares them with the compiled contracts.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

__all__ = ["load_abi"]


@functools.cache
def load_abi(name: str) -> list[dict[str, Any]]:
    """The ABI of a contract by its name, as a list of entries. Shared: do not change it.

    Raises:
        FileNotFoundError: no contract of this name is published.
    """
    text = resources.files(__package__).joinpath(f"{name}.json").read_text()
    entries: list[dict[str, Any]] = json.loads(text)
    return entries
