"""One zerocheck for all constraints and the leaves of the LogUp tree (protocol, section 5).

`p + δ (q − 1) = Σ_x eq(r_row, x) Σ_t [ Σ_j e_j (N_tj(x) + δ (D_tj(x) − pad_t(x)))
                                        + Σ_c δ^(2+c) C_tc(cols_t(x)) ]`
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from zkm.errors import ProofError
from zkm.field import MODULUS, Ring
from zkm.tables.system import System
from zkm.verify.arithmetic import Arithmetic
from zkm.verify.gkr import LeafClaim
from zkm.verify.shape import Heights
from zkm.verify.sumcheck import eq_table, powers, prefix_products, sumcheck_with_eq
from zkm.verify.transcript import Transcript

__all__ = ["ZerocheckError", "column_values", "row_value", "verify_zerocheck"]

E = TypeVar("E", bound=Ring)


class ZerocheckError(ProofError):
    """Column values that do not satisfy constraints and interactions."""

    step = "zerocheck"


def verify_zerocheck(
    arithmetic: Arithmetic[E],
    transcript: Transcript[E],
    system: System,
    heights: Heights[E],
    fingerprint: tuple[E, E],
    leaf: LeafClaim[E],
    rounds: Sequence[Sequence[E]],
    columns: Sequence[E],
) -> tuple[list[E], E]:
    """Check the rounds and the column values against each other.

    Args:
        fingerprint: (φ, θ).
        rounds: K rounds of 3 coefficients.
        columns: col_c(r*_0 … r*_{k−1}) of every committed column, without the pad factor.

    Returns:
        the point r* and μ, drawn after the column values.

    Raises:
        ZerocheckError.
    """
    claim = leaf.numerator + leaf.delta * (leaf.denominator - 1)
    claim, point = sumcheck_with_eq(transcript, "zerocheck round", claim, leaf.row, rounds)
    with arithmetic.section("constraints and interactions"):
        weights = eq_table(arithmetic, leaf.interaction, system.interaction_count)
        point = [arithmetic.share(x) for x in point]
        values = column_values(arithmetic, system, heights, point, columns)
        total = row_value(arithmetic, system, fingerprint, leaf.delta, weights, *values)
        arithmetic.assert_equal(claim, total, ZerocheckError, "values of the columns")
    with arithmetic.section("column values"):
        (mu,) = transcript.exchange("column values", columns, 1)
    return point, mu


def column_values(
    arithmetic: Arithmetic[E],
    system: System,
    heights: Heights[E],
    point: Sequence[E],
    columns: Sequence[E],
) -> tuple[list[E], list[list[E]]]:
    """pad_t(r*) of every table, and the zero-extended values of all its columns at r*.

    Structured columns are computed here: a fixed function of the row bits, with those from the
    table's height on replaced by 0 (protocol, section 1).
    """
    # pad_t = Π_{i ≥ k} (1 − r*_i), picked among all suffix products by the height.
    suffixes = prefix_products(arithmetic, [1 - x for x in reversed(point)])[::-1]
    pads, values = [], []
    for t, table in enumerate(system.tables):
        pad = arithmetic.share(heights.select(t, suffixes))
        first = system.column_offset[t]
        own = columns[first : first + len(table.committed)]
        extended = [value * pad for value in own]
        if table.structured:
            below = heights.below[t]
            zeros = [arithmetic.constant(0)] * (len(point) - len(below))
            row = [bit * x for bit, x in zip(below, point, strict=False)] + zeros
            extended += [structured.evaluate(row) * pad for structured in table.structured]
        pads.append(pad)
        values.append(extended)
    return pads, values


def row_value(
    arithmetic: Arithmetic[E],
    system: System,
    fingerprint: tuple[E, E],
    delta: E,
    weights: Sequence[E],
    pads: Sequence[E],
    values: Sequence[Sequence[E]],
) -> E:
    """The bracket of the zerocheck at one point, each expression evaluated once.

    Args:
        weights: e_j for every interaction.
        pads, values: as :func:`column_values` returns them.
    """
    phi, theta = fingerprint
    arity = max((len(i.entries) for c in system.compiled for i in c.interactions), default=0)
    delta = arithmetic.share(delta)
    theta = arithmetic.share(theta)
    # δ θ^{i+1}, so that an interaction costs one product for each entry and one for e_j.
    entry_weights = [delta * power for power in powers(arithmetic, theta, arity + 1)[1:]]
    delta_phi = delta * phi
    delta_powers = powers(arithmetic, delta, system.constraint_count + 2)
    total = arithmetic.constant(0)
    for t, compiled in enumerate(system.compiled):
        nodes = compiled.evaluate(values[t])
        pad_delta = delta * pads[t]
        pad_delta_phi = delta_phi * pads[t]
        for j, interaction in enumerate(compiled.interactions, system.interaction_offset[t]):
            # δ (D_j − pad) = pad δ (φ + bus − 1) + Σ_i δ θ^{i+1} entry_i
            value = pad_delta_phi + pad_delta * (interaction.bus - 1)
            for weight, (node, shift) in zip(entry_weights, interaction.entries, strict=False):
                value = value + weight * (nodes[node] * pow(2, -shift, MODULUS))
            value = value + nodes[interaction.multiplicity] * interaction.sign
            total = total + weights[j] * value
        for c, node in enumerate(compiled.constraints.tolist(), system.constraint_offset[t] + 2):
            total = total + delta_powers[c] * nodes[node]
    return total
