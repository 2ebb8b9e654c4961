"""Small circuits to run ceremonies with."""

from zkm.field import MODULUS
from zkm.wrap.r1cs import ONE, Recorder


def sums_of_powers(rounds=20):
    """Three public inputs, as the real circuit has: x^2^rounds, 1/x + y, and xy; private x and y."""
    recorder = Recorder(3, 2)
    x, y = 4, 5
    power = x
    for _ in range(rounds):
        power = recorder.product({power: 1}, {power: 1})
    recorder.check({power: 1}, {ONE: 1}, {1: 1}, "the power")
    inverse = recorder.inverse({x: 1}, "the inverse")
    recorder.check({inverse: 1, y: 1}, {ONE: 7}, {2: 7}, "the sum")
    recorder.check({x: 1}, {y: MODULUS - 1}, {3: MODULUS - 1}, "the product")
    return recorder.finish()


def inputs(x=3, y=11, rounds=20):
    """(public, private) of :func:`sums_of_powers`."""
    return [pow(x, 1 << rounds, MODULUS), (pow(x, -1, MODULUS) + y) % MODULUS, x * y % MODULUS], [x, y]
