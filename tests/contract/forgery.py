"""Why the weight of the merged pairing check is drawn last (protocol, section 7, step 6).

The forger has no witness and no secret of the Groth16 key. It takes A = α₁, B = β₂, C = 0, so that only
vk_x is left of the Groth16 equation, fills every other message with anything, and hides vk_x and the errors
of both openings in C_W3: that needs the weight ω beforehand, and [f(τ)/(τ − ζ)]_1, which a reference string
gives for a root ζ of f. (To be short, τ is known here; that alone does not open Groth16.)
"""

import random
from dataclasses import replace

import py_ecc.optimized_bn128 as bn
from eth_utils.crypto import keccak

from zkm import _native
from zkm.contract.check import shared_values
from zkm.contract.layout import OnChainProof, Scalars
from zkm.curve import G1_GENERATOR, G2_GENERATOR, negate
from zkm.field import MODULUS
from zkm.verify import challenges
from zkm.verify.group import GroupMessages, linear_forms
from zkm.verify.statement import Statement, program_vkey
from zkm.wrap.circuit import public_inputs_sum

INFINITY = bytes(64)
SLOTS = 4


def forge_for_fixed_weight(description, weight=1, seed=0):
    """(verifier with a known τ, false statement, proof that the fixed weight would accept)."""
    rng = random.Random(seed)
    tau = rng.randrange(MODULUS)
    description = replace(description, tau_g2=g2_multiple(tau))
    random_point = lambda: _native.g1_msm([G1_GENERATOR], [rng.randrange(MODULUS)])  # noqa: E731
    slots = tuple(random_point() for _ in range(SLOTS))
    points = GroupMessages(slots, *(random_point() for _ in range(7)), INFINITY)
    vkey = program_vkey(description.version, 0, *slots[:2])
    statement = Statement(description.version, vkey, 0, b"anything at all")
    scalars = Scalars(*(rng.randrange(MODULUS) for _ in range(6)))
    groth16 = description.key.alpha + description.key.beta + INFINITY
    proof = OnChainProof(description.version[:4], 0, points, scalars, groth16)
    # Without C_W3 the product is e(X, [1]) e(−ω C_W1, [τ]); C_W3 adds ω²ζ to X and −ω² beside [τ]:
    # X + ω²ζ C_W3 = τ (ω C_W1 + ω² C_W3).
    public = shared_values(statement, proof)
    x = pairing_left(description, proof, public, weight)
    inverse = pow(weight * weight * (tau - public.zeta), -1, MODULUS)
    w3 = _native.g1_msm([x, points.w1], [inverse, -tau * weight * inverse % MODULUS])
    return description, statement, replace(proof, points=replace(points, w3=w3)).encode()


def pairing_left(description, proof, public, weight):
    """vk_x + ω L1 + ω² L2."""
    xi = challenges.xi(proof.scalars.d3, public.flat())
    l1, l2 = linear_forms(description.params.opening_side, public, proof.points)
    scalars = [weight, weight * weight % MODULUS, 1, proof.scalars.d3, xi, public_inputs_sum(public, xi)]
    return _native.g1_msm([l1, l2, *description.key.ic], [int(x) for x in scalars])


def product_is_one(description, statement, proof, weight):
    """The contract's product with this weight in place of the hashed one."""
    return _native.pairing_check(pairs(description, statement, proof, weight))


def pairs(description, statement, proof, weight):
    """The five pairs of one proof."""
    public = shared_values(statement, proof)
    a, b, c = proof.groth16[:64], proof.groth16[64:192], proof.groth16[192:]
    quotients = [proof.points.w1, proof.points.w3]
    right = _native.g1_msm(quotients, [-weight % MODULUS, -weight * weight % MODULUS])
    return [
        (negate(a), b),
        (description.key.alpha, description.key.beta),
        (pairing_left(description, proof, public, weight), G2_GENERATOR),
        (c, description.key.delta),
        (right, description.tau_g2),
    ]


def cancelling(claims):
    """Two claims with proofs that are wrong by opposite errors."""
    return [
        (statement, with_error(proof, sign)) for (statement, proof), sign in zip(claims, (1, -1), strict=True)
    ]


def early_weights(omegas):
    """What Ω could be if the last proof were forgotten."""
    yield int(challenges.batch_weight(omegas))
    yield int(challenges.batch_weight([*omegas, 0]))
    tagged = b"\x08" + b"".join(int(omega).to_bytes(32, "big") for omega in omegas)
    yield int.from_bytes(keccak(tagged), "big") % MODULUS


def cancelling_if_weighed_early(description, claims):
    """Pairs (claims, Ω): the first and the last proof are wrong, and the errors cancel for an Ω that is drawn
    from all proofs but the last: its error is chosen when the weight is known.
    """
    statement, proof = claims[0]
    spoilt = [(statement, with_error(proof, 1)), *claims[1:-1]]
    omegas = [own_weight(description, *claim) for claim in spoilt]
    for weight in early_weights(omegas):
        # C of proof i has the weight Ω^(3i).
        error = -pow(weight, -3 * len(spoilt), MODULUS) % MODULUS
        yield [*spoilt, (claims[-1][0], with_error(claims[-1][1], error))], weight


def with_error(proof, error):
    """The proof with error · G added to C."""
    return proof[:-64] + _native.g1_msm([proof[-64:], G1_GENERATOR], [1, error % MODULUS])


def own_weight(description, statement, proof):
    """ω of a proof."""
    decoded = OnChainProof.decode(proof, description.params.slots)
    public, groth16 = shared_values(statement, decoded), decoded.groth16
    messages = [decoded.points.w3, groth16[:64], groth16[64:192], groth16[192:]]
    return challenges.omega(public.zeta, public.g_z, public.y, decoded.scalars.d3, messages)


def batch_product_is_one(description, claims, weight):
    """The contract's product for a batch with this Ω in place of the hashed one."""
    product = []
    for i, (statement, proof) in enumerate(claims):
        decoded = OnChainProof.decode(proof, description.params.slots)
        scale = pow(weight, 3 * i, MODULUS)
        product += [
            (_native.g1_msm([point], [scale]), end)
            for point, end in pairs(description, statement, decoded, weight)
        ]
    return _native.pairing_check(product)


def unweighted_product_is_one(description, claims):
    """Whether the equations of two proofs, just multiplied, hold."""
    decoded = [
        (statement, OnChainProof.decode(proof, description.params.slots)) for statement, proof in claims
    ]
    return _native.pairing_check([pair for entry in decoded for pair in pairs(description, *entry, weight=5)])


def g2_multiple(scalar):
    """scalar · [1]_2 in the EVM's form."""
    x, y = bn.normalize(bn.multiply(bn.G2, scalar))
    return b"".join(int(v).to_bytes(32, "big") for v in (x.coeffs[1], x.coeffs[0], y.coeffs[1], y.coeffs[0]))
