"""Two applications on top of the settlement contract: a private ledger and a bridge of storage values.

The off-chain sides of contracts/examples and examples/guests: docs/examples.md describes both.
"""
