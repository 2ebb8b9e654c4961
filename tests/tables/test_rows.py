"""Every row operation: honest rows do what the interpreter did, changed ones are caught, and no other
completion of the prover's free cells forges a result."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest

from tests.tables.cases import Case, accepted, changed_values, evaluate, is_possible, make_cases
from zkm.field import MODULUS
from zkm.isa.rowops import EXTRA_FLAGS, ROW_OPS, RowOp, operations_of

WORD, SIGN = 1 << 32, 1 << 31
OPERATIONS = pytest.mark.parametrize("operation", ROW_OPS, ids=lambda operation: operation.name)


@OPERATIONS
def test_honest_rows_do_what_the_interpreter_does(operation: RowOp) -> None:
    for case in make_cases(operation, 150):
        assert accepted(evaluate(operation.table, case.cells)) == case.expected, case.cells


@OPERATIONS
def test_every_changed_cell_is_caught(operation: RowOp, record_property) -> None:
    rng = random.Random(operation.name)
    caught = 0
    for case in make_cases(operation, 8, seed=1):
        for column, old in case.cells.items():
            for new in changed_values(old, rng):
                effect = accepted(evaluate(operation.table, {**case.cells, column: new}))
                if operation.name == "in" and column in ("v", "lo"):
                    # The word is the prover's: another one is another input, with its own limb.
                    assert effect is None or column == "v"
                    caught += effect is None or effect != case.expected
                    continue
                assert effect != case.expected, (operation.name, column, old, new)
                caught += 1
    record_property("caught", caught)
    print(f"{operation.name}: {caught} changed cells caught")


@OPERATIONS
def test_no_other_completion_forges_a_result(operation: RowOp) -> None:
    tried = 0
    for case in make_cases(operation, 25, seed=2):
        for other in completions(case):
            tried += 1
            effect = accepted(evaluate(operation.table, {**case.cells, **other}))
            if effect is not None and is_possible(effect, case.expected):
                assert effect == case.expected, (operation.name, case.cells, other)
    print(f"{operation.name}: {tried} other completions tried")


@OPERATIONS
def test_other_flags_are_caught(operation: RowOp) -> None:
    """Another operation, or any combination of flags, has no row in the program."""
    names = [o.selector for o in operations_of(operation.table)] + list(EXTRA_FLAGS[operation.table])
    for case in make_cases(operation, 3, seed=3):
        for bits in itertools.product((0, 1), repeat=min(len(names), 9)):
            other = dict(zip(names, bits, strict=False))
            if all(case.cells[name] == bit for name, bit in other.items()):
                continue
            effect = accepted(evaluate(operation.table, {**case.cells, **other}))
            assert effect != case.expected
            if not any(other[o.selector] for o in operations_of(operation.table)):
                # Outside the path a row may do nothing at all.
                assert effect in (None, {})


def low(value: int) -> int:
    return value % MODULUS & 0xFFFF


def limbs(first: int, second: int) -> dict[str, int]:
    return {"l0": first & 0xFFFF, "l1": first >> 16, "h0": second & 0xFFFF, "h1": second >> 16}


def completions(case: Case) -> Iterator[dict[str, int]]:
    """Other values for the cells that a prover computes: carries, signs, quotients, offsets, outcomes,
    each with the limbs that belong to them."""
    maker = {
        "ADDI": _additions,
        "ADD": _additions,
        "MUL": _products,
        "SHIFT": _shifts,
        "BITS": _bits,
        "LB": _offsets,
        "UNAL": _offsets,
        "BZ": _branches,
        "BEQ": _branches,
        "LOGIC": _bytes,
        "LW": _values,
        "SW": _values,
        "MOVE": _values,
        "LI": _values,
        "JUMP": _values,
        "IO": _input_output,
    }[case.operation.table]
    yield from maker(case)
    yield from _packing(case)
    yield from _selectors(case)


def _packing(case: Case) -> Iterator[dict[str, int]]:
    """The same key from other parts: what one field of the packing loses another one gains."""
    table = case.operation.table
    places = {flag: 8 + bit for bit, flag in enumerate(EXTRA_FLAGS[table])}
    places |= {name: place for name, place in (("r1", 12), ("r2", 20), ("r3", 28)) if name in case.cells}
    for (low_name, low_place), (high_name, high_place) in itertools.combinations(places.items(), 2):
        for step in (-1, 1):
            moved = step << high_place - low_place
            yield {high_name: case.cells[high_name] + step, low_name: case.cells[low_name] - moved}


def _selectors(case: Case) -> Iterator[dict[str, int]]:
    """The same m and the same code from selectors that are not boolean."""
    names = [operation.selector for operation in operations_of(case.operation.table)]
    for first, second, third in zip(names, names[1:], names[2:], strict=False):
        for step in (-1, 1, 2):
            yield {
                first: case.cells[first] + step,
                second: case.cells[second] - 2 * step,
                third: case.cells[third] + step,
            }


def _additions(case: Case) -> Iterator[dict[str, int]]:
    a, b = case.cells["a"], case.cells.get("b", case.cells.get("imm"))
    for k in (0, 1, 2, MODULUS - 1):
        e = a + b - WORD * k if case.cells["fa"] else a - b + WORD * k
        yield {"k": k, "lo": low(e)}


def _products(case: Case) -> Iterator[dict[str, int]]:
    a, b, name = case.cells["a"], case.cells["b"], case.operation.name
    for sa, sb, z, k in itertools.product((0, 1), repeat=4):
        signs = {"sa": sa, "sb": sb, "z": z, "k": k}
        if name in ("div_q", "div_r"):
            divisor = b + z
            exact = a // divisor if divisor else 0
            for q in (exact - 1, exact, exact + 1, 0, 1, WORD - 1):
                r = a - q * divisor
                if 0 <= r < WORD and 0 <= q < WORD:
                    yield dict(signs, d0=low(divisor - 1 - r), **limbs(r, q))
        elif name == "lt":
            left, right = a + SIGN - WORD * sa, b + SIGN - WORD * sb
            if 0 <= left < WORD and 0 <= right < WORD:
                yield dict(signs, d0=low(left - right + WORD * k), **limbs(left, right))
        elif name == "select":
            yield signs
        else:
            wide = (a - WORD * sa) * b + WORD * WORD * k
            if 0 <= wide < WORD * WORD:
                d0 = low(a + SIGN - WORD * sa) if name == "mul_his" else 0
                yield dict(signs, d0=d0, **limbs(wide % WORD, wide // WORD))


def _shifts(case: Case) -> Iterator[dict[str, int]]:
    wide = case.cells["a"] * case.cells["imm"]
    first, second = wide % WORD, wide // WORD
    for carry in (-1, 1):
        yield {
            "l0": low(first),
            "l1": (first >> 16) + carry * 0x10000,
            "h0": second & 0xFFFF,
            "h1": second >> 16,
        }
        shifted = dict(limbs(first, second), h0=(second & 0xFFFF) - carry)
        yield dict(shifted, l1=shifted["l1"] + carry * 0x10000)


def _bits(case: Case) -> Iterator[dict[str, int]]:
    a, name = case.cells["a"], case.operation.name
    over_32 = pow(32, -1, MODULUS)
    for n, z in itertools.product(range(33), (0, 1)):
        if name == "clz":
            q = 1 << 31 - n if n < 32 and not z else 0
            yield {"n": n, "z": z, "q": q, "x0": 0 if z else low(a - q), "y0": 0 if z else low(2 * q - 1 - a)}
        else:
            rest = (a - n if name == "pow" else a - 31 + n) * over_32
            yield {"n": n, "z": z, "q": 1 << n, "x0": low(rest)}
            yield {"n": n, "z": z, "q": 0, "x0": 0}


def _offsets(case: Case) -> Iterator[dict[str, int]]:
    x = [case.cells[f"x{i}"] for i in range(4)]
    for k in range(4):
        place = {f"h{i}": int(i == k) for i in (1, 2, 3)}
        if case.operation.table == "LB":
            for sg in (0, 1):
                yield dict(place, sg=sg)
        else:
            y = [case.cells[f"y{i}"] for i in range(4)]
            merged = {
                "lwl": x[k:] + y[4 - k :],
                "lwr": y[: 3 - k] + x[: k + 1],
                "sb": [*x[:k], y[3], *x[k + 1 :]],
                "sh": (x[:k] + y[2:] + x[k + 2 :])[:4],
                "swl": x[:k] + y[: 4 - k],
                "swr": y[3 - k :] + x[k + 1 :],
            }[case.operation.name]
            yield dict(place, c=int.from_bytes(bytes(merged), "big"))
    for h1, h2, h3 in ((1, 1, 0), (1, 1, MODULUS - 1), (0, 2, 0), (1, 1, 1)):
        yield {"h1": h1, "h2": h2, "h3": h3}


def _branches(case: Case) -> Iterator[dict[str, int]]:
    a, b = case.cells["a"], case.cells.get("b", 0)
    signs = (0, 1) if case.operation.table == "BEQ" else (0,)
    for t, sigma in itertools.product((0, 1), signs):
        free = dict(t=t, **({"sigma": sigma} if case.operation.table == "BEQ" else {}))
        yield dict(free, lo=low((1 - 2 * sigma) * (a - b) - 1))
        yield dict(free, lo=0)


def _bytes(case: Case) -> Iterator[dict[str, int]]:
    """Bytes that compose to the same word without being bytes."""
    for prefix, j in itertools.product("abw", range(3)):
        high, following = case.cells[f"{prefix}{j}"], case.cells[f"{prefix}{j + 1}"]
        for carry in (-1, 1):
            yield {f"{prefix}{j}": high + carry, f"{prefix}{j + 1}": following - 256 * carry}


def _values(_case: Case) -> Iterator[dict[str, int]]:
    """Tables without free cells of their own."""
    return iter(())


def _input_output(case: Case) -> Iterator[dict[str, int]]:
    cells = case.cells
    if case.operation.name == "in":
        for v in (WORD, MODULUS - 1, -WORD):
            yield {"v": v, "lo": low(v)}
        yield {"b": 1, "r2": 1}
        yield {"b": 1}
    else:
        for v in (0, 1, cells["v"] ^ 1, WORD - 1):
            if v != cells["v"]:
                yield {"v": v}
                yield {"v": v, "lo": low(v)}
