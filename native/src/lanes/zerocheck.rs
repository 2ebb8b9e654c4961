//! The inner loop of the zerocheck.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt};

use super::vector::{scaled, Lanes, Wide};
use crate::expression::{Batch, Combination, Value};
use crate::field::from_i64;
use crate::zerocheck::{line, Folded};

const LANES: usize = 8;

/// Folded columns are stored times 2^4, which makes R of their Montgomery forms 2^260: products of
/// such forms have it too.
pub const SCALE: u64 = 16;

/// The sum of so many products can be reduced at once.
const MOST_PRODUCTS: usize = 200;

/// Eight elements in forms with R = 2^260, below 2r.
#[derive(Clone, Copy)]
struct Number(Lanes);

impl Value for Number {
    fn constant(value: i64) -> Self {
        Self(Lanes::broadcast(scaled(from_i64(value), 4)))
    }
    fn add(self, other: Self) -> Self {
        Self(self.0.add(&other.0).reduced::<2>())
    }
    fn sub(self, other: Self) -> Self {
        Self(self.0.sub::<2>(&other.0).reduced::<2>())
    }
    fn mul(self, other: Self) -> Self {
        Self(self.0.mul(&other.0)) // < 2 · 2 / 84 + 1
    }
}

/// Σ eq · sum at the points over pairs of rows from `start` on, as many as `eq` has entries
/// (at most 2^14).
pub fn evaluate_folded(
    folded: &Folded<'_>,
    eq: &[Fr],
    start: usize,
    points: [i64; 3],
) -> (usize, [Fr; 3]) {
    let Combination { constant, products, .. } = folded.combination;
    // A last row without a partner is left to the plain loop.
    let pairs = eq.len().min((folded.linear.len() / 2).saturating_sub(start));
    let blocks = pairs / LANES;
    if blocks == 0 || products.len() > MOST_PRODUCTS {
        return (0, [Fr::ZERO; 3]);
    }
    let weights: Vec<(usize, Lanes)> = products
        .iter()
        .map(|(node, weight)| (*node, Lanes::broadcast(scaled(*weight, 4))))
        .collect();
    let constant = Lanes::broadcast(scaled(*constant, 4));
    let mut batch = Batch::<Number>::new(folded.expressions, folded.needed, 1);
    let mut totals = [Lanes::zero(); 3];
    for block in 0..blocks {
        let row = 2 * (start + LANES * block);
        let eq = Lanes::load(&eq[LANES * block..]);
        let at = |column: &[Fr], point: i64| {
            let [low, high] = Lanes::load_pairs::<2, 0>(&column[row..]).map(Number);
            line(low, high, point)
        };
        for (point, total) in points.into_iter().zip(&mut totals) {
            batch.evaluate(1, |column, out| out[0] = at(&folded.columns[column], point));
            let mut sum = Wide::zero();
            for (node, weight) in &weights {
                sum.add_product(&batch.node(*node)[0].0, weight);
            }
            // < 200 · 2 / 84 + 1, + 2, + 1
            let linear = at(folded.linear, point).0;
            let sum = sum.reduce().add(&linear).add(&constant);
            *total = total.add_raw(&eq.mul(&sum));
        }
    }
    // eq is in Montgomery form, so the products are; 1/R has Montgomery form 1.
    let form = Fr::new_unchecked(BigInt([1, 0, 0, 0]));
    (LANES * blocks, totals.map(|total| total.sum() * form))
}
