"""Polynomials in the columns of one table, as a directed acyclic graph.

Constraints, tuple entries and multiplicities of a table are written once, with ordinary Python
operators, and read by several interpreters: the debug check (numpy), the generic verifier (field
elements or circuit wires), the native prover (through :mod:`zkm.tables.compiled`) and the
documentation (``str``). Source: protocol, section 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

__all__ = ["Entry", "Expression", "Operation", "column", "constant", "over_power_of_two"]

CONSTANT_BITS: Final = 63
"""Constants are signed 64-bit integers in the compiled form; larger ones are products."""


class Operation(IntEnum):
    """What a node does; the numbers are those of the compiled form."""

    COLUMN = 0
    CONSTANT = 1
    ADD = 2
    SUBTRACT = 3
    MULTIPLY = 4


Operand: TypeAlias = "Expression | int"


class Expression:
    """One node: a column, a constant, or a sum, difference or product of two nodes.

    Attributes:
        operation: the kind of node.
        value: column index (COLUMN) or the integer (CONSTANT); 0 otherwise.
        name: the column's name (COLUMN); empty otherwise.
        operands: the two nodes of ADD, SUBTRACT, MULTIPLY; empty otherwise.
        degree: total degree in the columns.
    """

    __slots__ = ("degree", "name", "operands", "operation", "value")

    def __init__(
        self,
        operation: Operation,
        degree: int,
        *,
        value: int = 0,
        name: str = "",
        operands: tuple[Expression, ...] = (),
    ) -> None:
        self.operation = operation
        self.degree = degree
        self.value = value
        self.name = name
        self.operands = operands

    @property
    def is_constant(self) -> bool:
        """True for an integer."""
        return self.operation is Operation.CONSTANT

    def _is(self, value: int) -> bool:
        return self.is_constant and self.value == value

    def __add__(self, other: Operand) -> Expression:
        other = _node(other)
        if self.is_constant and other.is_constant:
            return constant(self.value + other.value)
        if self._is(0):
            return other
        if other._is(0):
            return self
        return _binary(Operation.ADD, self, other)

    def __sub__(self, other: Operand) -> Expression:
        other = _node(other)
        if self.is_constant and other.is_constant:
            return constant(self.value - other.value)
        if other._is(0):
            return self
        return _binary(Operation.SUBTRACT, self, other)

    def __mul__(self, other: Operand) -> Expression:
        other = _node(other)
        if self.is_constant and other.is_constant:
            return constant(self.value * other.value)
        if self._is(0) or other._is(1):
            return self
        if other._is(0) or self._is(1):
            return other
        return _binary(Operation.MULTIPLY, self, other)

    def __radd__(self, other: int) -> Expression:
        return _node(other) + self

    def __rsub__(self, other: int) -> Expression:
        return _node(other) - self

    def __rmul__(self, other: int) -> Expression:
        return _node(other) * self

    def __neg__(self) -> Expression:
        return _node(0) - self

    def __str__(self) -> str:
        return _render(self, 0)

    def __repr__(self) -> str:
        return f"Expression({self})"


@dataclass(frozen=True)
class Entry:
    """One entry of a tuple: ``numerator / 2^shift`` in the field.

    A value is divided by a power of two to look up its high part: if ``lo`` and
    ``(e - lo) / 2^16`` are both in [0, 2^16), then 0 <= e < 2^32.
    """

    numerator: Expression
    shift: int = 0

    @property
    def degree(self) -> int:
        """Total degree in the columns."""
        return self.numerator.degree

    def __str__(self) -> str:
        return f"({self.numerator})/2^{self.shift}" if self.shift else str(self.numerator)


def column(index: int, name: str) -> Expression:
    """The column with this index (preprocessed, then witness, then structured columns)."""
    return Expression(Operation.COLUMN, 1, value=index, name=name)


def constant(value: int) -> Expression:
    """An integer constant.

    Raises:
        ValueError: it does not fit 64 signed bits (write it as a product).
    """
    if not -(1 << CONSTANT_BITS) <= value < 1 << CONSTANT_BITS:
        raise ValueError(f"constant {value} does not fit 64 signed bits")
    return Expression(Operation.CONSTANT, 0, value=value)


def over_power_of_two(numerator: Expression, shift: int) -> Entry:
    """The tuple entry ``numerator / 2^shift``."""
    return Entry(numerator, shift)


def _node(value: Operand) -> Expression:
    return value if isinstance(value, Expression) else constant(value)


def _binary(operation: Operation, left: Expression, right: Expression) -> Expression:
    product = operation is Operation.MULTIPLY
    degree = left.degree + right.degree if product else max(left.degree, right.degree)
    return Expression(operation, degree, operands=(left, right))


_SUM, _PRODUCT = 1, 2


def _render(node: Expression, binding: int) -> str:
    """Text of a node; brackets where the surrounding operator binds tighter (`binding`)."""
    if node.operation is Operation.COLUMN:
        return node.name
    if node.operation is Operation.CONSTANT:
        text = _render_integer(node.value)
        return f"({text})" if node.value < 0 and binding else text
    left, right = node.operands
    if node.operation is Operation.MULTIPLY:
        return f"{_render(left, _PRODUCT)}*{_render(right, _PRODUCT)}"
    if node.operation is Operation.ADD:
        text = f"{_render(left, _SUM)} + {_render(right, _SUM)}"
    elif left.is_constant and left.value == 0:
        text = f"-{_render(right, _PRODUCT)}"
    else:
        text = f"{_render(left, _SUM)} - {_render(right, _PRODUCT)}"
    return f"({text})" if binding == _PRODUCT else text


def _render_integer(value: int) -> str:
    exponent = abs(value).bit_length() - 1
    if exponent >= 10 and abs(value) == 1 << exponent:
        return f"{'-' if value < 0 else ''}2^{exponent}"
    return str(value)
