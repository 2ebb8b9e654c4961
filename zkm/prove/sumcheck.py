"""The rounds of a sumcheck, driven by the prover: native kernels compute, the transcript answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from zkm.field import Fr
from zkm.verify.transcript import Transcript

__all__ = ["Sumcheck", "elements", "prove_rounds"]


class Sumcheck(Protocol):
    """A kernel that holds the sum: see zkm._native."""

    def round(self) -> list[int]:
        """The next round polynomial's coefficients, lowest first, without the constant one."""

    def bind(self, challenge: int, /) -> None:
        """Fixes the round's variable."""


def prove_rounds(
    transcript: Transcript[Fr], label: str, kernel: Sumcheck, count: int
) -> tuple[list[list[Fr]], list[Fr]]:
    """Send `count` round polynomials (protocol, section 4).

    Returns:
        the messages and the challenges, one of each for every round.
    """
    rounds, point = [], []
    for _ in range(count):
        message = elements(kernel.round())
        (challenge,) = transcript.exchange(label, message, 1)
        kernel.bind(challenge)
        rounds.append(message)
        point.append(challenge)
    return rounds, point


def elements(values: Iterable[int]) -> list[Fr]:
    """Canonical integers as field elements."""
    return [Fr.canonical(value) for value in values]
