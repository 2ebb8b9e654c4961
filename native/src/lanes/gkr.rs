//! The inner loops of the GKR prover and of its tree. Comments give upper bounds in r.

use ark_bn254::Fr;
use ark_ff::{BigInt, Field, PrimeField};

use super::vector::{scaled, Lanes, Wide};
use crate::fractions::Numerators;
use crate::sumcheck::Evaluations;

const LANES: usize = 8;

/// P_0 … P_3 of the low and the high group of eight pairs, in Montgomery form (< 1) or, if they
/// are small, as integers plus r (< 1.01).
#[inline(always)]
fn load_numerators(numerators: &Numerators, pair: usize) -> [Lanes; 8] {
    match numerators {
        Numerators::Small(values) => Lanes::load_integers(&values[8 * pair..]),
        Numerators::Field(values) => load_groups(&values[8 * pair..]),
    }
}

/// Eight elements of each of eight rows (< 1).
#[inline(always)]
fn load_groups(values: &[Fr]) -> [Lanes; 8] {
    let [a, b] = Lanes::load_pairs::<8, 0>(values);
    let [c, d] = Lanes::load_pairs::<8, 2>(values);
    let [e, f] = Lanes::load_pairs::<8, 4>(values);
    let [g, h] = Lanes::load_pairs::<8, 6>(values);
    [a, b, c, d, e, f, g, h]
}

/// Σ weight · G at 0, −1, −2 and the coefficient of X^4 over pairs of groups from `start` on, as
/// many as there are weights. At most 2^14 pairs.
pub fn evaluate_pairs(
    numerators: &Numerators,
    denominators: &[Fr],
    weights: &[Fr],
    start: usize,
    unshifted: Option<Fr>,
) -> (usize, Evaluations) {
    let blocks = weights.len() / LANES;
    let small = matches!(numerators, Numerators::Small(_));
    // λ times Montgomery's form of Q_0 is to be in the form that P_0 is in.
    let shift = unshifted.map(|lambda| {
        let limbs = scaled(lambda, 4);
        Lanes::broadcast(if small {
            Fr::new_unchecked(BigInt(limbs)).into_bigint().0
        } else {
            limbs
        })
    });
    let mut sums = [Lanes::zero(); 4];
    for block in 0..blocks {
        let pair = start + LANES * block;
        let mut p = load_numerators(numerators, pair);
        let q = load_groups(&denominators[8 * pair..]);
        if let Some(shift) = &shift {
            p[0] = p[0].add(&shift.mul(&q[0])); // < 1.01 + 1.02
            p[4] = p[4].add(&shift.mul(&q[4]));
        }
        let (p_01, q_01) = half(&p, &q, 0);
        let (p_23, q_23) = half(&p, &q, 2);
        let weight = Lanes::load(&weights[LANES * block..]);
        for (i, sum) in sums.iter_mut().enumerate() {
            // < 2 · 7.5 · 6.4 / 84 + 1
            let value = Lanes::two_products(&p_01[i], &q_23[i], &p_23[i], &q_01[i]);
            *sum = sum.add_raw(&weight.mul(&value));
        }
    }
    // Four products in a row, each over 2^260 instead of R. The element of Montgomery form 1 is
    // 1/R: the sum's integers are Montgomery forms if P's are.
    let power = Fr::from(1u64 << 16);
    let factor = if small { power } else { power * Fr::new_unchecked(BigInt([1, 0, 0, 0])) };
    (LANES * blocks, sums.map(|sum| sum.sum() * factor))
}

/// Numerator and denominator of the sum of the children a and a + 1, at 0, −1, −2 and their
/// coefficients of X^2; numerators < 7.5, denominators < 6.4.
#[inline(always)]
fn half(p: &[Lanes; 8], q: &[Lanes; 8], a: usize) -> ([Lanes; 4], [Lanes; 4]) {
    // At 0 (P < 2.03, Q < 1), at −1 (P < 7.06, Q < 3), slope (P < 5.03, Q < 2).
    let p_at = |c: usize| {
        let (low, high) = (&p[c], &p[c + 4]);
        [*low, low.add(low).sub::<3>(high), high.sub::<3>(low)]
    };
    let q_at = |c: usize| {
        let (low, high) = (&q[c], &q[c + 4]);
        [*low, low.add(low).sub::<1>(high), high.sub::<1>(low)]
    };
    let (p_a, p_b, q_a, q_b) = (p_at(a), p_at(a + 1), q_at(a), q_at(a + 1));
    // < 1.05, < 2 · 7.06 · 3 / 84 + 1 = 1.51, < 2 · 5.03 · 2 / 84 + 1 = 1.24
    let numerators = [0, 1, 2].map(|i| Lanes::two_products(&p_a[i], &q_b[i], &p_b[i], &q_a[i]));
    // < 1.02, < 3 · 3 / 84 + 1 = 1.11, < 2 · 2 / 84 + 1 = 1.05
    let denominators = [0, 1, 2].map(|i| q_a[i].mul(&q_b[i]));
    (extend(numerators), extend(denominators))
}

/// The value at −2 from those at 0 (< 2) and −1 and the leading coefficient: 2 (leading + value at
/// −1) − value at 0, < 2 (1.24 + 1.51) + 2.
#[inline(always)]
fn extend([zero, minus_one, leading]: [Lanes; 3]) -> [Lanes; 4] {
    let sum = leading.add_raw(&minus_one);
    [zero, minus_one, sum.add_raw(&sum).sub::<2>(&zero), leading]
}

/// Binds the lowest variable of pairs of groups from `start` on, as many as there is room for in
/// the outputs.
pub fn fold_pairs(
    (numerators, denominators): (&Numerators, &[Fr]),
    start: usize,
    challenge: Fr,
    unshifted: Option<Fr>,
    (p_out, q_out): (&mut [Fr], &mut [Fr]),
) -> usize {
    let blocks = q_out.len() / (4 * LANES);
    let small = matches!(numerators, Numerators::Small(_));
    let broadcast = |value: Fr, exponent: u64| Lanes::broadcast(scaled(value, exponent));
    let weights = [Fr::ONE - challenge, challenge];
    let q_weights = weights.map(|weight| broadcast(weight, 4));
    // Small numerators come out in Montgomery form: integer · (weight · 2^260) R / 2^260.
    let p_weights = weights.map(|weight| broadcast(weight, if small { 260 } else { 4 }));
    let shift = unshifted.map(|lambda| broadcast(lambda, 4));
    for block in 0..blocks {
        let pair = start + LANES * block;
        let p = load_numerators(numerators, pair);
        let q = load_groups(&denominators[8 * pair..]);
        let at = |values: &[Lanes; 8], weights: &[Lanes; 2], c: usize| {
            Lanes::two_products(&values[c], &weights[0], &values[c + 4], &weights[1])
            // < 1.03
        };
        let q = [0, 1, 2, 3].map(|c| at(&q, &q_weights, c));
        let mut first = Wide::zero();
        first.add_product(&p[0], &p_weights[0]);
        first.add_product(&p[4], &p_weights[1]);
        if let Some(shift) = &shift {
            first.add_product(&q[0], shift);
        }
        let p_0 = first.reduce(); // < (1.01 + 1.01 + 1.03) / 84 + 1
        let p = [p_0, at(&p, &p_weights, 1), at(&p, &p_weights, 2), at(&p, &p_weights, 3)];
        for (out, [a, b, c, d]) in [(&mut *p_out, p), (&mut *q_out, q)] {
            let out = &mut out[4 * LANES * block..];
            Lanes::store_pairs::<4, 0>([a, b], out);
            Lanes::store_pairs::<4, 2>([c, d], out);
        }
    }
    LANES * blocks
}

/// Adds the four fractions of each group from `start` on, as many groups as there is room for in
/// the outputs.
pub fn combine(
    (numerators, denominators): (&Numerators, &[Fr]),
    start: usize,
    (p_out, q_out): (&mut [Fr], &mut [Fr]),
) -> usize {
    let blocks = q_out.len() / LANES;
    // Three products in a row lose 2^12; small numerators are not in Montgomery form.
    let lost = Lanes::broadcast(scaled(Fr::ONE, 16));
    let to_montgomery = Lanes::broadcast(scaled(Fr::ONE, 260));
    for block in 0..blocks {
        let group = start + LANES * block;
        let q = load_quads(&denominators[4 * group..]);
        let (p, small) = match numerators {
            Numerators::Small(values) => (Lanes::load_integer_quads(&values[4 * group..]), true),
            Numerators::Field(values) => (load_quads(&values[4 * group..]), false),
        };
        let (low, high) = (q[0].mul(&q[1]), q[2].mul(&q[3]).mul(&lost));
        let low_numerator = Lanes::two_products(&p[0], &q[1], &p[1], &q[0]);
        let high_numerator = Lanes::two_products(&p[2], &q[3], &p[3], &q[2]).mul(&lost);
        let mut numerator = Lanes::two_products(&low_numerator, &high, &high_numerator, &low);
        if small {
            numerator = numerator.mul(&to_montgomery);
        }
        numerator.store(&mut p_out[LANES * block..]);
        low.mul(&high).store(&mut q_out[LANES * block..]);
    }
    LANES * blocks
}

/// Four elements of each of eight rows (< 1).
#[inline(always)]
fn load_quads(values: &[Fr]) -> [Lanes; 4] {
    let [a, b] = Lanes::load_pairs::<4, 0>(values);
    let [c, d] = Lanes::load_pairs::<4, 2>(values);
    [a, b, c, d]
}
