"""Options that several scripts share. Light to import: Ape reads every script at each start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from zkm.params import PARAMETER_SETS

__all__ = ["FILE", "keys_options", "paying_options", "policy_of"]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

GWEI = 10**9


def paying_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--account, --confirmations, --max-fee, --timeout and --force, for scripts that send transactions."""
    options = [
        click.option(
            "--account", "alias", help="Alias of the paying account (default: a local test account)."
        ),
        click.option(
            "--confirmations",
            type=click.IntRange(0, 1000),
            help="Blocks to wait for on top (default: as the network is configured).",
        ),
        click.option(
            "--max-fee", type=click.FloatRange(min=0), help="Highest price per gas to offer, in gwei."
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=1),
            default=300.0,
            show_default=True,
            help="Seconds to wait for a block.",
        ),
        click.option(
            "--force", is_flag=True, help="Allow development keys on a chain that is not local. Insecure."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def keys_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--keys and --params, for scripts that prove or deploy."""
    sets = click.Choice(list(PARAMETER_SETS))
    command = click.option("--params", type=sets, default="small", show_default=True, help="Parameter set.")(
        command
    )
    return click.option("--keys", type=click.Path(file_okay=False), help="Folder of the proving keys.")(
        command
    )


def policy_of(options: dict[str, Any], confirmations: int) -> Any:
    """The submission policy that the options ask for; takes them out of the dictionary."""
    from zkm.chain.submission import Policy

    given, max_fee = options.pop("confirmations"), options.pop("max_fee")
    return Policy(
        confirmations=confirmations if given is None else given,
        timeout=options.pop("timeout"),
        max_fee=None if max_fee is None else int(max_fee * GWEI),
    )
