"""The native argument (protocol, sections 4 to 6) for a test's tables, and the verifier's view of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.reference.toy_prover import place, statement_fingerprint
from zkm import _native
from zkm.field import Fr
from zkm.prove.columns import native_columns
from zkm.prove.gkr import prove_gkr
from zkm.prove.stacking import column_addresses, prove_stacking
from zkm.prove.zerocheck import prove_zerocheck
from zkm.tables.data import TableData
from zkm.tables.system import System
from zkm.verify.arithmetic import PLAIN
from zkm.verify.gkr import verify_gkr
from zkm.verify.proof import GkrLayer
from zkm.verify.shape import Heights, Shape, address_bits
from zkm.verify.stacking import SlotClaim, verify_stacking
from zkm.verify.transcript import Transcript
from zkm.verify.verify import statement_message
from zkm.verify.zerocheck import verify_zerocheck


@dataclass
class Argument:
    """The messages of sections 4 to 6 and what they are about."""

    shape: Shape
    sigma: Fr
    fp: Fr
    salt: Fr
    point: list[Fr]
    """r*."""
    mu: Fr
    full_point: list[Fr]
    """u, then u_slot."""
    root: list[Fr]
    layers: list[GkrLayer[Fr]]
    zerocheck: list[list[Fr]]
    columns: list[Fr]
    stacking: list[list[Fr]]
    slots: list[Fr]
    claim: SlotClaim[Fr]


class Recorder(Transcript[Fr]):
    """Keeps the challenges of exchanges that have one."""

    def __init__(self, inner: Transcript[Fr]) -> None:
        self.inner = inner
        self.single: list[Fr] = []

    def exchange(self, label: str, message: Sequence[Fr], challenges: int) -> list[Fr]:
        drawn = self.inner.exchange(label, message, challenges)
        self.single += drawn if challenges == 1 else []
        return drawn


def make_slots(system: System, shape: Shape, data: Sequence[TableData]) -> _native.Slots:
    """All slots of the parameter set: columns at their addresses, blinding, the mask as last."""
    params = system.params
    preprocessed = sum(1 for table in system.tables if table.preprocessed)
    slots = _native.Slots(
        params.slot_length, params.opening_side, params.slots, preprocessed, bytes(range(32))
    )
    for table, values, first in zip(system.tables, data, system.column_offset, strict=True):
        addresses = column_addresses(system, shape)[first:]
        for column, address in zip(values.data[: len(table.committed)], addresses, strict=False):
            slots.add_column(address >> params.slot_bits, address % params.slot_length, column)
    return slots


def first_challenges(
    system: System, shape: Shape, sigma: Fr, fp: Fr, salt: Fr
) -> tuple[Transcript[Fr], tuple[Fr, Fr]]:
    transcript: Transcript[Fr] = Transcript(PLAIN)
    message = statement_message(PLAIN, system, sigma, fp, salt, shape.bits(system))
    phi, theta = transcript.exchange("statement and shape", message, 2)
    return transcript, (phi, theta)


def prove(system: System, data: Sequence[TableData], sigma: int = 5, salt: int = 6) -> Argument:
    """As tests.reference.toy_prover.prove, by the native kernels."""
    sigma, salt = Fr(sigma), Fr(salt)
    shape = place(system, [d.height for d in data])
    tables = [[[int(x) for x in column] for column in d.data] for d in data]
    fp = statement_fingerprint(system, shape, tables, sigma)
    transcript, fingerprint = first_challenges(system, shape, sigma, fp, salt)
    columns = native_columns(system, data)
    root, layers, leaf = prove_gkr(transcript, system.params, columns, fingerprint)
    zerocheck, values, point, mu = prove_zerocheck(transcript, columns, fingerprint, leaf)
    slots = make_slots(system, shape, data)
    recorder = Recorder(transcript)
    stacking, slot_values, claim = prove_stacking(recorder, system, shape, columns, slots, sigma, point, mu)
    return Argument(
        shape=shape,
        sigma=sigma,
        fp=fp,
        salt=salt,
        point=point,
        mu=mu,
        full_point=recorder.single,
        root=root,
        layers=layers,
        zerocheck=zerocheck,
        columns=values,
        stacking=stacking,
        slots=slot_values,
        claim=claim,
    )


def verify(system: System, argument: Argument) -> None:
    """The verifier's sections 4 to 6.

    Raises:
        ProofError.
    """
    bits = argument.shape.bits(system)
    heights = Heights(PLAIN, system, bits)
    sigma, fp = argument.sigma, argument.fp
    transcript, fingerprint = first_challenges(system, argument.shape, sigma, fp, argument.salt)
    leaf = verify_gkr(PLAIN, transcript, system.params.table_bits, argument.root, argument.layers)
    point, mu = verify_zerocheck(
        PLAIN, transcript, system, heights, fingerprint, leaf, argument.zerocheck, argument.columns
    )
    claim = verify_stacking(
        PLAIN,
        transcript,
        system,
        heights,
        address_bits(PLAIN, system, heights, bits),
        (sigma, fp),
        point,
        mu,
        argument.columns,
        argument.stacking,
        argument.slots,
    )
    assert claim == argument.claim
