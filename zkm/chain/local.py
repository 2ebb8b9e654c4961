"""Which chains are toys, and what may be deployed there only."""

from __future__ import annotations

from typing import Final

from zkm.errors import ChainError

__all__ = ["LOCAL_CHAIN_IDS", "refuse_development_keys"]

LOCAL_CHAIN_IDS: Final = frozenset({1337, 1338, 31337, 31338})
"""Ids of chains on developers' machines: Ganache and Ape's in-process chain, Anvil and Hardhat, and one
more of each for demonstrations of two chains. None belongs to a public chain.
"""


def refuse_development_keys(chain_id: int, *, development: bool, forced: bool = False) -> None:
    """Keep keys whose secrets are public off chains that somebody might take seriously.

    A fork of a public chain keeps its id and counts as that chain.

    Args:
        chain_id: of the chain that a verifier is about to be deployed on.
        development: whether the verifier's keys are development keys.
        forced: whether the user insists.

    Raises:
        ChainError: development keys, a chain that is not local, and nobody insists.
    """
    if development and chain_id not in LOCAL_CHAIN_IDS and not forced:
        raise ChainError(
            f"development keys on chain {chain_id}, which is not local: anybody could settle forged proofs "
            "there. Take keys from a ceremony (`zkm setup --ptau … --zkey …`), or insist with --force"
        )
