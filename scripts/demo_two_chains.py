"""`ape run demo_two_chains`: what one chain stores, the other learns by a proof."""

import click
from ape.cli import ape_cli_context

from zkm.chain.options import keys_options


@click.command(short_help="Carry a storage value from one local chain to another.")
@ape_cli_context()
@keys_options
def cli(cli_ctx, keys, params):
    """Start two Anvils; lock ether on the first, prove the lock box's storage from its block's header, and
    mint as much of a token on the second; show both sides before and after.
    """
    from zkm.examples.scripting import two_chains

    two_chains(cli_ctx, keys, params)
