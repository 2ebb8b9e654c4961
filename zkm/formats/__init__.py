"""File formats of the iden3 tools (circom, snarkjs): what ceremonies and other provers exchange with us."""
