"""The merged pairing check (protocol, section 7, step 6): what a weight that is fixed too early allows.

The contract adds ωL1 + ω²L2 and ωC_W1 + ω²C_W3 to the pairing product of the Groth16 proof. With a
weight known before C_W3, y and (A, B, C) the product can be solved for them, for any statement: the
forger needs only points that a setup publishes, [τ^i]_1, [ατ^i]_1, [βτ^i]_1. Here it is done; and with
the weight that the contract takes, hashed from everything, the same forgery fails.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.reference.opening import add, divide, evaluate
from zkm import _native
from zkm.commit.srs import Srs, development_srs
from zkm.curve import G1_GENERATOR, G2_GENERATOR
from zkm.field import MODULUS, Fr
from zkm.verify import challenges
from zkm.verify.group import GroupMessages, merged_terms
from zkm.verify.proof import PublicInputs

SIDE = 8
DEGREE = 6
NAMES = ("sigma", "fp", "gamma", "d1", "alpha", "eta", "z", "d2", "beta", "zeta", "g_z", "y")
FIXED_WEIGHT = 0x1234567


def times(point: bytes, scalar: int) -> bytes:
    return _native.g1_msm([point], [scalar % MODULUS])


@dataclass(frozen=True)
class Setup:
    """A Groth16 key over the powers of the same τ, γ₂ = [1]_2, and what a ceremony publishes.

    Attributes:
        alpha, beta: secrets, used only to make the points.
        inputs: per public input (constant first) polynomials (a, b, c): IC = [c(τ) + α a(τ) + β b(τ)]_1.
    """

    srs: Srs
    alpha: int
    beta: int
    inputs: list[tuple[list[int], list[int], list[int]]]

    def point(self, plain: list[int], by_alpha: list[int], by_beta: list[int]) -> bytes:
        """[plain(τ) + α by_alpha(τ) + β by_beta(τ)]_1, from published points alone."""
        powers = [self.srs.point(i) for i in range(DEGREE + 2)]
        bases = [*powers, *(times(p, self.alpha) for p in powers), *(times(p, self.beta) for p in powers)]
        scalars: list[int] = []
        for polynomial in (plain, by_alpha, by_beta):
            scalars += [*polynomial, *[0] * (len(powers) - len(polynomial))]
        return _native.g1_msm(bases, [x % MODULUS for x in scalars])

    def vk_x(self, public: PublicInputs[Fr]) -> bytes:
        points = [self.point(c, a, b) for a, b, c in self.inputs]
        return _native.g1_msm(points, [1, *public.flat()])


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Setup:
    path: Path = tmp_path_factory.mktemp("srs") / "toy.srs"
    rng = random.Random(5)

    def polynomial() -> list[int]:
        return [rng.randrange(MODULUS) for _ in range(DEGREE)]

    inputs = [(polynomial(), polynomial(), polynomial()) for _ in range(len(NAMES) + 1)]
    alpha, beta = rng.randrange(MODULUS), rng.randrange(MODULUS)
    return Setup(development_srs(path, 2 * DEGREE), alpha, beta, inputs)


@dataclass(frozen=True)
class Attempt:
    """A forged proof: (A, B, C) with A = α₁ + s, B = β₂ + t, C = 0."""

    public: PublicInputs[Fr]
    points: GroupMessages
    s: int
    t: int


def product_is_one(setup: Setup, attempt: Attempt, weight: int) -> bool:
    """e(−A, B) e(α₁, β₂) e(vk_x + ωL1 + ω²L2, [1]_2) e(C, δ₂) e(−ωC_W1 − ω²C_W3, [τ]_2) = 1, with
    A = [α + s]_1, B = [β + t]_2 multiplied out: e(−A, B) e(α₁, β₂) = e(−tα₁ − sβ₁ − st, [1]_2)."""
    left, right = merged_terms(SIDE, attempt.public, attempt.points, weight)
    groth16 = setup.point([-attempt.s * attempt.t], [-attempt.t], [-attempt.s])
    first = _native.g1_msm([setup.vk_x(attempt.public), left, groth16], [1, 1, 1])
    return _native.pairing_check([(first, G2_GENERATOR), (right, setup.srs.tau_g2)])


def forge(setup: Setup, weight: int, seed: int) -> Attempt | None:
    """Solve for C_W3, y, s and t with a weight that is known already.

    Slots and messages are arbitrary (here multiples of [1]_1), challenges as the contract hashes
    them. With P = vk_x + ωL1 + ω²L2 − τωW1 as polynomials p + α a + β b in τ, C_W3 must be
    P/(ω²(τ − ζ)): P has to vanish at ζ. s and t make its α and β parts do so, y the rest.
    """
    rng = random.Random(seed)
    scalars = {name: rng.randrange(1, MODULUS) for name in ("slot", "h", "q", "g", "s", "d", "w1", "w2")}
    point = {name: times(G1_GENERATOR, x) for name, x in scalars.items()}
    sigma, fp, gamma, d1, d2, g_z = (rng.randrange(MODULUS) for _ in range(6))
    alpha = challenges.alpha(sigma, gamma, d1, point["h"])
    eta = challenges.eta(alpha, point["q"], point["g"])
    z = challenges.z(eta, point["s"], point["d"])
    beta = challenges.beta(z, d2, point["w1"])
    zeta = challenges.zeta(beta, point["w2"])
    values = [sigma, fp, gamma, d1, alpha, eta, z, d2, beta, zeta, g_z, 0]

    # L1, and L2 without C_W3 and y: constants, as every message is a multiple of the generator.
    x = scalars
    first = x["slot"] - (pow(z, SIDE, MODULUS) - alpha) * x["q"] - g_z + z * x["w1"]
    not_alpha, not_inverse = zeta - alpha, z * zeta - 1
    second = not_alpha * (x["g"] + beta * x["s"]) + beta**2 * x["h"]
    second += beta**3 * not_inverse * not_alpha * x["d"] - (zeta - z) * not_inverse * not_alpha * x["w2"]
    square = weight * weight
    by_alpha: list[int] = []
    by_beta: list[int] = []
    plain = [weight * first + square * second, -weight * x["w1"]]
    for value, (a, b, c) in zip([1, *values], setup.inputs, strict=True):
        by_alpha, by_beta, plain = add(by_alpha, a, value), add(by_beta, b, value), add(plain, c, value)
    # y counts in vk_x by its own input and in −ω²y of L2; s and t then depend on y: three equations
    # t = a(ζ) + y a_y(ζ), s = b(ζ) + y b_y(ζ), p(ζ) + y (c_y(ζ) − ω²) = st.
    a_y, b_y, c_y = setup.inputs[-1]
    solution = solve(
        [evaluate(f, zeta) for f in (plain, by_alpha, by_beta)],
        [(evaluate(c_y, zeta) - square) % MODULUS, evaluate(a_y, zeta), evaluate(b_y, zeta)],
        rng,
    )
    if solution is None:
        return None
    y, s, t = solution
    plain = add(add(plain, c_y, y), [square * y + s * t], -1)
    by_alpha, by_beta = add(add(by_alpha, a_y, y), [t], -1), add(add(by_beta, b_y, y), [s], -1)
    quotients = []
    for part in (plain, by_alpha, by_beta):
        quotient, rest = divide(part, [-zeta * square, square])
        assert rest == [0]
        quotients.append(quotient)
    w3 = setup.point(*quotients)
    slots = (point["slot"],)
    names = ("h", "q", "g", "s", "d", "w1", "w2")
    messages = GroupMessages(slots, *(point[name] for name in names), w3)
    return Attempt(PublicInputs(*map(Fr, [*values[:-1], y])), messages, s, t)


def solve(constants: list[int], slopes: list[int], rng: random.Random) -> tuple[int, int, int] | None:
    """(y, s, t) with t = a + a'y, s = b + b'y and p + p'y = st: a quadratic equation in y.

    None where it has no root: half of the statements can be forged, and the forger has many.
    """
    (p, a, b), (dp, da, db) = constants, slopes
    quadratic, linear, constant = da * db, a * db + b * da - dp, a * b - p
    root = square_root((linear * linear - 4 * quadratic * constant) % MODULUS, rng)
    if root is None:
        return None
    y = (root - linear) * pow(2 * quadratic, -1, MODULUS) % MODULUS
    return y, (b + db * y) % MODULUS, (a + da * y) % MODULUS


def square_root(x: int, rng: random.Random) -> int | None:
    """A square root modulo r (Cipolla)."""
    if pow(x, (MODULUS - 1) // 2, MODULUS) != 1:
        return None
    while True:
        u = rng.randrange(MODULUS)
        w = (u * u - x) % MODULUS
        if pow(w, (MODULUS - 1) // 2, MODULUS) != 1:
            break
    result, base, exponent = (1, 0), (u, 1), (MODULUS + 1) // 2
    while exponent:
        if exponent & 1:
            result = _multiply(result, base, w)
        base, exponent = _multiply(base, base, w), exponent >> 1
    assert result[0] ** 2 % MODULUS == x
    return result[0]


def _multiply(a: tuple[int, int], b: tuple[int, int], w: int) -> tuple[int, int]:
    return (a[0] * b[0] + a[1] * b[1] * w) % MODULUS, (a[0] * b[1] + a[1] * b[0]) % MODULUS


def forged(setup: Setup, weight: int) -> Attempt:
    attempts = (attempt for seed in range(40) if (attempt := forge(setup, weight, seed)))
    return next(attempts)


def contract_weight(attempt: Attempt) -> Fr:
    """ω as the contract hashes it. A stands for (A, B, C), which s and t fix."""
    public = attempt.public
    proof = times(G1_GENERATOR, attempt.s) + times(G1_GENERATOR, attempt.t)
    return challenges.omega(public.zeta, public.g_z, public.y, 0, [attempt.points.w3, proof])


def test_a_fixed_weight_is_forgeable(setup: Setup) -> None:
    attempt = forged(setup, FIXED_WEIGHT)
    assert product_is_one(setup, attempt, FIXED_WEIGHT)
    # It is a forgery of the merged product only: a single changed value spoils it.
    changed = replace(attempt, public=replace(attempt.public, y=attempt.public.y + 1))
    assert not product_is_one(setup, changed, FIXED_WEIGHT)


def test_the_contract_s_weight_is_not(setup: Setup) -> None:
    """The weight changes with C_W3 and y, so that solving for them chases it in vain."""
    weight = FIXED_WEIGHT
    for _ in range(3):
        attempt = forged(setup, weight)
        assert product_is_one(setup, attempt, weight)
        hashed = contract_weight(attempt)
        assert hashed != weight
        assert not product_is_one(setup, attempt, hashed)
        weight = hashed


@pytest.mark.parametrize("part", ["zeta", "g_z", "y", "d3", "w3", "proof"])
def test_the_weight_depends_on_everything(part: str) -> None:
    values = {"zeta": 1, "g_z": 2, "y": 3, "d3": 4, "w3": bytes(64), "proof": bytes(256)}

    def weight(v: dict[str, int | bytes]) -> Fr:
        return challenges.omega(v["zeta"], v["g_z"], v["y"], v["d3"], [v["w3"], v["proof"]])

    value = values[part]
    other = value + 1 if isinstance(value, int) else b"\x01" + value[1:]
    assert weight(values) != weight({**values, part: other})
