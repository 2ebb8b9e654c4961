"""The verifier contract: layout of a proof, generation, and the same checks in Python."""
