"""The tables of the proof: columns, constraints, interactions, and how a trace fills them."""
