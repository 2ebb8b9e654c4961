"""`ape run watch`: settlements as they come."""

import click
from ape.cli import ConnectedProviderCommand, ape_cli_context

import zkm.chain  # noqa: F401  (found now: Ape takes this folder off the path when the script is loaded)


@click.command(cls=ConnectedProviderCommand, short_help="Show settlements as they come.")
@ape_cli_context()
@click.option("--from-block", type=click.IntRange(0), help="Begin here (default: with the next block).")
@click.option("--count", type=click.IntRange(1), help="End after so many settlements.")
@click.option("--json", "form", flag_value="json", help="A JSON object a line.")
@click.option("--text", "form", flag_value="text", default=True, help="For people (the default).")
def cli(cli_ctx, provider, from_block, count, form):
    """Show every settlement on the connected chain when it happens, until interrupted."""
    from zkm.chain.scripting import ape_session, watch

    with ape_session(cli_ctx, provider) as session:
        watch(session.watch(session.deployed(), from_block=from_block), form, count)
