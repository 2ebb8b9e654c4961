"""Proofs of tests that passed: wrapped, and verified as the contract does it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import click

from zkm import api
from zkm.errors import ParameterError, ZkmError
from zkm.params import SMALL


def prove_some(passed: Iterable[tuple[str, Path]], count: int) -> int:
    """Proves the first `count` tests that fit the parameter set `small`; how many could not be proven.

    The proof must be of the very program, and its statement what a run gives.
    """
    keys = api.setup(params=SMALL)
    proven = failed = 0
    for name, elf in passed:
        if proven + failed == count:
            break
        start = time.monotonic()
        try:
            expected = api.run(elf)
            proof = api.prove(elf, keys=keys)
            statement = api.verify(proof, elf, keys=keys)
        except ParameterError as error:
            click.echo(f"{name}: not proven: {error}")
            continue
        except ZkmError as error:
            failed += 1
            click.echo(f"{name}: PROOF FAILED: {type(error).__name__}: {error}")
            continue
        if (statement.exit_code, statement.output) != (expected.exit_code, expected.output):
            failed += 1
            click.echo(f"{name}: THE PROOF IS OF ANOTHER RESULT: {statement}")
            continue
        proven += 1
        click.echo(
            f"{name}: proven and verified: {expected.instructions:,} instructions, {expected.rows:,} rows, "
            f"{time.monotonic() - start:.1f} s"
        )
    click.echo(f"{proven} proven and verified, {failed} failed")
    return failed
