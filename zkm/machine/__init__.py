"""Running decoded programs: the host's side of input and output, and the trace for the tables."""
