"""From column values to one claim on the slots, the prover's side (protocol, section 6)."""

from __future__ import annotations

from zkm import _native
from zkm.field import Fr
from zkm.prove.sumcheck import elements, prove_rounds
from zkm.tables.system import System
from zkm.verify.shape import Layout, Shape
from zkm.verify.stacking import SlotClaim
from zkm.verify.transcript import Transcript

__all__ = ["column_addresses", "prove_stacking"]


def prove_stacking(
    transcript: Transcript[Fr],
    system: System,
    shape: Shape,
    columns: _native.Columns,
    slots: _native.Slots,
    sigma: Fr,
    point: list[Fr],
    mu: Fr,
) -> tuple[list[list[Fr]], list[Fr], SlotClaim[Fr]]:
    """Reduce the column values and the output to one value of every slot.

    Args:
        slots: what the commitments were made of; its blinding cells count here.
        point: r*, K coordinates; the columns' values are those at its low ones.

    Returns:
        the rounds' messages, v_s for every slot index, and the claim that is left with (γ, d1).

    Raises:
        ValueError: the shape does not fit the columns.
    """
    params = system.params
    block = Layout(system).output_block
    kernel = _native.Stacking(
        columns,
        slots,
        column_addresses(system, shape),
        point,
        mu,
        params.slot_bits,
        params.slot_index_bits,
        None if block is None else (block.first, sigma),
    )
    count = params.slot_bits + params.slot_index_bits
    rounds, full_point = prove_rounds(transcript, "stacking round", kernel, count)
    values = elements(kernel.values())
    gamma, binding = transcript.exchange("slot values", values, 2)
    return rounds, values, SlotClaim(full_point[: params.slot_bits], values, gamma, binding)


def column_addresses(system: System, shape: Shape) -> list[int]:
    """The address slot * 2^N + offset of every committed column (protocol, section 6).

    Column q of a block lies q * 2^k behind its start.
    """
    return [
        address + (column << shape.heights[block.table])
        for block, address in zip(system.blocks, shape.addresses, strict=True)
        for column in range(1 << block.size_bits)
    ]
