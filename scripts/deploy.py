"""`ape run deploy`: verifier, router and settlement contract, where they are not there yet."""

import click
from ape.cli import ConnectedProviderCommand, ape_cli_context

from zkm.chain.options import keys_options, paying_options


@click.command(cls=ConnectedProviderCommand, short_help="Deploy the verifier and the settlement contract.")
@ape_cli_context()
@click.option("--router", is_flag=True, help="Put a router between them, so that new versions can be added.")
@keys_options
@paying_options
def cli(cli_ctx, provider, router, **options):
    """Deploy verifier and settlement contract unless this chain has them already.

    The addresses are kept in deployments/CHAIN_ID.json, and what is found there is believed only if its
    code has the recorded hash. A chain with a router gets the verifier of a new version added to it.
    """
    from zkm.chain.scripting import ape_session

    with ape_session(cli_ctx, provider, **options) as session:
        session.deploy(router=router)
