#!/usr/bin/env python3
"""The verifier's code as it must be on chain, from the keys and the pinned compiler alone.

Prints keccak256 of the code; with --rpc and --address compares it with what is deployed there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from eth_utils.crypto import keccak
from web3 import Web3

from zkm import api
from zkm.chain.artifacts import compile_standard
from zkm.chain.node import Node
from zkm.contract.generate import CONTRACT
from zkm.errors import ZkmError
from zkm.params import PARAMETER_SETS

ROOT = Path(__file__).resolve().parents[1]


def verifier_code(source: str) -> bytes:
    """The deployed code of a generated verifier; solc finds its imports in contracts/.

    Raises:
        ChainError: solc is missing or finds something to complain about.
    """
    return compile_standard(ROOT, {f"contracts/generated/{CONTRACT}.sol": source})[CONTRACT].code


@click.command(help=__doc__)
@click.option("--keys", type=click.Path(file_okay=False, path_type=Path), help="Folder of the keys.")
@click.option("--params", type=click.Choice(sorted(PARAMETER_SETS)), default="small", show_default=True)
@click.option("--rpc", help="A node.")
@click.option("--address", help="Where a verifier is deployed.")
def main(keys: Path | None, params: str, rpc: str | None, address: str | None) -> None:
    """See the module."""
    if (rpc is None) != (address is None):
        raise click.UsageError("--rpc and --address belong together")
    try:
        code = verifier_code(api.contract_source(keys=keys, params=PARAMETER_SETS[params]))
        found = code if rpc is None else Node.at(rpc).code(Web3.to_checksum_address(address or ""))
    except (ZkmError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"0x{keccak(code).hex()}  {len(code):,} bytes")
    if found != code:
        click.echo(f"at {address} is other code: 0x{keccak(found).hex()}, {len(found):,} bytes", err=True)
        sys.exit(1)
    if address is not None:
        click.echo(f"the same at {address}")


if __name__ == "__main__":
    main()
