"""`ape run prove_and_submit`: from an ELF file to a settled proof."""

import click
from ape.cli import ConnectedProviderCommand, ape_cli_context

from zkm.chain.options import FILE, keys_options, paying_options


@click.command(
    cls=ConnectedProviderCommand,
    short_help="Prove a program run and settle the proof.",
    context_settings={"ignore_unknown_options": True},
)
@ape_cli_context()
@click.option("--program", "elf", type=FILE, help="The guest (default: the example sha256).")
@click.option("--stdin", "stdin", type=FILE, help="Its private standard input (example: 1,000 random bytes).")
@click.option("--slots", type=click.IntRange(4), help="At most so many committed slots: less gas, more time.")
@click.option("--router", is_flag=True, help="Deploy with a router, if nothing is deployed.")
@keys_options
@paying_options
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARG...]")
def cli(cli_ctx, provider, elf, arguments, stdin, slots, router, **options):
    """Run a guest on a private standard input, prove its output and exit code, settle the proof on the
    connected chain, and read the settlement back.

    A proof is kept in out/proofs and not made again; a transaction under way is remembered. Whatever ends
    this script, running it again goes on where it was.
    """
    from zkm.chain.scripting import ape_session, submit

    with ape_session(cli_ctx, provider, **options) as session:
        submit(session, elf, arguments, stdin, slots=slots, router=router)
