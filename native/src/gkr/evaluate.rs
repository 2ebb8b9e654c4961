//! A round polynomial's evaluations: the sum over pairs of groups.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;

use super::part::Part;
use super::CHUNK;
use crate::accumulate::{two_products, Accumulator};
use crate::lanes;
use crate::sumcheck::Evaluations;
use crate::tails::Tails;

/// The round polynomial's evaluations: stored pairs, then the constant ones.
pub fn evaluate<const AT_ONE: bool>(
    parts: &[Part],
    weights: &[Fr],
    tails: &Tails,
    lambda: Fr,
    unshifted: Option<Fr>,
) -> Evaluations {
    let tasks: Vec<(usize, usize)> = parts
        .iter()
        .enumerate()
        .flat_map(|(j, part)| (0..part.groups() / 2).step_by(CHUNK).map(move |start| (j, start)))
        .collect();
    let stored = tasks
        .into_par_iter()
        .map(|(j, start)| {
            let part = &parts[j];
            let end = (start + CHUNK).min(part.groups() / 2);
            let eq = &tails.table()[start..end];
            let (done, first) = if AT_ONE {
                (0, [Fr::ZERO; 4])
            } else {
                lanes::evaluate_pairs(&part.numerators, &part.denominators, eq, start, unshifted)
            };
            let rest = evaluate_pairs::<AT_ONE>(part, &eq[done..], start + done, unshifted);
            std::array::from_fn(|i| (first[i] + rest[i]) * weights[j])
        })
        .reduce(|| [Fr::ZERO; 4], |a, b| std::array::from_fn(|i| a[i] + b[i]));
    let [constant, ..] = constants(parts, weights, tails, lambda);
    let [first, minus_one, minus_two, leading] = stored.map(|value| value * tails.scale());
    [first + constant, minus_one + constant, minus_two + constant, leading]
}

/// What the pairs that are not stored add to the round polynomial at any five points: G is
/// constant there.
pub fn constants(parts: &[Part], weights: &[Fr], tails: &Tails, lambda: Fr) -> [Fr; 5] {
    let constant: Fr = parts
        .par_iter()
        .zip(weights)
        .map(|(part, weight)| {
            let stored = part.groups() / 2;
            let end = if part.bits == 0 { 1 } else { 1 << (part.bits - 1) };
            let (from, to) = (tails.below(stored), tails.below(end));
            *weight * (part.tail.square().square() * (to - from) + Fr::ONE - to)
        })
        .sum();
    [lambda * constant; 5]
}

/// Σ eq · G at 0 (or 1), −1 and −2 and the coefficient of X^4 over a part's pairs from `start` on.
pub fn evaluate_pairs<const AT_ONE: bool>(
    part: &Part,
    eq: &[Fr],
    start: usize,
    unshifted: Option<Fr>,
) -> Evaluations {
    let mut sums = [Accumulator::default(); 4];
    for (pair, weight) in (start..).zip(eq) {
        let groups = &part.denominators[8 * pair..][..8];
        let low = (part.numerators.group(2 * pair), &groups[..4]);
        let high = (part.numerators.group(2 * pair + 1), &groups[4..]);
        let values = evaluate_pair::<AT_ONE>(low, high, unshifted);
        sums.iter_mut().zip(&values).for_each(|(sum, value)| sum.add_product(value, weight));
    }
    sums.map(|sum| sum.reduce())
}

/// G at 0 (or 1), −1 and −2 and its coefficient of X^4, on the line through two groups.
#[inline(always)]
fn evaluate_pair<const AT_ONE: bool>(
    (mut p_low, q_low): ([Fr; 4], &[Fr]),
    (mut p_high, q_high): ([Fr; 4], &[Fr]),
    unshifted: Option<Fr>,
) -> Evaluations {
    if let Some(lambda) = unshifted {
        p_low[0] += lambda * q_low[0];
        p_high[0] += lambda * q_high[0];
    }
    // Two children at a time: numerator and denominator of their sum, polynomials of degree 2.
    let half = |a: usize, b: usize| {
        let at = |low: &Fr, high: &Fr| {
            let slope = *high - low;
            [*low, *low - slope, slope]
        };
        let (p_a, p_b) = (at(&p_low[a], &p_high[a]), at(&p_low[b], &p_high[b]));
        let (q_a, q_b) = (at(&q_low[a], &q_high[a]), at(&q_low[b], &q_high[b]));
        let numerator = [0, 1, 2].map(|i| two_products(&p_a[i], &q_b[i], &p_b[i], &q_a[i]));
        let denominator = [0, 1, 2].map(|i| q_a[i] * q_b[i]);
        (extend::<AT_ONE>(&numerator), extend::<AT_ONE>(&denominator))
    };
    let ((p_01, q_01), (p_23, q_23)) = (half(0, 1), half(2, 3));
    std::array::from_fn(|i| two_products(&p_01[i], &q_23[i], &p_23[i], &q_01[i]))
}

/// The values at 0 (or 1), −1, −2 and the leading coefficient of a polynomial of degree 2 given
/// by those at 0, −1 and its leading coefficient.
#[inline(always)]
fn extend<const AT_ONE: bool>([zero, minus_one, leading]: &[Fr; 3]) -> Evaluations {
    let minus_two = (*leading + minus_one).double() - zero;
    let first = if AT_ONE { (*leading + zero).double() - minus_one } else { *zero };
    [first, *minus_one, minus_two, *leading]
}
