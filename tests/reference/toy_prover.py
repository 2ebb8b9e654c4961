"""A prover of the field part in plain Python, for toy systems: every vector in full length, every sum
over all points. It shares the transcript and the message types with the verifier, and nothing else
with it or with the native kernels.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zkm.field import MODULUS, Fr
from zkm.tables.data import TableData
from zkm.tables.system import System
from zkm.verify.arithmetic import PLAIN
from zkm.verify.proof import Evaluations, FieldProof, GkrLayer, PublicInputs
from zkm.verify.shape import Layout, Shape
from zkm.verify.transcript import EVALUATIONS_TAG, Transcript, hash_elements
from zkm.verify.verify import statement_message

R = MODULUS
Vector = list[int]


# ------------------------------------------------------------------ multilinear helpers


def eq_vector(point: Sequence[int]) -> Vector:
    """eq(point, x) for all x, bit 0 of x belonging to the first coordinate."""
    table = [1]
    for r in point:
        table = [v * (1 - r) % R for v in table] + [v * r % R for v in table]
    return table


def fold(vector: Sequence[int], x: int) -> Vector:
    """Fix the lowest variable."""
    return [(a + x * (b - a)) % R for a, b in zip(vector[0::2], vector[1::2], strict=True)]


def mle(vector: Sequence[int], point: Sequence[int]) -> int:
    for x in point:
        vector = fold(vector, x)
    assert len(vector) == 1
    return vector[0]


def coefficients(values: Sequence[int]) -> Vector:
    """The polynomial with these values at 0, 1, 2, …, lowest coefficient first."""
    result = [0] * len(values)
    for i, value in enumerate(values):
        basis, scale = [1], 1
        for j in range(len(values)):
            if j != i:
                basis = [(a - j * b) % R for a, b in zip([0, *basis], [*basis, 0], strict=True)]
                scale = scale * (i - j) % R
        factor = value * pow(scale, -1, R) % R
        result = [(a + factor * b) % R for a, b in zip(result, basis, strict=True)]
    return result


def evaluate(polynomial: Sequence[int], x: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = (value * x + coefficient) % R
    return value


def sumcheck_rounds(
    transcript: Transcript[Fr],
    label: str,
    vectors: list[Vector],
    row: Callable[[Sequence[int]], int],
    degree: int,
    rho: Sequence[int] | None,
) -> tuple[list[list[Fr]], Vector, list[Vector]]:
    """Rounds of Σ_x [eq(ρ, x)] row(vectors at x); returns rounds, point and folded vectors."""
    rounds, point = [], []
    for i in range((len(vectors[0]) - 1).bit_length()):
        weights = eq_vector(rho[i + 1 :]) if rho is not None else [1] * (len(vectors[0]) // 2)
        values = []
        for x in range(degree + 1):
            folded = [fold(v, x) for v in vectors]
            values.append(sum(w * row(cells) for w, *cells in zip(weights, *folded, strict=True)) % R)
        message = [Fr(a) for a in coefficients(values)[1:]]
        (x,) = transcript.exchange(label, message, 1)
        rounds.append(message)
        point.append(x)
        vectors = [fold(v, x) for v in vectors]
    return rounds, point, vectors


# ------------------------------------------------------------------ layout


def place(system: System, heights: Sequence[int]) -> Shape:
    """Largest blocks first, each at the next free aligned cell behind the preprocessed slots."""
    layout = Layout(system)
    preprocessed = sum(1 for table in system.tables if table.preprocessed)
    position = preprocessed << system.params.slot_bits
    sizes = {i: heights[system.blocks[i].table] + system.blocks[i].size_bits for i in layout.free_blocks}
    addresses = {}
    for i in sorted(layout.free_blocks, key=lambda i: -sizes[i]):
        position = -(-position >> sizes[i]) << sizes[i]
        addresses[i] = position
        position += 1 << sizes[i]
    assert position <= 1 << layout.index_bits
    return Shape.of(system, heights, [addresses[i] for i in layout.free_blocks])


def extended(data: TableData, bits: int) -> list[Vector]:
    """All columns of a table, zero-extended to 2^bits rows."""
    return [[int(x) % R for x in column] + [0] * ((1 << bits) - len(column)) for column in data.data]


# ------------------------------------------------------------------ the prover


@dataclass
class Toy:
    """Everything a proof was made from, for tests that look inside."""

    public: PublicInputs[Fr]
    proof: FieldProof[Fr]
    transcript: Transcript[Fr]


def prove(
    system: System,
    data: Sequence[TableData],
    seed: int = 0,
    shape: Shape | None = None,
    fp_error: int = 0,
    sigma: int | None = None,
) -> Toy:
    """A proof that these tables satisfy the system, for a random σ and random later challenges.

    Tables that do not satisfy it, overlapping addresses (`shape`) or another fingerprint
    (`fp_error`) give the best that a prover who follows the protocol gets.
    """
    rng = random.Random(seed)
    params = system.params
    big_k = params.table_bits
    if shape is None:
        shape = place(system, [d.height for d in data])
    bits = shape.bits(system)
    salt = Fr(rng.randrange(R))
    sigma = Fr(rng.randrange(R) if sigma is None else sigma)
    tables = [extended(d, big_k) for d in data]

    fp = statement_fingerprint(system, shape, tables, sigma) + fp_error
    transcript: Transcript[Fr] = Transcript(PLAIN)
    message = statement_message(PLAIN, system, sigma, fp, salt, bits)
    phi, theta = transcript.exchange("statement and shape", message, 2)

    # LogUp-GKR
    leaves = logup_leaves(system, data, tables, phi, theta)
    root, layers, rho, delta = gkr(transcript, leaves, params.gkr_layers)
    r_row, r_int = rho[:big_k], rho[big_k:]

    # zerocheck
    e = eq_vector(r_int)
    pads = [[1] * (1 << d.height) + [0] * ((1 << big_k) - (1 << d.height)) for d in data]
    widths = [len(t) for t in tables]

    def bracket(cells: Sequence[int]) -> int:
        total, start = 0, 0
        for t, width in enumerate(widths):
            own = cells[start : start + width]
            pad = cells[start + width]
            start += width + 1
            nodes = system.compiled[t].evaluate(own)
            for j, i in enumerate(system.compiled[t].interactions, system.interaction_offset[t]):
                n, d = fraction(nodes, i, pad, phi, theta)
                total += e[j] * (n + delta * (d - pad))
            offset = system.constraint_offset[t] + 2
            for c, node in enumerate(system.compiled[t].constraints.tolist(), offset):
                total += pow(delta, c, R) * nodes[node]
        return total % R

    vectors = [v for t in range(len(tables)) for v in (*tables[t], pads[t])]
    rounds, r_star, _ = sumcheck_rounds(transcript, "zerocheck round", vectors, bracket, 3, r_row)
    columns = [
        Fr(mle(tables[t][q][: 1 << d.height], r_star[: d.height]))
        for t, d in enumerate(data)
        for q in range(len(system.tables[t].committed))
    ]
    (mu,) = transcript.exchange("column values", columns, 1)

    # stacking
    cells = stack(system, shape, data, rng)
    weights = stacking_weights(system, shape, r_star, mu, sigma)
    stacking, point, _ = sumcheck_rounds(
        transcript, "stacking round", [cells, weights], lambda c: c[0] * c[1] % R, 2, None
    )
    n = params.slot_length
    u = point[: params.slot_bits]
    slots = [Fr(mle(cells[s * n : (s + 1) * n], u)) for s in range(params.slots)]
    gamma, d1 = transcript.exchange("slot values", slots, 2)

    # opening
    alpha, eta, z, beta, zeta = (Fr(rng.randrange(R)) for _ in range(5))
    combined = [sum(pow(gamma, s, R) * cells[s * n + i] for s in range(params.slots)) % R for i in range(n)]
    evaluations, y = open_claim(combined, u, alpha, eta, z, beta, zeta)
    d2 = hash_elements(PLAIN, EVALUATIONS_TAG, [salt, *evaluations.flat()])
    public = PublicInputs(sigma, fp, gamma, d1, alpha, eta, z, d2, beta, zeta, evaluations.g_z, y)
    proof = FieldProof(bits, salt, root, layers, rounds, columns, stacking, slots, evaluations)
    return Toy(public, proof, transcript)


def output_sum(system: System, tables: list[list[Vector]], sigma: int) -> int:
    """Σ_x p_x σ^x."""
    for table, columns in zip(system.tables, tables, strict=True):
        if table.name == "OUTPUT":
            return evaluate(columns[table.committed.index("p")], sigma)
    return 0


def statement_fingerprint(system: System, shape: Shape, tables: list[list[Vector]], sigma: int) -> Fr:
    names = [table.name for table in system.tables]
    height = shape.heights[names.index("PROGRAM")] if "PROGRAM" in names else 0
    return Fr(height + sigma * output_sum(system, tables, sigma))


def fraction(nodes: Sequence[int], interaction: object, pad: int, phi: int, theta: int) -> tuple[int, int]:
    numerator = interaction.sign * nodes[interaction.multiplicity]
    denominator = pad * (phi + interaction.bus)
    for i, (node, shift) in enumerate(interaction.entries):
        denominator += pow(theta, i + 1, R) * nodes[node] * pow(2, -shift, R)
    return numerator % R, denominator % R


def logup_leaves(
    system: System,
    data: Sequence[TableData],
    tables: list[list[Vector]],
    phi: int,
    theta: int,
) -> tuple[Vector, Vector]:
    rows = 1 << system.params.table_bits
    numerators = [0] * (rows << system.params.interaction_bits)
    denominators = [1] * len(numerators)
    for t, compiled in enumerate(system.compiled):
        for x in range(1 << data[t].height):
            nodes = compiled.evaluate([column[x] for column in tables[t]])
            for j, interaction in enumerate(compiled.interactions, system.interaction_offset[t]):
                n, d = fraction(nodes, interaction, 1, phi, theta)
                numerators[j * rows + x], denominators[j * rows + x] = n, d
    return numerators, denominators


def add_four(p: Sequence[int], q: Sequence[int]) -> tuple[int, int]:
    total = 0
    for c in range(4):
        term = p[c]
        for other in range(4):
            if other != c:
                term = term * q[other] % R
        total += term
    return total % R, q[0] * q[1] * q[2] * q[3] % R


def gkr(
    transcript: Transcript[Fr], leaves: tuple[Vector, Vector], depth: int
) -> tuple[list[Fr], list[GkrLayer[Fr]], Vector, int]:
    levels = [leaves]
    for _ in range(depth):
        n, d = levels[-1]
        sums = [add_four(n[i : i + 4], d[i : i + 4]) for i in range(0, len(n), 4)]
        levels.append(([a for a, _ in sums], [b for _, b in sums]))
    root = [Fr(levels[-1][0][0]), Fr(levels[-1][1][0])]
    (weight,) = transcript.exchange("root", root, 1)
    rho: Vector = []
    layers = []
    for n, d in reversed(levels[:-1]):
        children = [n[c::4] for c in range(4)] + [d[c::4] for c in range(4)]

        def row(cells: Sequence[int], weight: int = weight) -> int:
            p, q = add_four(cells[:4], cells[4:])
            return (p + weight * q) % R

        rounds, point, folded = sumcheck_rounds(transcript, "gkr round", children, row, 4, rho)
        values = [Fr(v[0]) for v in folded]
        t0, t1, weight = transcript.exchange("gkr values", values, 3)
        layers.append(GkrLayer(rounds, values[:4], values[4:]))
        rho = [t0, t1, *point]
    return root, layers, rho, weight


def stack(system: System, shape: Shape, data: Sequence[TableData], rng: random.Random) -> Vector:
    """All slots one behind the other, with random cells where no column lies."""
    cells = [rng.randrange(R) for _ in range(1 << Layout(system).index_bits)]
    for block, address in zip(system.blocks, shape.addresses, strict=True):
        k = shape.heights[block.table]
        for q in range(1 << block.size_bits):
            own = data[block.table].data[block.first + q - system.column_offset[block.table]]
            values = [int(x) % R for x in own] + [0] * ((1 << k) - len(own))
            cells[address + (q << k) : address + (q + 1 << k)] = values
    return cells


def stacking_weights(system: System, shape: Shape, r_star: Vector, mu: int, sigma: int) -> Vector:
    weights = [0] * (1 << Layout(system).index_bits)
    for block, address in zip(system.blocks, shape.addresses, strict=True):
        k = shape.heights[block.table]
        for q in range(1 << block.size_bits):
            power = pow(mu, block.first + q, R)
            for x, value in enumerate(eq_vector(r_star[:k])):
                weights[address + (q << k) + x] += power * value
            table = system.tables[block.table]
            column = block.first + q - system.column_offset[block.table]
            if (table.name, table.committed[column]) == ("OUTPUT", "p"):
                for x in range(1 << k):
                    weights[address + (q << k) + x] += pow(mu, system.column_count, R) * pow(sigma, x, R)
    return [w % R for w in weights]


# ------------------------------------------------------------------ the opening, on polynomials


def multiply(a: Sequence[int], b: Sequence[int]) -> Vector:
    product = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] = (product[i + j] + x * y) % R
    return product


def symmetric_part(f: Sequence[int], e: Sequence[int]) -> Vector:
    """S of f(X) e(1/X) + f(1/X) e(X) = 2<f, e> + X S(X) + S(1/X)/X."""
    s = [0] * max(len(f), len(e))
    for i, x in enumerate(f):
        for j, y in enumerate(e):
            if i != j:
                s[abs(i - j) - 1] = (s[abs(i - j) - 1] + x * y) % R
    return s


def lagrange(points: Sequence[tuple[int, int]], x: int) -> int:
    total = 0
    for i, (a, value) in enumerate(points):
        for j, (b, _) in enumerate(points):
            if i != j:
                value = value * (x - b) * pow(a - b, -1, R) % R
        total += value
    return total % R


def open_claim(
    f: Vector, u: Sequence[int], alpha: int, eta: int, z: int, beta: int, zeta: int
) -> tuple[Evaluations[Fr], Fr]:
    """The six evaluations and y of an honest opening (protocol, section 7)."""
    half = len(u) // 2
    b = 1 << half
    rows = [f[i : i + b] for i in range(0, len(f), b)]
    low, high = eq_vector(u[:half]), eq_vector(u[half:])
    h = [sum(x * y for x, y in zip(row, low, strict=True)) % R for row in rows]
    g = [sum(pow(alpha, i, R) * row[j] for i, row in enumerate(rows)) % R for j in range(b)]
    first, second = symmetric_part(g, low), symmetric_part(h, high)
    s = [(x + eta * y) % R for x, y in zip(first, second, strict=True)]
    d = g[::-1]
    w = pow(z, -1, R)
    at = [evaluate(p, x) for p in (g, h, s) for x in (z, w)]
    evaluations = Evaluations(*(Fr(x) for x in at))
    pairs = [
        (g, [z, w], zeta - alpha),
        (s, [z, w], zeta - alpha),
        (h, [z, w, alpha], 1),
        (d, [z], (z * zeta - 1) * (zeta - alpha)),
    ]
    y = sum(
        pow(beta, i, R) * factor * lagrange([(x, evaluate(p, x)) for x in points], zeta)
        for i, (p, points, factor) in enumerate(pairs)
    )
    return evaluations, Fr(y)
