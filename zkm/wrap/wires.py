"""R1CS wires as an :class:`~zkm.verify.arithmetic.Arithmetic`: running the verifier on them records
its circuit.

A :class:`Wire` is a linear combination of wires, so sums and constants are free; a product of two
that are not constant is a constraint and a new wire.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache

from zkm.field import MODULUS
from zkm.verify.arithmetic import Failure
from zkm.verify.poseidon2 import (
    external_layer,
    parameters,
    permute,
    permute_after_first_sboxes,
    sbox,
)
from zkm.wrap.r1cs import ONE, ConstraintSystem, Recorder, Terms

__all__ = ["Wire", "Wires"]


class Wire:
    """A linear combination Σ coefficient · wire; wire 0 carries the constant term."""

    __slots__ = ("recorder", "terms")

    def __init__(self, recorder: Recorder, terms: Terms) -> None:
        self.recorder = recorder
        self.terms = terms

    @property
    def constant(self) -> int | None:
        """The value, if it is known when the circuit is built."""
        if not self.terms:
            return 0
        return self.terms.get(ONE) if len(self.terms) == 1 else None

    def _scaled(self, factor: int) -> Wire:
        factor %= MODULUS
        if factor == 1:
            return self
        if factor == 0:
            return Wire(self.recorder, {})
        scaled = {wire: value * factor % MODULUS for wire, value in self.terms.items()}
        return Wire(self.recorder, scaled)

    def __add__(self, other: Wire | int, /) -> Wire:
        if isinstance(other, int):
            other = Wire(self.recorder, _constant(other))
        added = other.terms
        small, large = sorted((self.terms, added), key=len)
        total = dict(large)
        for wire, value in small.items():
            value = (total.get(wire, 0) + value) % MODULUS
            if value:
                total[wire] = value
            else:
                total.pop(wire, None)
        return Wire(self.recorder, total)

    __radd__ = __add__

    def __neg__(self) -> Wire:
        return self._scaled(-1)

    def __sub__(self, other: Wire | int, /) -> Wire:
        return self + -other

    def __rsub__(self, other: int, /) -> Wire:
        return -self + other

    def __mul__(self, other: Wire | int, /) -> Wire:
        if isinstance(other, int):
            return self._scaled(other)
        if (value := other.constant) is not None:
            return self._scaled(value)
        if (value := self.constant) is not None:
            return other._scaled(value)
        return Wire(self.recorder, {self.recorder.product(self.terms, other.terms): 1})

    __rmul__ = __mul__


class Wires:
    """The arithmetic of wires. Checks become constraints, labelled with their step."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def public(self, index: int) -> Wire:
        """The public input of this index, from 0."""
        return Wire(self.recorder, {1 + index: 1})

    def private(self, index: int) -> Wire:
        """The private input of this index, from 0."""
        return Wire(self.recorder, {1 + self.recorder.n_public + index: 1})

    def constant(self, value: int) -> Wire:
        """A constant of the circuit."""
        return Wire(self.recorder, _constant(value))

    def inverse(self, x: Wire, failure: Failure, what: str) -> Wire:
        """A new wire 1/x; no witness has x = 0."""
        value = x.constant
        if value == 0:
            raise failure(f"{what}: zero has no inverse")
        if value is not None:
            return self.constant(pow(value, -1, MODULUS))
        label = f"{failure.step}: {what}"
        return Wire(self.recorder, {self.recorder.inverse(x.terms, label): 1})

    def assert_product(self, x: Wire, y: Wire, product: Wire, failure: Failure, what: str) -> None:
        """Add the constraint x·y = product."""
        known = [wire.constant for wire in (x, y, product)]
        if None not in known:
            left, right, result = (value or 0 for value in known)
            if (left * right - result) % MODULUS:
                raise failure(what)
            return
        self.recorder.check(x.terms, y.terms, product.terms, f"{failure.step}: {what}")

    def assert_equal(self, x: Wire, y: Wire, failure: Failure, what: str) -> None:
        """Add the constraint x = y."""
        self.assert_product(x - y, self.constant(1), self.constant(0), failure, what)

    def share(self, x: Wire) -> Wire:
        """A wire of its own: one constraint, and short rows wherever x is multiplied."""
        if len(x.terms) <= 1 or x.constant is not None:
            return x
        return Wire(self.recorder, {self.recorder.product(x.terms, {ONE: 1}): 1})

    def permute(self, state: Sequence[Wire]) -> list[Wire]:
        """Poseidon2. The first S-boxes are made from the state's linear combinations; all that
        follows has the same constraints every time and is copied from a template.
        """
        constants = [wire.constant for wire in state]
        if None not in constants:
            return [self.constant(x) for x in permute([x or 0 for x in constants])]
        row = parameters(len(state)).external[0]
        inputs = []
        for lane, constant in zip(external_layer(state), row, strict=True):
            inputs.append(sbox(lane + constant))
        if any(list(x.terms.values()) != [1] or ONE in x.terms for x in inputs):
            return permute_after_first_sboxes(inputs)
        template, outputs = _template(len(state))
        mapping = self.recorder.splice(template, (next(iter(x.terms)) for x in inputs)).tolist()
        return [
            Wire(self.recorder, {mapping[wire]: value for wire, value in terms.items()}) for terms in outputs
        ]

    def section(self, name: str) -> AbstractContextManager[None]:
        """Count constraints under this name."""
        return self.recorder.section(name)


def _constant(value: int) -> Terms:
    value %= MODULUS
    return {ONE: value} if value else {}


@cache
def _template(width: int) -> tuple[ConstraintSystem, list[Terms]]:
    """The constraints behind the first S-boxes of a permutation, whose outputs are the template's
    private inputs, and the permutation's outputs as linear combinations.
    """
    recorder = Recorder(0, width)
    wires = Wires(recorder)
    outputs = permute_after_first_sboxes([wires.private(i) for i in range(width)])
    return recorder.finish(), [output.terms for output in outputs]
