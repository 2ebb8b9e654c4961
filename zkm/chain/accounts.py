"""Accounts that sign: those of local chains, and any of eth-account."""

from __future__ import annotations

from typing import Any, Final

from eth_account import Account

__all__ = ["MNEMONIC", "LocalSigner", "local_account"]

MNEMONIC: Final = "test test test test test test test test test test test junk"
"""The mnemonic of every local chain's funded accounts; known to everybody."""


class LocalSigner:
    """A :class:`zkm.chain.submission.Signer` around a key of eth-account."""

    def __init__(self, account: Any) -> None:
        self._account = account

    @property
    def address(self) -> str:
        """The account's address."""
        return str(self._account.address)

    def sign(self, transaction: dict[str, Any]) -> bytes:
        """Signed and encoded."""
        return bytes(self._account.sign_transaction(transaction).raw_transaction)


def local_account(number: int = 0) -> LocalSigner:
    """One of the funded accounts of a local chain."""
    Account.enable_unaudited_hdwallet_features()
    return LocalSigner(Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{number}"))
