"""`ape run prove_and_submit`: from an ELF file to a settled proof."""

from pathlib import Path

import click
from ape.cli import ConnectedProviderCommand, ape_cli_context

import zkm.chain  # noqa: F401  (found now: Ape takes this folder off the path when the script is loaded)

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=ConnectedProviderCommand, short_help="Prove a program run and settle the proof.")
@ape_cli_context()
@click.option("--program", "elf", type=FILE, help="The guest (default: the example sha256).")
@click.option(
    "--stdin",
    "stdin",
    type=FILE,
    help="Its private standard input (default for the example: 1,000 bytes).",
)
@click.option("--account", "alias", help="Alias of the paying account (default: a local test account).")
@click.option("--keys", type=click.Path(file_okay=False), help="Folder of the proving keys.")
def cli(cli_ctx, provider, elf, stdin, alias, keys):
    """Run a guest on a private standard input, prove its output and exit code, settle the proof on the
    connected chain, and read the settlement back.
    """
    from zkm.chain.scripting import Session

    with Session(cli_ctx, provider, alias, keys) as session:
        session.prove_and_submit(elf, stdin)
