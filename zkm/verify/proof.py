"""The field part of a core proof, and its public inputs.

:class:`FieldProof` holds elements of any arithmetic: field elements when a proof is read, wires when
the circuit is built. One order of all its elements (:meth:`FieldProof.flat`) is the circuit's
private input and, behind the shape, the encoding. Sizes always come from the :class:`System`,
never from the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Final, Generic, TypeVar

from zkm.errors import ProofError
from zkm.field import MODULUS, Fr, Ring
from zkm.tables.system import System
from zkm.verify.shape import Layout, Shape, ShapeBits, ShapeError

__all__ = ["EncodingError", "Evaluations", "FieldProof", "GkrLayer", "PublicInputs"]

E = TypeVar("E", bound=Ring)

SCALAR_BYTES: Final = 32
ADDRESS_BYTES: Final = 4


class EncodingError(ProofError):
    """Bytes that are not the encoding of a proof."""

    step = "encoding"


@dataclass(frozen=True)
class PublicInputs(Generic[E]):
    """The twelve values that the field part and the group part share, in this order."""

    sigma: E
    fp: E
    gamma: E
    d1: E
    alpha: E
    eta: E
    z: E
    d2: E
    beta: E
    zeta: E
    g_z: E
    y: E

    def flat(self) -> list[E]:
        """All values in order."""
        return [getattr(self, f.name) for f in fields(self)]


@dataclass(frozen=True)
class GkrLayer(Generic[E]):
    """One layer: 2 l rounds of (a_1 … a_4), then P_0 … P_3 and Q_0 … Q_3 at x*."""

    rounds: list[list[E]]
    numerators: list[E]
    denominators: list[E]


@dataclass(frozen=True)
class Evaluations(Generic[E]):
    """g, h and S at z and 1/z (protocol, section 7, step 4)."""

    g_z: E
    g_inverse: E
    h_z: E
    h_inverse: E
    s_z: E
    s_inverse: E

    def flat(self) -> list[E]:
        """All values in order."""
        return [getattr(self, f.name) for f in fields(self)]


@dataclass(frozen=True)
class FieldProof(Generic[E]):
    """Everything the field verifier reads besides the public inputs, in the order it does.

    Attributes:
        shape: the prover's part of heights and addresses.
        salt: one uniform element (protocol, section 9).
        root: (p, q).
        layers: of the LogUp tree, from the root.
        zerocheck: K rounds of (a_1, a_2, a_3).
        columns: the value of every committed column at r*_{<k}.
        stacking: N + slot index bits rounds of (a_1, a_2).
        slots: v_s for every slot index.
        evaluations: the opening's.
    """

    shape: ShapeBits[E]
    salt: E
    root: list[E]
    layers: list[GkrLayer[E]]
    zerocheck: list[list[E]]
    columns: list[E]
    stacking: list[list[E]]
    slots: list[E]
    evaluations: Evaluations[E]

    def scalars(self) -> list[E]:
        """All elements behind the shape."""
        layers = (chain(*layer.rounds, layer.numerators, layer.denominators) for layer in self.layers)
        return [
            self.salt,
            *self.root,
            *chain(*layers),
            *chain(*self.zerocheck),
            *self.columns,
            *chain(*self.stacking),
            *self.slots,
            *self.evaluations.flat(),
        ]

    def flat(self) -> list[E]:
        """All elements: the circuit's private inputs behind the twelve public ones."""
        return self.shape.flat() + self.scalars()

    @staticmethod
    def length(system: System) -> int:
        """Elements of :meth:`flat`."""
        return Layout(system).bit_count + _scalar_count(system)

    @staticmethod
    def unflatten(system: System, elements: Sequence[E]) -> FieldProof[E]:
        """The inverse of :meth:`flat`; ValueError if the number of elements is another."""
        layout = Layout(system)
        if len(elements) != FieldProof.length(system):
            raise ValueError(f"{len(elements)} elements are no proof of this system")
        shape = layout.split(elements[: layout.bit_count])
        return _build(system, shape, iter(elements[layout.bit_count :]).__next__)

    def check_sizes(self, system: System) -> None:
        """Refuse a proof whose parts have other sizes than the system says.

        Raises:
            ShapeError.
        """
        template = FieldProof.unflatten(system, [Fr(0)] * FieldProof.length(system))
        if _sizes(self) != _sizes(template):
            raise ShapeError("the parts of the proof have other sizes than the system's")

    def encode(self: FieldProof[Fr], system: System) -> bytes:
        """Heights (one byte each), addresses (four each), then every scalar, big-endian.

        Raises:
            ShapeError: this is no proof of the system.
        """
        self.check_sizes(system)
        shape = Shape.from_bits(system, self.shape)
        layout = Layout(system)
        heights = bytes(shape.heights[t] for t in layout.free_tables)
        addresses = [shape.addresses[i].to_bytes(ADDRESS_BYTES, "big") for i in layout.free_blocks]
        scalars = [int(x).to_bytes(SCALAR_BYTES, "big") for x in self.scalars()]
        return b"".join([heights, *addresses, *scalars])

    @staticmethod
    def encoded_length(system: System) -> int:
        """Bytes of every encoded proof of this system."""
        layout = Layout(system)
        head = len(layout.free_tables) + ADDRESS_BYTES * len(layout.free_blocks)
        return head + SCALAR_BYTES * _scalar_count(system)

    @staticmethod
    def decode(system: System, data: bytes) -> FieldProof[Fr]:
        """The inverse of :meth:`encode`.

        Raises:
            EncodingError: another length, or a scalar that is not below r.
            ShapeError: heights or addresses that do not fit the system.
        """
        if len(data) != FieldProof.encoded_length(system):
            raise EncodingError(f"{len(data)} bytes instead of {FieldProof.encoded_length(system)}")
        layout = Layout(system)
        heights = list(system.fixed_heights)
        for position, table in enumerate(layout.free_tables):
            heights[table] = data[position]
        start = len(layout.free_tables)
        end = start + ADDRESS_BYTES * len(layout.free_blocks)
        witness = [
            int.from_bytes(data[i : i + ADDRESS_BYTES], "big") for i in range(start, end, ADDRESS_BYTES)
        ]
        shape = Shape.of(system, [k for k in heights if k is not None], witness)
        scalars = [
            int.from_bytes(data[i : i + SCALAR_BYTES], "big") for i in range(end, len(data), SCALAR_BYTES)
        ]
        for index, scalar in enumerate(scalars):
            if scalar >= MODULUS:
                raise EncodingError(f"scalar {index} is not below r")
        stream = map(Fr.canonical, scalars)
        return _build(system, shape.bits(system), stream.__next__)


def _build(system: System, shape: ShapeBits[E], take: Callable[[], E]) -> FieldProof[E]:
    """A proof from its shape and a source of scalars in order: the one place that knows sizes."""
    params = system.params

    def vector(length: int) -> list[E]:
        return [take() for _ in range(length)]

    def rounds(count: int, coefficients: int) -> list[list[E]]:
        return [vector(coefficients) for _ in range(count)]

    return FieldProof(
        shape=shape,
        salt=take(),
        root=vector(2),
        layers=[GkrLayer(rounds(2 * layer, 4), vector(4), vector(4)) for layer in range(params.gkr_layers)],
        zerocheck=rounds(params.table_bits, 3),
        columns=vector(system.column_count),
        stacking=rounds(params.slot_bits + params.slot_index_bits, 2),
        slots=vector(params.slots),
        evaluations=Evaluations(*vector(6)),
    )


def _scalar_count(system: System) -> int:
    """Scalars of a proof, counted by building one."""
    taken = 0

    def take() -> Fr:
        nonlocal taken
        taken += 1
        return Fr(0)

    _build(system, ShapeBits([], []), take)
    return taken


def _sizes(proof: FieldProof[E]) -> tuple[object, ...]:
    """The sizes of all parts."""
    return (
        [len(bits) for bits in proof.shape.heights],
        [len(bits) for bits in proof.shape.addresses],
        len(proof.root),
        [
            ([len(r) for r in layer.rounds], len(layer.numerators), len(layer.denominators))
            for layer in proof.layers
        ],
        [len(r) for r in proof.zerocheck],
        len(proof.columns),
        [len(r) for r in proof.stacking],
        len(proof.slots),
    )
