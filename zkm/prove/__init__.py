"""The prover: one file for each sub-protocol, named as the verifier's."""
