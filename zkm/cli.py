"""The command `zkm`. Options stand before ELF; everything after ELF belongs to the guest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from zkm import __version__
from zkm.errors import GuestFault, ZkmError
from zkm.params import PARAMETER_SETS

if TYPE_CHECKING:
    from zkm.display import TerminalProgress

__all__ = ["main"]

# Everything after the first positional argument is the guest's, options included.
GUEST: dict[str, Any] = {"ignore_unknown_options": True, "allow_interspersed_args": False}

elf_argument = click.argument(
    "elf", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ELF"
)
guest_arguments = click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARG]...")
stdin_option = click.option(
    "--stdin",
    "stdin",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File that the guest reads as its standard input (default: ours is passed on).",
)


def _environment(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE texts as a dictionary."""
    pairs = [text.partition("=") for text in texts]
    for name, equals, _value in pairs:
        if not name or not equals:
            raise click.BadParameter(f"{name + equals!r} is not of the form NAME=VALUE")
    return {name: value for name, _equals, value in pairs}


env_option = click.option(
    "--env",
    "env",
    multiple=True,
    callback=_environment,
    metavar="NAME=VALUE",
    help="A variable of the guest's environment, part of the program key (repeatable; default: none).",
)
keys_option = click.option(
    "--keys",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the proving keys (default: $ZKM_KEYS, else ./keys).",
)
params_option = click.option(
    "--params",
    type=click.Choice(sorted(PARAMETER_SETS)),
    default="small",
    show_default=True,
    help="Parameter set: how large a program may be.",
)


readable_file = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Group(click.Group):
    """Turns the package's own errors into one clear line and a fixed exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GuestFault as fault:
            click.echo(f"zkm: {fault}", err=True)
            sys.exit(fault.exit_code)
        except ZkmError as error:
            click.echo(f"zkm: {error}", err=True)
            sys.exit(125)
        except KeyboardInterrupt:
            click.echo("zkm: interrupted", err=True)
            sys.exit(130)


def _progress() -> TerminalProgress:
    from zkm.display import TerminalProgress

    return TerminalProgress()


def _standard_input(path: Path | None) -> BinaryIO:
    return path.open("rb") if path is not None else sys.stdin.buffer


def _say_cause(elf: Path, exit_code: int, cause: str | None) -> None:
    """Say on stderr why a guest ended that did not end by itself."""
    if cause is not None:
        click.echo(f"zkm: {elf.name}: ended with exit code {exit_code}, {cause}", err=True)


@click.group(cls=_Group)
@click.version_option(__version__)
def main() -> None:
    """Prove what a MIPS program wrote, without showing what it read.

    A guest is a static big-endian MIPS ELF file. Its standard input is private, its standard
    output and exit code are public. Own errors of this command end with exit code 125.
    """


@main.command(context_settings=GUEST)
@stdin_option
@env_option
@params_option
@click.option("--stats", is_flag=True, help="Show instructions, rows and cells on stderr.")
@click.option("--check", is_flag=True, help="Check the trace against every constraint and bus, too.")
@click.option(
    "--max-instructions",
    type=click.IntRange(min=1),
    help="Stop with an error after so many instructions.",
)
@elf_argument
@guest_arguments
def run(
    stdin: Path | None,
    params: str,
    stats: bool,
    check: bool,
    max_instructions: int | None,
    elf: Path,
    arguments: tuple[str, ...],
    env: dict[str, str],
) -> None:
    """Run ELF without proving it, as qemu-mips does.

    The guest's output goes to stdout and stderr and its exit code is the command's. With --stats
    the execution is recorded too: rows and committed cells per table and the predicted time and
    memory of a proof follow on stderr. --check finds out whether the trace satisfies all tables, as a proof
    needs; a violation is named by table, row and constraint.
    """
    from zkm import api

    streams = {
        "stdin": _standard_input(stdin),
        "stdout": sys.stdout.buffer,
        "stderr": sys.stderr.buffer,
    }
    if not (stats or check):
        result = api.run(elf, arguments, **streams, max_instructions=max_instructions, env=env)
        _say_cause(elf, result.exit_code, result.cause)
        sys.exit(result.exit_code)
    exit_code, statistics = api.run_statistics(
        elf,
        arguments,
        **streams,
        params=PARAMETER_SETS[params],
        max_instructions=max_instructions,
        check=check,
        env=env,
    )
    if stats:
        from rich.console import Console

        Console(file=sys.stderr, highlight=False).print(statistics.table())
    _say_cause(elf, exit_code, statistics.cause)
    sys.exit(exit_code)


@main.command(context_settings=GUEST)
@stdin_option
@env_option
@keys_option
@params_option
@click.option(
    "-o",
    "--output",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where the proof is written (JSON).",
)
@click.option(
    "--slots",
    type=click.IntRange(min=1),
    help="Commit to this many witness slots (default: chosen; fewer slots cost less gas and more time).",
)
@elf_argument
@guest_arguments
def prove(
    stdin: Path | None,
    keys: Path | None,
    params: str,
    output: Path,
    slots: int | None,
    elf: Path,
    arguments: tuple[str, ...],
    env: dict[str, str],
) -> None:
    """Run ELF and prove its standard output and exit code.

    The guest's exit code is part of the statement, not of this command: a proof of exit code 3
    is a success.
    """
    from zkm import api

    with _progress() as progress, _standard_input(stdin) as source:
        proof = api.prove(
            elf,
            arguments,
            stdin=source,
            keys=keys,
            params=PARAMETER_SETS[params],
            slots=slots,
            progress=progress,
            env=env,
        )
    proof.save(output)
    from rich.console import Console

    from zkm.display import summary_table

    Console(file=sys.stderr, highlight=False).print(summary_table(proof.summary(), "proof"))


@main.command(context_settings=GUEST)
@env_option
@keys_option
@click.argument("proof", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PROOF")
@click.argument(
    "elf",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="[ELF",
    required=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARG]...]")
def verify(
    keys: Path | None, proof: Path, elf: Path | None, arguments: tuple[str, ...], env: dict[str, str]
) -> None:
    """Check PROOF as the verifier contract does; with ELF also that it is that program's.

    Ends with 0 only if the proof is valid.
    """
    from zkm import api

    statement = api.verify(proof, elf, arguments, keys=keys, env=env)
    click.echo(f"valid: program 0x{statement.program_vkey.hex()}")
    click.echo(f"exit code {statement.exit_code}, output {len(statement.output)} bytes")


@main.command(context_settings=GUEST)
@env_option
@keys_option
@params_option
@elf_argument
@guest_arguments
def program(
    keys: Path | None, params: str, elf: Path, arguments: tuple[str, ...], env: dict[str, str]
) -> None:
    """Print the program key of ELF with its arguments.

    The key commits to code, initial memory, entry point and arguments; a proof is about a key.
    """
    from zkm import api

    key = api.program_key(elf, arguments, keys=keys, params=PARAMETER_SETS[params], env=env)
    click.echo("0x" + key.hex())


@main.command()
@keys_option
@params_option
@click.option("--ptau", type=readable_file, help="Take the powers of τ of a ceremony (.ptau).")
@click.option("--zkey", type=readable_file, help="Take the Groth16 key of a ceremony (.zkey).")
def setup(keys: Path | None, params: str, ptau: Path | None, zkey: Path | None) -> None:
    """Make or check the keys of a parameter set, or take them from a ceremony.

    Keys made here are development keys: their secrets are derived from public constants, so
    anybody can forge proofs for them. They are for tests and demonstrations only.

    Keys for production come out of a ceremony, into a folder of their own: --ptau takes its powers of τ;
    `zkm circuit --r1cs` writes the circuit for its second phase; --zkey takes the result. Every point is
    checked against circuit and powers. The ceremony's transcripts are for `snarkjs powersoftau verify` and
    `snarkjs zkey verify`.
    """
    from zkm import api

    chosen = PARAMETER_SETS[params]
    if ptau is not None:
        with _progress() as progress:
            phase1 = api.import_powers(ptau, keys=keys, params=chosen, progress=progress)
        click.echo(f"powers of τ from a ceremony of power {phase1.power}")
        if zkey is None:
            return
    with _progress() as progress:
        if zkey is not None:
            loaded = api.import_groth16(zkey, keys=keys, params=chosen, progress=progress)
        else:
            loaded = api.setup(keys=keys, params=chosen, progress=progress)
    click.echo(loaded.describe())


@main.command(context_settings=GUEST)
@keys_option
@params_option
@click.option(
    "--r1cs", type=click.Path(dir_okay=False, path_type=Path), help="Write the circuit (iden3's .r1cs)."
)
@click.option(
    "--wtns",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Run ELF and write the circuit's witness for a proof of the run (.wtns; as private as its input).",
)
@stdin_option
@env_option
@click.argument(
    "elf",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="[ELF",
    required=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARG]...]")
def circuit(
    keys: Path | None,
    params: str,
    r1cs: Path | None,
    wtns: Path | None,
    stdin: Path | None,
    elf: Path | None,
    arguments: tuple[str, ...],
    env: dict[str, str],
) -> None:
    """Print the constraints of the wrap circuit per section, or write circuit and witness for snarkjs."""
    from zkm import api

    chosen = PARAMETER_SETS[params]
    if (wtns is None) != (elf is None):
        raise click.UsageError("--wtns and ELF belong together")
    if r1cs is not None:
        api.write_circuit(r1cs, chosen)
        click.echo(f"wrote {r1cs}")
    if wtns is not None and elf is not None:
        with _progress() as progress, _standard_input(stdin) as source:
            options: dict[str, Any] = {"keys": keys, "params": chosen, "progress": progress, "env": env}
            api.write_witness(wtns, elf, arguments, stdin=source, **options)
        click.echo(f"wrote {wtns}")
    if r1cs is None and wtns is None:
        for name, count in api.circuit_sections(chosen):
            click.echo(f"{name:<28} {count:>9,}")


@main.command()
@keys_option
@params_option
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder to write to.",
)
@click.argument("proof", type=readable_file, required=False)
def export(keys: Path | None, params: str, output: Path, proof: Path | None) -> None:
    """Write snarkjs's JSON files: the verifying key and, of PROOF, the Groth16 proof with its public inputs.

    PROOF is checked before. `snarkjs groth16 verify verification_key.json public.json proof.json` then says
    OK. It checks the circuit's part of the proof only; the whole is for `zkm verify` and the contract.
    """
    from zkm import api

    for path in api.export_snarkjs(output, proof, keys=keys, params=PARAMETER_SETS[params]):
        click.echo(f"wrote {path}")


@main.command()
@keys_option
@params_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The Solidity file to write.",
)
def contract(keys: Path | None, params: str, output: Path) -> None:
    """Generate the Solidity verifier of the keys."""
    from zkm import api

    output.write_text(api.contract_source(keys=keys, params=PARAMETER_SETS[params]))
    click.echo(f"wrote {output}")
