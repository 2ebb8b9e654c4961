"""`ape run register_program`: give a program a name on the chain, and a root if it keeps one."""

import click
from ape.cli import ConnectedProviderCommand, ape_cli_context

from zkm.chain.options import FILE, keys_options, paying_options


@click.command(
    cls=ConnectedProviderCommand,
    short_help="Register a program, with a root chain if wanted.",
    context_settings={"ignore_unknown_options": True},
)
@ape_cli_context()
@click.option("--program", "elf", type=FILE, required=True, help="The guest.")
@click.option("--name", required=True, help="A name for people.")
@click.option("--uri", default="", help="Where sources and build instructions are.")
@click.option("--genesis-root", "root", help="Begin a root chain with this root (0x…, 32 bytes).")
@keys_options
@paying_options
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARG...]")
def cli(cli_ctx, provider, elf, arguments, name, uri, root, **options):
    """Register a program with its arguments under the paying account.

    With a root chain, proofs of the program whose output begins with the present and the next root move
    it: the settlement contract's `advance`.
    """
    from zkm.chain.scripting import ape_session, register

    with ape_session(cli_ctx, provider, **options) as session:
        register(session, elf, arguments, name, uri, root)
