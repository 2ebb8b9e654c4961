"""What the memory argument needs of every trace, checked on the trace alone (tables, section 1).

Each access of an address takes up where the last one ended: its time − 1 − gap is that one's time.
Reads keep values, so what a read saw is what the next access finds. The chain starts at (v0, t0),
where v0 is the image's word (or zero) or the initial register, and ends at (vf, tf).
"""

from __future__ import annotations

import numpy as np

from tests.machine.reference import accesses
from zkm.isa.registers import REGISTER_BASE
from zkm.isa.rowops import EXTRA_FLAGS, ROW_OPS
from zkm.machine.records import Trace

ACCESS = np.dtype([("address", "<i8"), ("time", "<i8"), ("before", "<i8"), ("old", "<u8"), ("keeps", "?")])


def trace_accesses(trace: Trace) -> np.ndarray:
    """All accesses of a trace, refreshes included, in the order of address and time."""
    rows = trace.program.rows
    parts = []
    for records in trace.records.values():
        code, flags = rows.code[records["row"]], rows.flags[records["row"]]
        for pair in np.unique(np.stack([code, flags]), axis=1).T:
            operation = ROW_OPS[int(pair[0]) - 1]
            names = EXTRA_FLAGS[operation.table]
            named = {name: int(pair[1]) >> j & 1 for j, name in enumerate(names)}
            chosen = records[(code == pair[0]) & (flags == pair[1])]
            number = chosen["row"]
            for kind, operand, tick in accesses(operation.name, operation.table, named):
                part = np.zeros(len(chosen), ACCESS)
                if operand == "memory":
                    base = chosen["a"].astype(np.int64) + rows.imm[number] - 0x8000
                    part["address"] = base & ~3
                else:
                    part["address"] = REGISTER_BASE + getattr(rows, operand)[number].astype(np.int64)
                part["time"] = chosen["ts"].astype(np.int64) + tick
                part["before"] = part["time"] - 1 - chosen["g" + kind].astype(np.int64)
                part["old"] = chosen["v" if kind == "m" else kind]
                part["keeps"] = (
                    kind in "ab"
                    or (
                        kind == "m"
                        and operation.name in ("lw", "lb", "lbu", "lh", "lhu", "lwl", "lwr", "out")
                    )
                    or (kind == "c" and operation.name in ("sb", "sh", "swl", "swr"))
                )
                parts.append(part)
    refresh = np.zeros(len(trace.refresh), ACCESS)
    refresh["address"], refresh["old"] = trace.refresh["address"], trace.refresh["value"]
    refresh["time"], refresh["before"] = trace.refresh["t_new"], trace.refresh["t_old"]
    refresh["keeps"] = True
    parts.append(refresh)
    everything = np.concatenate(parts)
    return everything[np.lexsort((everything["time"], everything["address"]))]


def check_trace(trace: Trace) -> int:
    """Asserts the invariants; the number of accesses."""
    chain = trace_accesses(trace)
    assert (chain["before"] < chain["time"]).all()

    # Inside of an address's chain: times meet, and a kept value is found again.
    same = chain["address"][1:] == chain["address"][:-1]
    np.testing.assert_array_equal(chain["before"][1:][same], chain["time"][:-1][same])
    kept = same & chain["keeps"][:-1]
    np.testing.assert_array_equal(chain["old"][1:][kept], chain["old"][:-1][kept])

    # Its ends.
    first = chain[np.concatenate([[True], ~same])]
    last = chain[np.concatenate([~same, [True]])]
    ends = _ends(trace)
    for name, values in (("address", first["address"]), ("t0", first["before"])):
        np.testing.assert_array_equal(ends[name], values, name)
    np.testing.assert_array_equal(ends["v0"], first["old"])
    np.testing.assert_array_equal(ends["tf"], last["time"])
    unchanged = last["keeps"]
    np.testing.assert_array_equal(ends["vf"][unchanged], last["old"][unchanged])

    # First values are those of the program.
    rows = trace.program.rows
    image = rows.is_image_word()
    position = np.searchsorted(rows.address[image], 4 * trace.memory["word"].astype(np.int64))
    position = np.minimum(position, image.sum() - 1)
    in_image = rows.address[image][position] == 4 * trace.memory["word"].astype(np.int64)
    expected = np.where(in_image, rows.word[image][position], 0)
    np.testing.assert_array_equal(trace.memory["v0"], expected)

    # One row per clock tick of three, and the state of one leads to the next.
    steps = np.concatenate(list(trace.records.values()))
    steps = steps[np.argsort(steps["ts"])]
    np.testing.assert_array_equal(steps["ts"], 3 * np.arange(trace.row_count))
    np.testing.assert_array_equal(np.bincount(steps["row"], minlength=len(rows)), trace.counts)
    return len(chain)


def _ends(trace: Trace) -> np.ndarray:
    """(address, v0, t0, vf, tf) of every touched address, ascending."""
    registers = np.flatnonzero((trace.registers["tf"] != 0) | (trace.registers["t0"] != 0))
    ends = np.zeros(
        len(trace.memory) + len(registers),
        [("address", "<i8"), ("v0", "<u8"), ("t0", "<i8"), ("vf", "<u8"), ("tf", "<i8")],
    )
    words = ends[: len(trace.memory)]
    words["address"] = 4 * trace.memory["word"].astype(np.int64)
    for name in ("v0", "t0", "vf", "tf"):
        words[name] = trace.memory[name]
    rest = ends[len(trace.memory) :]
    rest["address"] = REGISTER_BASE + registers
    rest["v0"] = trace.program.registers[registers]
    for name in ("t0", "vf", "tf"):
        rest[name] = trace.registers[name][registers]
    return ends
