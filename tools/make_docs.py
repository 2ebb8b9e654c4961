"""Writes the parts of docs/ that are made from the code (`make docs`); a test compares them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zkm.contract.layout import markdown as proof_layout
from zkm.isa.describe import markdown_page as instructions_page
from zkm.kernel.calls import markdown as system_calls
from zkm.params import PARAMETER_SETS
from zkm.tables.describe import markdown as tables_page
from zkm.tables.registry import machine_system, machine_tables
from zkm.verify.transcript import Exchange, inventory

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def parameter_sets() -> str:
    """The table of parameter sets."""
    lines = [
        "| set | rows of a table | interactions | slot length n | slots | Mercury side b |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {p.name} | ≤ 2^{p.table_bits} (K) | ≤ 2^{p.interaction_bits} (ν) | 2^{p.slot_bits} "
        f"| 2^{p.slot_index_bits} | 2^{p.slot_bits // 2} |"
        for p in PARAMETER_SETS.values()
    ]
    return "\n".join(lines)


def transcript() -> str:
    """The inventory of the set `small`, equal neighbours in one line."""
    grouped: list[tuple[int, Exchange]] = []
    for exchange in inventory(machine_system(PARAMETER_SETS["small"])):
        if grouped and grouped[-1][1] == exchange:
            grouped[-1] = (grouped[-1][0] + 1, exchange)
        else:
            grouped.append((1, exchange))
    lines = ["| times | message | elements | challenges |", "|---|---|---|---|"]
    lines += [f"| {n} | {e.label} | {e.length} | {', '.join(e.challenges)} |" for n, e in grouped]
    return "\n".join(lines)


def guest_tables() -> Any:
    """The module beside this file, however this file was loaded."""
    sys.path.insert(0, str(Path(__file__).parent))
    import guest_tables

    return guest_tables


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "../examples/guests/README.md": {"guests": lambda: guest_tables().overview()},
    "contracts.md": {"proof bytes": proof_layout},
    "machine.md": {"guests": lambda: guest_tables().sizes(), "system calls": system_calls},
    "protocol.md": {"parameter sets": parameter_sets, "transcript": transcript},
}
"""Page → marked part → what it holds."""


def security() -> str:
    """The page of known failures, which lies beside the tests that it names."""
    sys.path.insert(0, str(ROOT))
    from tests.soundness.known_failures import markdown

    return markdown()


WHOLE_PAGES: dict[str, Callable[[], str]] = {
    "instructions.md": instructions_page,
    "security.md": security,
    "tables.md": lambda: tables_page(machine_tables()),
}
"""Page → all of it."""


def page(name: str) -> str:
    """The text that a page should have."""
    if name in WHOLE_PAGES:
        return WHOLE_PAGES[name]()
    text = (DOCS / name).read_text()
    for part, make in PARTS[name].items():
        pattern = re.compile(rf"(<!-- {part} -->\n).*?(<!-- end -->)", re.DOTALL)
        body = make().strip()
        text, count = pattern.subn(lambda match, body=body: f"{match[1]}{body}\n{match[2]}", text)
        if count != 1:
            raise SystemExit(f"docs/{name} has {count} parts '{part}'")
    return text


PAGES = (*PARTS, *WHOLE_PAGES)


def main() -> int:
    """Write every page."""
    for name in PAGES:
        (DOCS / name).write_text(page(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
