"""`ape run demo_ganache`: the whole way on a Ganache that the script starts."""

from pathlib import Path

import click
from ape.cli import ape_cli_context

import zkm.chain  # noqa: F401  (found now: Ape takes this folder off the path when the script is loaded)


@click.command(short_help="Prove and settle on a Ganache.")
@ape_cli_context()
@click.option("--keys", type=click.Path(file_okay=False, path_type=Path), help="Folder of the proving keys.")
def cli(cli_ctx, keys):
    """Start a Ganache, deploy there, prove three runs of a guest, settle one alone and two together, and show
    what the chain has.
    """
    from zkm.chain.scripting import readable_errors
    from zkm.examples.ganache import demonstrate

    with readable_errors():
        demonstrate(Path(cli_ctx.local_project.path), keys)
