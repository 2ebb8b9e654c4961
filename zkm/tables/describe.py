"""The tables as a Markdown page: docs/tables.md is made by this module, from the tables themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from zkm.tables import branch, chain, head, offset
from zkm.tables.bus import BUSES, access, range_check
from zkm.tables.registry import machine_tables
from zkm.tables.table import Table

__all__ = ["markdown"]

INTRODUCTION: Final = """\
# The tables

This page is made from the code (`python -m zkm.tables.describe > docs/tables.md`); a test compares it.

A table is a matrix of field elements. In every row each *constraint* is 0, and each *interaction* adds
its tuple to a bus, `multiplicity` times: *send* counts +, *receive* counts −. Over all tables of a proof
every bus balances. The all-zero row satisfies everything and has multiplicity 0 everywhere, so
tables are padded with it.
"""


def markdown(tables: Sequence[Table]) -> str:
    """The page for these tables."""
    parts = [INTRODUCTION, _sizes(tables), _buses(), _shared()]
    parts += [_table(table) for table in tables]
    return "\n".join(parts)


def _buses() -> str:
    lines = ["## Buses", "", "| Id | Bus | Tuple |", "|---|---|---|"]
    lines += [f"| {bus.id} | {bus.name} | ({', '.join(bus.fields)}) |" for bus in BUSES]
    return "\n".join([*lines, ""])


def _sizes(tables: Sequence[Table]) -> str:
    def row(name: str, some: Sequence[Table]) -> str:
        counts = (
            sum(len(table.preprocessed) for table in some),
            sum(len(table.columns) for table in some),
            sum(len(table.constraints) for table in some),
            sum(len(table.interactions) for table in some),
        )
        return "| " + " | ".join([name, *map(str, counts)]) + " |"

    head = "| Table | Preprocessed columns | Witness columns | Constraints | Interactions |"
    lines = ["## Sizes", "", head, "|---|---|---|---|---|"]
    lines += [row(table.name, [table]) for table in tables]
    return "\n".join([*lines, row("**all**", tables), ""])


def _shared() -> str:
    """What several tables share, as documented where it is built."""
    parts = (
        ("Memory accesses (acc)", access),
        ("Range checks (rng)", range_check),
        ("Instruction rows", head),
        ("Byte offsets (zkm.tables.offset)", offset),
        ("Branches (zkm.tables.branch)", branch),
        ("The link chain (zkm.tables.chain)", chain),
    )
    return "\n".join(f"## {title}\n\n{_text(part.__doc__)}\n" for title, part in parts)


def _text(docstring: str | None) -> str:
    """A docstring with its headings as run-in headings."""
    return re.sub(r"^# (.*)$", r"**\1.**", cleandoc(docstring or ""), flags=re.MULTILINE)


def _table(table: Table) -> str:
    lines = [f"## {table.name}", "", _text(table.statement), "", "**Columns.**", ""]
    structured = tuple(column.name for column in table.structured)
    for kind, names in (
        ("Preprocessed", table.preprocessed),
        ("Witness", table.columns),
        ("Structured (computed by the verifier)", structured),
    ):
        if names:
            lines.append(f"- {kind}: {', '.join(f'`{name}`' for name in names)}")
    if table.fixed_height is not None:
        lines.append(f"- Height: always 2^{table.fixed_height} rows")
    if table.constraints:
        lines += ["", "**Constraints.**", ""]
        lines += [f"- {c.name}: `{c.expression} = 0`" for c in table.constraints]
    lines += ["", "**Interactions.**", "", "| Name | | Bus | Tuple | Multiplicity |", "|---|---|---|---|---|"]
    for interaction in table.interactions:
        entries = ", ".join(str(entry) for entry in interaction.tuple)
        direction = "send" if interaction.sign > 0 else "receive"
        lines.append(
            f"| {interaction.name} | {direction} | {interaction.bus.name} |"
            f" `{entries}` | `{interaction.multiplicity}` |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    print(markdown(machine_tables()), end="")
