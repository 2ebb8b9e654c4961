"""The arithmetic that the field part of the verifier is generic over.

"The circuit is the verifier, run on wires" (protocol, section 8): sections 3 to 7 are written once
and run on field elements (:class:`Plain`, for `zkm verify` and the prover's transcript) or on R1CS
wires (:mod:`zkm.wrap.wires`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol, TypeVar

from zkm.errors import ProofError
from zkm.field import MODULUS, Fr, Ring
from zkm.verify.poseidon2 import permute

__all__ = ["PLAIN", "Arithmetic", "Failure", "Plain"]

Failure = type[ProofError]
"""The error of the step that a check belongs to."""

E = TypeVar("E", bound=Ring)


class Arithmetic(Protocol[E]):
    """What the verifier does with elements besides + - * among themselves and with int."""

    def constant(self, value: int) -> E:
        """The element of an integer."""

    def inverse(self, x: E, failure: Failure, what: str) -> E:
        """1/x; x = 0 is rejected."""

    def assert_product(self, x: E, y: E, product: E, failure: Failure, what: str) -> None:
        """Reject unless x·y = product (one constraint)."""

    def assert_equal(self, x: E, y: E, failure: Failure, what: str) -> None:
        """Reject unless x = y."""

    def share(self, x: E) -> E:
        """The same value, cheap to use many times (a wire of its own in a circuit)."""

    def permute(self, state: Sequence[E]) -> list[E]:
        """Poseidon2 of 3, 4, 8 or 16 elements."""

    def section(self, name: str) -> AbstractContextManager[None]:
        """Constraints made inside are counted under this name."""


class Plain:
    """Field elements: every check is made at once and raises the step's error."""

    def constant(self, value: int) -> Fr:
        """The element of an integer."""
        return Fr(value)

    def inverse(self, x: Fr, failure: Failure, what: str) -> Fr:
        """1/x."""
        if x == 0:
            raise failure(f"{what}: zero has no inverse")
        return Fr(pow(x, -1, MODULUS))

    def assert_product(self, x: Fr, y: Fr, product: Fr, failure: Failure, what: str) -> None:
        """Reject unless x·y = product."""
        if x * y != product:
            raise failure(what)

    def assert_equal(self, x: Fr, y: Fr, failure: Failure, what: str) -> None:
        """Reject unless x = y."""
        if x != y:
            raise failure(what)

    def share(self, x: Fr) -> Fr:
        """x itself."""
        return x

    def permute(self, state: Sequence[Fr]) -> list[Fr]:
        """The native permutation."""
        return [Fr.canonical(x) for x in permute(state)]

    def section(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        """Nothing to count."""
        return nullcontext()


PLAIN: Final = Plain()
