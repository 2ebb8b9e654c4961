"""`ape run query`: what has been settled."""

import click
from ape.cli import ConnectedProviderCommand, ape_cli_context

import zkm.chain  # noqa: F401  (found now: Ape takes this folder off the path when the script is loaded)


@click.command(cls=ConnectedProviderCommand, short_help="Show settled statements.")
@ape_cli_context()
@click.option("--id", "identity", help="Only the settlement with this id (0x…).")
@click.option("--program", "program", help="Only settlements of this program key (0x…).")
@click.option("--submitter", help="Only settlements that this account brought (0x…).")
@click.option("--from-block", type=click.IntRange(0), default=0, help="The first block.")
@click.option("--to-block", type=click.IntRange(0), help="The last block (default: the latest).")
@click.option("--json", "form", flag_value="json", help="As JSON.")
@click.option("--csv", "form", flag_value="csv", help="As CSV.")
@click.option("--table", "form", flag_value="table", default=True, help="As a table (the default).")
def cli(cli_ctx, provider, form, **selection):
    """Show the statements settled on the connected chain."""
    from zkm.chain.scripting import ape_session, query

    with ape_session(cli_ctx, provider) as session:
        query(session, form, **selection)
