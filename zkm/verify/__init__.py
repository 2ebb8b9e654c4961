"""The verifier: the field part, written once for field elements and wires, and the statement."""
