"""The verbs of zkm, as functions: run, prove, verify, program_key, setup, contract_source.

The command and the Ape scripts are thin shells around these.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from zkm.contract.calldata import encode_proof
from zkm.contract.check import verify_on_chain_proof
from zkm.contract.description import Description
from zkm.contract.generate import contract_source as generate_contract
from zkm.errors import ProofError
from zkm.machine import RunResult, trace
from zkm.machine import run as run_program
from zkm.params import SMALL, ParameterSet
from zkm.program import load
from zkm.progress import Listener, Stages
from zkm.proof import Proof, ProofStatistics
from zkm.prove.program_key import program_key_of
from zkm.prove.prove import prove_core
from zkm.stats import RunStatistics, statistics_of
from zkm.tables.check import assert_valid
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system
from zkm.verify.statement import Statement
from zkm.wrap.circuit import build_circuit
from zkm.wrap.keys import Keys, load_keys, make_keys
from zkm.wrap.wrap import wrap

__all__ = [
    "circuit_sections",
    "contract_source",
    "program_key",
    "prove",
    "run",
    "run_statistics",
    "setup",
    "verify",
]


def run(
    elf: Path | str | bytes,
    arguments: Sequence[str] = (),
    *,
    stdin: bytes | BinaryIO | None = None,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
    max_instructions: int | None = None,
) -> RunResult:
    """Run a guest without proving it.

    Args:
        elf: a static big-endian MIPS ELF file, or its contents.
        arguments: the guest's arguments after argv[0].
        stdin: what it reads: bytes or a binary stream.
        stdout: where its output is shown while it runs; the result holds it in any case.
        stderr: where file descriptor 2 is shown.
        max_instructions: stop with an error after so many.

    Raises:
        ProgramError: the file cannot become a program.
        GuestFault: the guest did something that has no proof.
        ParameterError: a limit was not enough.
    """
    program = load(elf, arguments)
    return run_program(program, stdin, stdout, stderr, max_instructions=max_instructions)


def run_statistics(
    elf: Path | str | bytes,
    arguments: Sequence[str] = (),
    *,
    stdin: bytes | BinaryIO | None = None,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
    params: ParameterSet = SMALL,
    max_instructions: int | None = None,
    check: bool = False,
) -> tuple[int, RunStatistics]:
    """Run a guest with a trace; its exit code, and how large a proof of the run would be.

    With `check`, every constraint of every row and the balance of every bus are checked, too.

    Raises:
        ConstraintViolation: naming table, row and constraint or tuple, if `check` finds something.
        ProgramError, GuestFault, ParameterError: as :func:`run`.
    """
    program = load(elf, arguments)
    recorded = trace(program, stdin, stdout, stderr, max_instructions=max_instructions)
    system = machine_system(params)
    if check:
        assert_valid(system, fill(system, recorded))
    return recorded.exit_code, statistics_of(system, recorded)


def prove(
    elf: Path | str | bytes,
    arguments: Sequence[str] = (),
    *,
    stdin: bytes | BinaryIO | None = None,
    keys: Path | str | Keys | None = None,
    params: ParameterSet = SMALL,
    slots: int | None = None,
    progress: Listener | None = None,
) -> Proof:
    """Run a guest and prove its standard output and exit code.

    Args:
        elf, arguments, stdin: as for :func:`run`; the input stays private.
        keys: folder of the keys (None: $ZKM_KEYS, else ./keys), or loaded ones.
        params: the parameter set.
        slots: at most so many committed slots; fewer cost less gas and more time.
        progress: told about the stages.

    Raises:
        ProgramError, GuestFault: as :func:`run`.
        ParameterError: the run does not fit the parameter set; the message names one that does.
        SetupError: keys are missing or damaged.
    """
    stages = Stages(progress)
    if not isinstance(keys, Keys):
        with stages.stage("load keys"):
            keys = load_keys(params, keys)
    with stages.stage("load program"):
        program = load(elf, arguments)
    with stages.stage("execute"):
        rows = 1 << keys.params.table_bits
        recorded = trace(program, stdin, max_table_rows=rows)
    core = prove_core(keys.system, keys.version, recorded, keys.srs, slots, stages)
    wrapped = wrap(keys, core, stages)
    statistics = ProofStatistics(recorded.instruction_count, recorded.row_count, core.cells, stages.seconds)
    parts = (core.height, core.points, core.public, wrapped.d3, wrapped.groth16)
    encoded = encode_proof(keys.version, *parts)
    return Proof(core.statement, keys.params, encoded, statistics)


def verify(
    proof: Proof | Path | str,
    elf: Path | str | bytes | None = None,
    arguments: Sequence[str] = (),
    *,
    keys: Path | str | Keys | None = None,
) -> Statement:
    """Check a proof as the verifier contract does; with `elf` also that it is that program's.

    Returns:
        the statement that is proven.

    Raises:
        ProofError: the proof is not valid, or of another program.
        SetupError: keys are missing or damaged.
    """
    if not isinstance(proof, Proof):
        proof = Proof.load(proof)
    if not isinstance(keys, Keys):
        keys = load_keys(proof.params, keys)
    if proof.statement.version != keys.version:
        raise ProofError("the proof is of another version of zkm or made with other keys")
    verify_on_chain_proof(_description(keys), proof.statement, proof.proof)
    if elf is not None and program_key(elf, arguments, keys=keys) != proof.statement.program_vkey:
        raise ProofError("the proof is valid, but of another program or other arguments")
    return proof.statement


def program_key(
    elf: Path | str | bytes,
    arguments: Sequence[str] = (),
    *,
    keys: Path | str | Keys | None = None,
    params: ParameterSet = SMALL,
) -> bytes:
    """The key of a program with its arguments, 32 bytes.

    Raises:
        ProgramError: the file cannot become a program.
        ParameterError: it is too large for the parameter set.
        SetupError: keys are missing or damaged (the key is bound to them).
    """
    if not isinstance(keys, Keys):
        keys = load_keys(params, keys)
    return program_key_of(keys.system, keys.version, load(elf, arguments), keys.srs)


def setup(
    *,
    keys: Path | str | None = None,
    params: ParameterSet = SMALL,
    progress: Listener | None = None,
) -> Keys:
    """Load the keys of a parameter set, or make development keys where there are none.

    Raises:
        SetupError: files exist and are damaged or made for another circuit.
        OSError: they cannot be written.
    """
    return make_keys(params, keys, Stages(progress))


def contract_source(*, keys: Path | str | Keys | None = None, params: ParameterSet = SMALL) -> str:
    """The Solidity verifier for the keys.

    Raises:
        SetupError: keys are missing, damaged, or not fit for a contract.
    """
    if not isinstance(keys, Keys):
        keys = load_keys(params, keys)
    return generate_contract(_description(keys))


def _description(keys: Keys) -> Description:
    """The constants of the verifier for some keys."""
    return Description.of(keys.system, keys.version, keys.verifying_key, keys.tau_g2, keys.is_development)


def circuit_sections(params: ParameterSet = SMALL) -> list[tuple[str, int]]:
    """Constraints of the wrap circuit per section, and the sum."""
    sections = list(build_circuit(machine_system(params)).sections.items())
    return [*sections, ("all", sum(count for _, count in sections))]
