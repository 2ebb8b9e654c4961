"""The verbs of zkm, as functions: run, prove, verify, program_key, setup, contract_source.

The command and the Ape scripts are thin shells around these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from zkm.contract.calldata import encode_proof
from zkm.contract.check import groth16_inputs, shared_values, verify_on_chain_proof
from zkm.contract.description import Description
from zkm.contract.generate import contract_source as generate_contract
from zkm.contract.layout import OnChainProof
from zkm.errors import ProofError
from zkm.formats.r1cs import write_r1cs
from zkm.formats.snarkjs_json import (
    PROOF,
    PUBLIC,
    VERIFICATION_KEY,
    proof_json,
    public_json,
    save_json,
    verification_key_json,
)
from zkm.formats.wtns import write_wtns
from zkm.machine import RunResult, Trace
from zkm.machine import run as run_program
from zkm.params import SMALL, ParameterSet
from zkm.program import load
from zkm.progress import Listener, Stages
from zkm.proof import Proof, ProofStatistics
from zkm.prove.limits import check_program, trace_within
from zkm.prove.program_key import program_key_of
from zkm.prove.prove import CoreProof, prove_core
from zkm.stats import RunStatistics, statistics_of
from zkm.tables.check import assert_valid
from zkm.tables.fill import fill
from zkm.tables.registry import machine_system
from zkm.verify.statement import Statement
from zkm.wrap import keys as keys_module
from zkm.wrap.ceremony import Phase1
from zkm.wrap.circuit import build_circuit
from zkm.wrap.keys import Keys, load_keys, make_keys
from zkm.wrap.wrap import circuit_wires, wrap

__all__ = [
    "circuit_sections",
    "contract_source",
    "export_snarkjs",
    "import_groth16",
    "import_powers",
    "program_key",
    "prove",
    "run",
    "run_statistics",
    "setup",
    "verify",
    "write_circuit",
    "write_witness",
]


def run(
    elf: Path | str | bytes,
    arguments: Sequence[str] = (),
    *,
    stdin: bytes | BinaryIO | None = None,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
    max_instructions: int | None = None,
    env: Mapping[str, str] | None = None,
) -> RunResult:
    """Run a guest without proving it.

    Args:
        elf: a static big-endian MIPS ELF file, or its contents.
        arguments: the guest's arguments after argv[0].
        stdin: what it reads: bytes or a binary stream.
        stdout: where its output is shown while it runs; the result holds it in any case.
        stderr: where file descriptor 2 is shown.
        max_instructions: stop with an error after so many.
        env: the guest's environment, empty by default; part of the program key.

    Raises:
        ProgramError: the file cannot become a program.
        GuestFault: the guest did something that has no proof.
        ParameterError: a limit was not enough.
    """
    program = load(elf, arguments, env)
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
    env: Mapping[str, str] | None = None,
) -> tuple[int, RunStatistics]:
    """Run a guest with a trace; its exit code, and how large a proof of the run would be.

    With `check`, every constraint of every row and the balance of every bus are checked, too.

    Raises:
        ConstraintViolation: naming table, row and constraint or tuple, if `check` finds something.
        ProgramError, GuestFault: as :func:`run`.
        ParameterError: as :func:`run`, or the program or the run does not fit the parameter set; the message
            names the smallest one that fits.
    """
    program = load(elf, arguments, env)
    system = machine_system(params)
    check_program(system, program)
    recorded = trace_within(system, program, stdin, stdout, stderr, max_instructions=max_instructions)
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
    env: Mapping[str, str] | None = None,
) -> Proof:
    """Run a guest and prove its standard output and exit code.

    Args:
        elf, arguments, stdin, env: as for :func:`run`; the input stays private.
        keys: folder of the keys (None: $ZKM_KEYS, else ./keys), or loaded ones.
        params: the parameter set.
        slots: at most so many committed slots; fewer cost less gas and more time.
        progress: told about the stages.

    Raises:
        ProgramError, GuestFault: as :func:`run`.
        ParameterError: the program or the run does not fit the parameter set; the message names the
            smallest one that fits.
        SetupError: keys are missing or damaged.
    """
    stages = Stages(progress)
    keys, recorded, core = _core_proof(elf, arguments, env, stdin, keys, params, slots, stages)
    wrapped = wrap(keys, core, stages)
    statistics = ProofStatistics(recorded.instruction_count, recorded.row_count, core.cells, stages.seconds)
    parts = (core.height, core.points, core.public, wrapped.d3, wrapped.groth16)
    encoded = encode_proof(keys.version, *parts)
    return Proof(core.statement, keys.params, encoded, statistics)


def _core_proof(
    elf: Path | str | bytes,
    arguments: Sequence[str],
    env: Mapping[str, str] | None,
    stdin: bytes | BinaryIO | None,
    keys: Path | str | Keys | None,
    params: ParameterSet,
    slots: int | None,
    stages: Stages,
) -> tuple[Keys, Trace, CoreProof]:
    with stages.stage("load program"):
        program = load(elf, arguments, env)
        system = keys.system if isinstance(keys, Keys) else machine_system(params)
        check_program(system, program)
    if not isinstance(keys, Keys):
        with stages.stage("load keys"):
            keys = load_keys(params, keys)
    with stages.stage("execute"):
        recorded = trace_within(system, program, stdin)
    return keys, recorded, prove_core(keys.system, keys.version, recorded, keys.srs, slots, stages)


def verify(
    proof: Proof | Path | str,
    elf: Path | str | bytes | None = None,
    arguments: Sequence[str] = (),
    *,
    keys: Path | str | Keys | None = None,
    env: Mapping[str, str] | None = None,
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
    if elf is not None and program_key(elf, arguments, keys=keys, env=env) != proof.statement.program_vkey:
        raise ProofError("the proof is valid, but of another program, other arguments or another environment")
    return proof.statement


def program_key(
    elf: Path | str | bytes,
    arguments: Sequence[str] = (),
    *,
    keys: Path | str | Keys | None = None,
    params: ParameterSet = SMALL,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """The key of a program with its arguments and environment, 32 bytes.

    Raises:
        ProgramError: the file cannot become a program.
        ParameterError: it is too large for the parameter set; the message names the smallest one that fits.
        SetupError: keys are missing or damaged (the key is bound to them).
    """
    program = load(elf, arguments, env)
    check_program(keys.system if isinstance(keys, Keys) else machine_system(params), program)
    if not isinstance(keys, Keys):
        keys = load_keys(params, keys)
    return program_key_of(keys.system, keys.version, program, keys.srs)


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


def import_powers(
    ptau: Path | str,
    *,
    keys: Path | str | None = None,
    params: ParameterSet = SMALL,
    progress: Listener | None = None,
) -> Phase1:
    """Take the powers of τ that a parameter set needs out of a ceremony's `.ptau` file.

    Raises:
        SetupError: the file is malformed, too small, of another curve, or nobody has contributed to it; or
            the folder holds development keys or those of another ceremony.
        OSError: a file cannot be read or written.
    """
    return keys_module.import_powers(params, ptau, keys, Stages(progress))


def import_groth16(
    zkey: Path | str,
    *,
    keys: Path | str | None = None,
    params: ParameterSet = SMALL,
    progress: Listener | None = None,
) -> Keys:
    """Take a ceremony's Groth16 key out of a `.zkey` file; its powers of τ must be in the folder.

    Raises:
        SetupError: the file is malformed, of another circuit or another ceremony, nobody has contributed to
            it, or a point of it is not what it must be; or the folder has a Groth16 key already.
        OSError: a file cannot be read or written.
    """
    return keys_module.import_groth16(params, zkey, keys, Stages(progress))


def write_circuit(path: Path | str, params: ParameterSet = SMALL) -> None:
    """Write the wrap circuit as a `.r1cs` file, for a ceremony.

    Raises:
        OSError: the file cannot be written.
    """
    write_r1cs(path, build_circuit(machine_system(params)))


def write_witness(
    path: Path | str,
    elf: Path | str | bytes,
    arguments: Sequence[str] = (),
    *,
    stdin: bytes | BinaryIO | None = None,
    keys: Path | str | Keys | None = None,
    params: ParameterSet = SMALL,
    slots: int | None = None,
    progress: Listener | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a guest and write the wires of the wrap circuit for a proof of the run as a `.wtns` file.

    The file is as private as the guest's input.

    Raises:
        ProgramError, GuestFault, ParameterError, SetupError: as :func:`prove`.
        OSError: the file cannot be written.
    """
    stages = Stages(progress)
    keys, _, core = _core_proof(elf, arguments, env, stdin, keys, params, slots, stages)
    _, wires = circuit_wires(keys, core, stages)
    write_wtns(path, wires)


def export_snarkjs(
    folder: Path | str,
    proof: Proof | Path | str | None = None,
    *,
    keys: Path | str | Keys | None = None,
    params: ParameterSet = SMALL,
) -> list[Path]:
    """Write verification_key.json and, of a proof, public.json and proof.json, as snarkjs reads them.

    They hold the Groth16 proof with its public inputs (d3, ξ, Σ ξ^i P_i). This is the field part of the
    argument: that it belongs to the statement and the commitments is for :func:`verify` and the contract.

    Args:
        folder: where to; it is made if need be.
        proof: checked before anything is written; its parameter set is taken.
        keys, params: as for :func:`prove`.

    Returns:
        the files.

    Raises:
        ProofError: the proof is not valid.
        SetupError: keys are missing or damaged.
        OSError: a file cannot be written.
    """
    if proof is not None and not isinstance(proof, Proof):
        proof = Proof.load(proof)
    if not isinstance(keys, Keys):
        keys = load_keys(params if proof is None else proof.params, keys)
    contents: dict[str, Any] = {VERIFICATION_KEY: verification_key_json(keys.verifying_key)}
    if proof is not None:
        statement = verify(proof, keys=keys)
        decoded = OnChainProof.decode(proof.proof, keys.params.slots)
        inputs = groth16_inputs(shared_values(statement, decoded), decoded.scalars.d3)
        contents |= {PUBLIC: public_json(inputs), PROOF: proof_json(decoded.groth16)}
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        save_json(folder / name, content)
    return [folder / name for name in contents]


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
