"""`ape run settle_batch`: several proofs in one transaction."""

import click
from ape.cli import ConnectedProviderCommand, ape_cli_context

from zkm.chain.options import FILE, keys_options, paying_options


@click.command(cls=ConnectedProviderCommand, short_help="Settle several proofs in one transaction.")
@ape_cli_context()
@click.option("--kept", is_flag=True, help="Every proof in out/proofs, too.")
@keys_options
@paying_options
@click.argument("proofs", nargs=-1, type=FILE, metavar="[PROOF]...")
def cli(cli_ctx, provider, kept, proofs, **options):
    """Settle proof files (`zkm prove -o`) together: they share one pairing check, which saves a third of the
    gas and more. What is settled already is left out.
    """
    from zkm.chain.scripting import ape_session, submit_batch

    with ape_session(cli_ctx, provider, **options) as session:
        submit_batch(session, proofs, kept)
