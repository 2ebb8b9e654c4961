#!/usr/bin/env python3
"""Write zkm/abi/*.json, the interfaces of the contracts, from their sources. `--check` only compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from zkm import api
from zkm.chain.artifacts import compile_contracts

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "zkm" / "abi"
PUBLISHED = ("IZkmVerifier", "Settlement", "VerifierRouter", "ZkmVerifier", "PrivateLedger", "StateBridge")
"""What applications meet. Those of the examples are published too, for their demonstrations."""


def abi_files() -> dict[Path, str]:
    """Every file with the text that it should have. The interface does not depend on the keys."""
    artifacts = compile_contracts(ROOT, api.contract_source())
    names = [name for name in PUBLISHED if name in artifacts]
    return {FOLDER / f"{name}.json": json.dumps(artifacts[name].abi, indent=1) + "\n" for name in names}


def main() -> int:
    """Write or compare; the exit code tells whether something was out of date."""
    files = abi_files()
    old = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv[1:]:
        for path in old:
            print(f"{path.relative_to(ROOT)} is out of date: run tools/make_abi.py", file=sys.stderr)
        return bool(old)
    for path in old:
        path.write_text(files[path])
    return 0


if __name__ == "__main__":
    sys.exit(main())
