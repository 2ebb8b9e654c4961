"""From the core proof to one Groth16 proof: R1CS, the circuit, keys and prover."""
