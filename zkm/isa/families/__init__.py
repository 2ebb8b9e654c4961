"""The instructions, one file per family, one function per instruction.

Each function returns the rows of all given words at once: its operands are numbers that hold for all of
them, or arrays with one entry per word. The number of rows is the same for all words of an entry.
"""
