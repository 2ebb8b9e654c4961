"""The private ledger off chain: wallets that sign, and the operator that makes batches."""
