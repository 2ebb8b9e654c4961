"""`ape run deploy`: the verifier and the settlement contract, where they are not there yet."""

import click
from ape.cli import ConnectedProviderCommand, ape_cli_context

import zkm.chain  # noqa: F401  (found now: Ape takes this folder off the path when the script is loaded)


@click.command(cls=ConnectedProviderCommand, short_help="Deploy the verifier and the settlement contract.")
@ape_cli_context()
@click.option("--account", "alias", help="Alias of the paying account (default: a local test account).")
@click.option("--keys", type=click.Path(file_okay=False), help="Folder of the proving keys.")
def cli(cli_ctx, provider, alias, keys):
    """Deploy verifier and settlement contract unless this chain has them already.

    The addresses are kept in deployments/CHAIN_ID.json.
    """
    from zkm.chain.scripting import Session

    with Session(cli_ctx, provider, alias, keys) as session:
        session.deploy()
