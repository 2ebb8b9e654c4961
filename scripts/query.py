"""`ape run query`: what has been settled."""

import click
from ape.cli import ConnectedProviderCommand, ape_cli_context

import zkm.chain  # noqa: F401  (found now: Ape takes this folder off the path when the script is loaded)


@click.command(cls=ConnectedProviderCommand, short_help="Show settled statements.")
@ape_cli_context()
@click.option("--id", "identity", help="Only the settlement with this id (0x…).")
@click.option("--program", "program", help="Only settlements of this program key (0x…).")
def cli(cli_ctx, provider, identity, program):
    """Show the statements settled on the connected chain."""
    from zkm.chain.scripting import Session

    with Session(cli_ctx, provider) as session:
        session.query(identity, program)
