"""`python -m zkm` is the command `zkm`."""

from zkm.cli import main

main(prog_name="zkm")
