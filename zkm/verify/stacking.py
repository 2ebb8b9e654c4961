"""From column values to one claim on the slots (protocol, section 6).

`Σ_c μ^c col_c(r*_{<k}) + μ^C fp' = Σ_{s,y} f_s[y] [ Σ_c μ^c eq(z_c, (y, s)) + μ^C W(y, s) ]`
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from zkm.errors import ProofError
from zkm.field import Ring
from zkm.tables.system import System
from zkm.verify.arithmetic import Arithmetic
from zkm.verify.shape import Heights, Layout
from zkm.verify.sumcheck import (
    eq,
    eq_table,
    linear_combination,
    powers,
    prefix_products,
    sumcheck,
)
from zkm.verify.transcript import Transcript

__all__ = ["SlotClaim", "StackingError", "stacking_weight", "verify_stacking"]

E = TypeVar("E", bound=Ring)


class StackingError(ProofError):
    """Slot values that do not match the column values or the output."""

    step = "stacking"


@dataclass(frozen=True)
class SlotClaim(Generic[E]):
    """f̃_s(u) = values_s for every slot.

    Attributes:
        point: u, N coordinates.
        gamma, binding: γ and d1, squeezed from one permutation.
    """

    point: list[E]
    values: list[E]
    gamma: E
    binding: E


def verify_stacking(
    arithmetic: Arithmetic[E],
    transcript: Transcript[E],
    system: System,
    heights: Heights[E],
    addresses: Sequence[Sequence[E]],
    statement: tuple[E, E],
    point: Sequence[E],
    mu: E,
    columns: Sequence[E],
    rounds: Sequence[Sequence[E]],
    slots: Sequence[E],
) -> SlotClaim[E]:
    """Check column values, output and slot values against each other.

    Args:
        addresses: as :func:`zkm.verify.shape.address_bits` returns them.
        statement: (σ, fp).
        point: r*.
        rounds: N + slot index bits rounds of 2 coefficients.
        slots: v_s for every slot index.

    Raises:
        StackingError.
    """
    sigma, fp = statement
    layout = Layout(system)
    # fp' = (fp − k)/σ, the output's fingerprint without the height of PROGRAM.
    if layout.program_table is not None:
        fp = fp - heights.height(layout.program_table)
    output = fp * arithmetic.inverse(sigma, StackingError, "σ")
    mu = arithmetic.share(mu)
    claim = linear_combination(mu, [*columns, output])
    claim, full_point = sumcheck(transcript, "stacking round", claim, rounds)
    with arithmetic.section("slot weights"):
        full_point = [arithmetic.share(u) for u in full_point]
        weight = stacking_weight(arithmetic, system, heights, addresses, sigma, point, mu, full_point)
    slot_bits = system.params.slot_bits
    with arithmetic.section("slot values"):
        selectors = eq_table(arithmetic, full_point[slot_bits:], len(slots))
        selected = arithmetic.constant(0)
        for selector, value in zip(selectors, slots, strict=True):
            selected = selected + selector * value
        arithmetic.assert_product(selected, weight, claim, StackingError, "values of the slots")
        gamma, binding = transcript.exchange("slot values", slots, 2)
    return SlotClaim(full_point[:slot_bits], list(slots), gamma, binding)


def stacking_weight(
    arithmetic: Arithmetic[E],
    system: System,
    heights: Heights[E],
    addresses: Sequence[Sequence[E]],
    sigma: E,
    row: Sequence[E],
    mu: E,
    point: Sequence[E],
) -> E:
    """Σ_c μ^c eq(z_c, u) + μ^C W(u).

    A block of height k and 2^g columns weighs μ^first times
    Π_{i<k} eq(r*_i, u_i) · Π_{q<g} (1 + u_{k+q} (μ^{2^q} − 1)) · Π_{i≥k+g} eq(a_i, u_i).
    The first two products are computed for every possible k and picked by the height; in the
    third, a factor is 1 below k + g (T_{i−g} = 1, a_i = 0): 1 − a_i + u_i (2 a_i − 1 + T_{i−g}).

    Args:
        addresses: as :func:`zkm.verify.shape.address_bits` returns them.
        row: r*, K coordinates.
        point: u, N + slot index bits coordinates.
    """
    layout = Layout(system)
    shared = prefix_products(arithmetic, [eq(r, u) for r, u in zip(row, point, strict=False)])
    sizes = max(block.size_bits for block in system.blocks)
    # (1 + u_i (μ^{2^q} − 1)) for every coordinate i and block bit q.
    squares = [mu]
    while len(squares) < sizes:
        squares.append(squares[-1] * squares[-1])
    spread = [[1 + u * (square - 1) for square in squares] for u in point]
    heads: dict[int, list[E]] = {}
    for g in sorted({block.size_bits for block in system.blocks}):
        tallest = max(system.max_heights[b.table] for b in system.blocks if b.size_bits == g)
        heads[g] = shared[: tallest + 1]
        for q in range(g):
            heads[g] = [head * spread[k + q][q] for k, head in enumerate(heads[g])]
    mu_powers = powers(arithmetic, mu, system.column_count + 1)
    total = arithmetic.constant(0)
    for block, address in zip(system.blocks, addresses, strict=True):
        g = block.size_bits
        tail = _address_factor(arithmetic, heights.below[block.table], address, point[g:])
        head = heights.select(block.table, heads[g])
        total = total + mu_powers[block.first] * (head * tail)
        if block == layout.output_block:
            # p lies at the block's start, so its coordinates k … k+g−1 are bits 0 of an address.
            outputs = _output_heads(arithmetic, sigma, point, system.max_heights[block.table], g)
            output = heights.select(block.table, outputs) * tail
            total = total + mu_powers[system.column_count] * output
    return total


def _address_factor(
    arithmetic: Arithmetic[E], below: Sequence[E], address: Sequence[E], point: Sequence[E]
) -> E:
    """Π_{i≥k+g} eq(a_i, u_i); `address` and `point` start at coordinate g."""
    zero = arithmetic.constant(0)
    product = arithmetic.constant(1)
    for i, (bit, u) in enumerate(zip(address, point, strict=True)):
        inside = below[i] if i < len(below) else zero
        product = product * (1 - bit + u * (2 * bit - 1 + inside))
    return product


def _output_heads(
    arithmetic: Arithmetic[E], sigma: E, point: Sequence[E], rows: int, size_bits: int
) -> list[E]:
    """Π_{i<k} (1 + u_i (σ^{2^i} − 1)) · Π_{q<g} (1 − u_{k+q}) for k = 0 … rows."""
    factors = []
    power = sigma
    for i in range(rows):
        factors.append(1 + point[i] * (power - 1))
        if i < rows - 1:
            power = power * power
    heads = prefix_products(arithmetic, factors)
    for q in range(size_bits):
        heads = [head * (1 - point[k + q]) for k, head in enumerate(heads)]
    return heads
