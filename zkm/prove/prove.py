"""From a trace to a core proof: protocol sections 1 to 7 in the verifier's order.

Compare with :mod:`zkm.verify.verify`, which reads the same messages in the same order. What comes out
is not zero-knowledge by itself: its field part is the private input of the wrap circuit.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from zkm.commit.kzg import commit_slots, fill_slots
from zkm.commit.srs import Srs, srs_length
from zkm.commit.stacking import place_blocks
from zkm.field import MODULUS, Fr
from zkm.machine import Trace
from zkm.progress import Stage, Stages
from zkm.prove.columns import native_columns
from zkm.prove.costs import core_seconds
from zkm.prove.gkr import prove_gkr
from zkm.prove.opening import prove_opening
from zkm.prove.stacking import prove_stacking
from zkm.prove.zerocheck import prove_zerocheck
from zkm.tables.data import TableData
from zkm.tables.fill import fill
from zkm.tables.system import System
from zkm.verify.arithmetic import PLAIN
from zkm.verify.group import GroupMessages
from zkm.verify.proof import FieldProof, PublicInputs
from zkm.verify.shape import Shape
from zkm.verify.statement import Statement, output_fingerprint, program_vkey, sigma
from zkm.verify.transcript import Transcript
from zkm.verify.verify import statement_message

__all__ = ["CoreProof", "prove_core", "prove_tables"]

SrsSource = Callable[[int], Srs]
"""Gives a reference string of at least so many points."""


@dataclass(frozen=True)
class CoreProof:
    """A proof before it is wrapped.

    Attributes:
        statement: what it says.
        height: k of PROGRAM, which is part of the program key.
        public: the twelve values that field part and group part share.
        field: the field part, private to the wrap circuit.
        points: the group part.
        cells: committed cells, padding included.
    """

    statement: Statement
    height: int
    public: PublicInputs[Fr]
    field: FieldProof[Fr]
    points: GroupMessages
    cells: int


def prove_core(
    system: System,
    version: bytes,
    trace: Trace,
    srs: SrsSource,
    slots: int | None = None,
    stages: Stages | None = None,
) -> CoreProof:
    """Prove that the trace's program wrote its output and ended with its exit code.

    Args:
        system: the machine's tables with a parameter set.
        version: 32 bytes that bind circuit, tables, kernel and reference string.
        trace: a complete run.
        srs: asked once, for as many points as this proof needs.
        slots: at most so many slots; None weighs gas against time.
        stages: told about progress.

    Raises:
        ParameterError: the trace does not fit the parameter set, or the number of slots.
        SetupError: the reference string is too short.
    """
    stages = stages or Stages()
    with stages.stage("fill tables"):
        data = fill(system, trace)
    return prove_tables(system, version, data, (trace.exit_code, trace.output), srs, slots, stages)


def prove_tables(
    system: System,
    version: bytes,
    data: Sequence[TableData],
    result: tuple[int, bytes],
    srs: SrsSource,
    slots: int | None,
    stages: Stages,
) -> CoreProof:
    """Prove filled tables; `result` is the exit code and output that the statement claims.

    Nothing is checked here: tables that violate a constraint, or another output than theirs, give a
    proof that every verifier rejects.
    """
    heights = tuple(table.height for table in data)
    placement = place_blocks(system, heights, slots)
    leaves = sum(
        len(table.interactions) * cells.data.shape[1]
        for table, cells in zip(system.tables, data, strict=True)
    )
    expected = core_seconds(placement.cells, leaves, placement.used)

    def stage_of(name: str) -> AbstractContextManager[Stage]:
        return stages.stage(name, expected[name])

    with stage_of("commit") as stage:
        shape = Shape.of(system, heights, placement.witness_addresses(system))
        string = srs(srs_length(system.params, placement.used))
        committed = fill_slots(system, placement, [table.data for table in data])
        commitments = commit_slots(committed, string, stage.update)

    height = heights[system.index("PROGRAM")]
    key = program_vkey(version, height, *commitments[: placement.preprocessed])
    statement = Statement(version, key, *result)
    challenge = sigma(statement, commitments[placement.preprocessed :])
    fingerprint = output_fingerprint(height, challenge, *result)

    salt = Fr.canonical(secrets.randbelow(MODULUS))
    bits = shape.bits(system)
    transcript = Transcript(PLAIN)
    first = statement_message(PLAIN, system, Fr(challenge), Fr(fingerprint), salt, bits)
    phi, theta = transcript.exchange("statement and shape", first, 2)
    columns = native_columns(system, data)
    with stage_of("buses (LogUp-GKR)"):
        root, layers, leaf = prove_gkr(transcript, system.params, columns, (phi, theta))
    with stage_of("constraints (zerocheck)"):
        zerocheck, values, point, mu = prove_zerocheck(transcript, columns, (phi, theta), leaf)
    with stage_of("columns to slots"):
        stacking, slot_values, claim = prove_stacking(
            transcript, system, shape, columns, committed, Fr(challenge), point, mu
        )
    with stage_of("opening") as stage:
        opening = prove_opening(
            committed,
            commitments,
            string,
            (challenge, fingerprint),
            (claim.gamma, claim.binding, claim.point),
            salt,
            stage.update,
        )
    field = FieldProof(
        shape=bits,
        salt=salt,
        root=root,
        layers=layers,
        zerocheck=zerocheck,
        columns=values,
        stacking=stacking,
        slots=slot_values,
        evaluations=opening.evaluations,
    )
    return CoreProof(statement, height, opening.public, field, opening.points, placement.cells)
