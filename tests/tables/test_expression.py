"""Expressions: operators, degree, folding, text, compiled form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkm.tables.bus import Bus
from zkm.tables.compiled import compile_table
from zkm.tables.expression import Expression, column, constant, over_power_of_two
from zkm.tables.table import Builder

X, Y = column(0, "x"), column(1, "y")


def test_degree_and_folding() -> None:
    assert (X * Y * X).degree == 3
    assert (X * 5 - Y).degree == 1
    assert (constant(3) * 4 + 5).value == 17
    assert X + 0 is X and 0 + X is X and 1 * X is X and X * 1 is X and X - 0 is X
    assert (0 * X).value == 0 and (0 * X).is_constant


def test_text_keeps_the_meaning() -> None:
    assert str((X + 1) * (Y - (X - 2))) == "(x + 1)*(y - (x - 2))"
    assert str(-X + (1 << 32) * Y) == "-x + 2^32*y"
    assert str(over_power_of_two(X - Y, 16)) == "(x - y)/2^16"


def test_constants_fit_64_bits() -> None:
    with pytest.raises(ValueError, match="64 signed bits"):
        constant(1 << 63)


expressions: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from([X, Y]) | st.integers(-9, 9).map(constant),
    lambda inner: st.builds(
        lambda op, a, b: {"+": a + b, "-": a - b, "*": a * b}[op],
        st.sampled_from("+-*"),
        inner,
        inner,
    ),
    max_leaves=12,
)


@given(expressions, st.integers(-99, 99), st.integers(-99, 99))
def test_compiled_form_has_the_same_value_as_the_text(e: Expression, x: int, y: int) -> None:
    expected = eval(str(e).replace("^", "**"), {"x": x, "y": y})
    builder = Builder("T", "x y m")
    if e.degree > 2:
        return
    builder.send("value", Bus(1, "b", ("v",)), (over_power_of_two(e * builder["m"], 3),), X)
    compiled = compile_table(builder.build(""))
    values = compiled.evaluate([x, y, 1])
    ((node, shift),) = compiled.interactions[0].entries
    assert (values[node], shift) == (expected, 3)
    operands = compiled.nodes[compiled.nodes[:, 0] >= 2]
    assert (operands[:, 1:] < len(compiled.nodes)).all()
