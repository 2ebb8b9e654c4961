"""`ape run demo_private_ledger`: people pay each other in secret, and the contract believes only proofs."""

import click
from ape.cli import ape_cli_context

from zkm.chain.options import keys_options


@click.command(short_help="Demonstrate the private ledger on a local chain.")
@ape_cli_context()
@keys_options
def cli(cli_ctx, keys, params):
    """Start an Anvil, deploy a private ledger, let three people deposit, pay each other and withdraw, in one
    proven batch; show what everybody sees, and what the operator sees, before and after.
    """
    from zkm.examples.scripting import private_ledger

    private_ledger(cli_ctx, keys, params)
