"""Seconds and memory of the argument (protocol, sections 4 to 6) on synthetic tables.

The tables have the shape of the instruction tables, about 16 cells and 12 interactions a row; their
cells are random in realistic ranges, so that the buses do not balance, which costs nothing.

    python benches/argue.py [ROWS] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import resource
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from zkm import _native
from zkm.field import MODULUS, Fr
from zkm.params import SMALL, ParameterSet
from zkm.prove.columns import native_columns
from zkm.prove.gkr import prove_gkr
from zkm.prove.stacking import column_addresses, prove_stacking
from zkm.prove.zerocheck import prove_zerocheck
from zkm.tables.bus import Bus
from zkm.tables.data import TableData
from zkm.tables.system import System
from zkm.tables.table import Builder, Table
from zkm.verify.arithmetic import PLAIN
from zkm.verify.shape import Layout, Shape
from zkm.verify.transcript import Transcript

STATE = Bus(1, "state", ("ts", "pc", "delta"))
MEMORY = Bus(2, "mem", ("address", "value", "ts"))
PROGRAM = Bus(3, "prog", ("pc", "key", "imm"))
RANGE = Bus(4, "r16", ("x",))
REGISTERS = 2**40

SHARES = (0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05)
"""How the rows are spread over tables of one shape."""


def instruction_table(name: str, accesses: int) -> Table:
    """An arithmetic table like ADD: head, register accesses, one range-checked result."""
    letters = "abc"[:accesses]
    own = " ".join(f"r{x} {x} g{x}" for x in letters)
    table = Builder(name, f"ts pc d u {own} lo k f0 f1 f2")
    ts, pc, d, u, lo, k, f0, f1, f2 = table.get("ts pc d u lo k f0 f1 f2")
    m = f0 + f1 + f2
    table.boolean("f0", "f1", "f2", "k")
    table.require("one flag", m * (m - 1))
    table.require("u only in real rows", u * (1 - m))
    following = pc + 4 * m + d
    table.receive("state", STATE, (ts, pc, d), m)
    table.send("state", STATE, (ts + 3 * m, following + u * (2**36 - following), u * d), m)
    key = f0 + 2 * f1 + 3 * f2 + 256 * u + 2**12 * table["ra"]
    table.send("program", PROGRAM, (pc + 2**35 * m, key, lo), m)
    a, b = table["a"], table[letters[-1]]
    result = f0 * (a + b - 2**32 * k) + (f1 + f2) * (a - b + 2**32 * k)
    table.send("low", RANGE, (lo,), m)
    table.send("high", RANGE, (result - lo,), m)
    for i, x in enumerate(letters):
        register, old, gap = table.get(f"r{x} {x} g{x}")
        new = result + f2 * k if i == len(letters) - 1 else old
        address = register + REGISTERS * m
        table.receive(f"{x} before", MEMORY, (address, old, ts + (i - 1) * m - gap), m)
        table.send(f"{x} after", MEMORY, (address, new, ts + i * m), m)
        table.send(f"{x} gap", RANGE, (gap,), m)
    return table.build("A table for measurements.")


def make_system(params: ParameterSet, rows: int) -> tuple[System, list[TableData]]:
    tables = [instruction_table(f"T{i}", 2 + i % 2) for i in range(len(SHARES))]
    system = System(params, tables)
    rng = np.random.default_rng(1)
    data = []
    for table, share in zip(tables, SHARES, strict=True):
        count = int(rows * share)
        cells = np.zeros((len(table.columns), count), dtype=np.int64)
        flag = rng.integers(0, 3, count)
        for row, name in zip(cells, table.columns, strict=True):
            if name == "ts":
                row[:] = 3 * np.arange(count)
            elif name in ("f0", "f1", "f2"):
                row[:] = flag == int(name[1])
            elif name in ("a", "b", "c", "pc"):
                row[:] = rng.integers(0, 1 << 32, count)
            elif name in ("k", "u"):
                row[:] = rng.integers(0, 2, count) * (name == "k")
            elif name != "d":
                row[:] = rng.integers(0, 1 << (5 if name[0] == "r" else 10), count)
        data.append(TableData.of(table, cells))
    return system, data


def place(system: System, heights: list[int]) -> Shape:
    """Blocks by descending size, each behind the one before."""
    layout = Layout(system)
    sizes = [heights[b.table] + b.size_bits for b in system.blocks]
    addresses, position = [0] * len(sizes), 0
    for i in sorted(layout.free_blocks, key=lambda i: -sizes[i]):
        addresses[i] = position
        position += 1 << sizes[i]
    return Shape.of(system, heights, addresses)


def stages(rows: int) -> dict[str, float]:
    """Seconds per stage, and peak memory in MB."""
    seconds: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        start, processor = time.perf_counter(), time.process_time()
        yield
        seconds[name] = time.perf_counter() - start
        seconds[f"{name}, all cores"] = time.process_time() - processor

    system, data = make_system(SMALL, rows)
    cells = sum(d.data.size for d in data)
    leaves = sum(d.data.shape[1] * len(t.interactions) for d, t in zip(data, system.tables, strict=True))
    shape = place(system, [d.height for d in data])
    slots = _native.Slots(1 << 22, 1 << 11, 32, 0, secrets.token_bytes(32))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    transcript: Transcript[Fr] = Transcript(PLAIN)
    phi, theta, sigma = (Fr(secrets.randbelow(MODULUS)) for _ in range(3))
    with stage("columns"):
        columns = native_columns(system, data)
    with stage("gkr"):
        _, _, leaf = prove_gkr(transcript, system.params, columns, (phi, theta))
    after_gkr = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with stage("zerocheck"):
        _, _, point, mu = prove_zerocheck(transcript, columns, (phi, theta), leaf)
    with stage("stacking"):
        prove_stacking(transcript, system, shape, columns, slots, sigma, point, mu)
    assert column_addresses(system, shape)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "rows": rows,
        "cells a row": cells / rows,
        "interactions a row": leaves / rows,
        **{f"{name} (s)": value for name, value in seconds.items()},
        "total (s)": sum(value for name, value in seconds.items() if "," not in name),
        "memory before (MB)": before,
        "peak after GKR (MB)": after_gkr,
        "peak (MB)": peak,
    }


def measure(rows: int = 70_000) -> list[dict[str, object]]:
    """One entry for each stage of the argument on `rows` rows."""
    seconds = stages(rows)
    entries: list[dict[str, object]] = [
        {"name": f"argument.{name}", "seconds": seconds[f"{name} (s)"]}
        for name in ("columns", "gkr", "zerocheck", "stacking")
    ]
    return [*entries, compare_gkr_round(rows)]


def compare_gkr_round(rows: int) -> dict[str, object]:
    """The largest round of GKR, the first of the last layer, beside arkworks' plain arithmetic."""
    system, data = make_system(SMALL, rows)
    params = system.params
    kernel = _native.Gkr(native_columns(system, data), params.table_bits, params.interaction_bits, 3, 2**200)
    for layer in range(params.gkr_layers - 1):
        kernel.layer(2**199)
        for variable in range(2 * layer):
            kernel.round()
            kernel.bind(2**201 + variable)
        kernel.descend(2**202, 2**203)
    kernel.layer(2**199)
    start = time.perf_counter()
    reference = kernel.reference_round()
    middle = time.perf_counter()
    coefficients = kernel.round()
    end = time.perf_counter()
    for x in range(1, 5):
        difference = sum(a * x**i for i, a in enumerate(coefficients, 1))
        assert (reference[0] + difference - reference[x]) % MODULUS == 0
    return {
        "name": "argument.gkr round",
        "seconds": end - middle,
        "ratio_to_plain": (middle - start) / (end - middle),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result = stages(arguments.rows)
    for name, value in result.items():
        print(f"{name:24} {value:12.2f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
