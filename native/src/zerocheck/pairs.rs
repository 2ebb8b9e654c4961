//! The sum over pairs of rows, by evaluating the products of a table's columns.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use super::table_sum::TableSum;
use crate::accumulate::{Accumulator, Multiplicand};
use crate::columns::Table;
use crate::expression::{Batch, Combination, Expressions, Value};

/// Pairs of rows that are worked on at a time.
const WIDTH: usize = 16;

/// A table whose first variable is bound.
pub struct Folded<'a> {
    pub expressions: &'a Expressions,
    pub needed: &'a [bool],
    pub combination: &'a Combination,
    pub linear: &'a [Fr],
    pub columns: &'a [Vec<Fr>],
}

/// Some pairs of rows of a table.
pub struct Pairs<'a> {
    pub sum: &'a TableSum,
    pub table: &'a Table,
    pub eq: &'a [Fr],
    pub start: usize,
    pub end: usize,
    pub points: [i64; 3],
    /// What the linear part is stored times.
    pub scale: u64,
}

impl Pairs<'_> {
    /// `source` gives a column's stored cells and what makes numbers of them.
    pub fn evaluate<'c, T: Number, C: Copy + 'c, F: Fn(C) -> T>(
        &self,
        source: impl Fn(usize) -> (&'c [C], F),
    ) -> [Fr; 3] {
        let Self { sum, start, end, points, .. } = *self;
        if start >= end {
            return [Fr::ZERO; 3];
        }
        let unscale = Fr::from(self.scale).inverse().expect("a power of two");
        let Combination { constant, products, .. } = &sum.combination;
        let weights: Vec<(usize, T::Weight)> =
            products.iter().map(|(node, weight)| (*node, T::weight(*weight))).collect();
        let mut batch = Batch::<T>::new(&self.table.expressions, &sum.needed, WIDTH);
        let mut totals = [Accumulator::default(); 3];
        for first in (start..end).step_by(WIDTH) {
            let count = WIDTH.min(end - first);
            for (point, total) in points.into_iter().zip(&mut totals) {
                batch.evaluate(count, |column, out| {
                    let (cells, convert) = source(column);
                    for (i, out) in out.iter_mut().enumerate() {
                        let row = 2 * (first + i);
                        let high = cells.get(row + 1).map_or(T::constant(0), |cell| convert(*cell));
                        *out = line(convert(cells[row]), high, point);
                    }
                });
                let mut sums = [Accumulator::default(); WIDTH];
                for (node, weight) in &weights {
                    for (sum, value) in sums[..count].iter_mut().zip(batch.node(*node)) {
                        value.add_to(sum, weight);
                    }
                }
                for (i, products) in sums[..count].iter().enumerate() {
                    let row = 2 * (first + i);
                    let high = sum.linear.get(row + 1).copied().unwrap_or(Fr::ZERO);
                    let mut linear = line(sum.linear[row], high, point);
                    if self.scale != 1 {
                        linear *= unscale;
                    }
                    total
                        .add_product(&(products.reduce() + linear + constant), &self.eq[first + i]);
                }
            }
        }
        totals.map(|total| total.reduce())
    }
}

/// A number that products are computed in.
pub trait Number: Value {
    type Weight;
    fn weight(weight: Fr) -> Self::Weight;
    fn add_to(self, sum: &mut Accumulator, weight: &Self::Weight);
}

impl Number for i128 {
    type Weight = Multiplicand;
    fn weight(weight: Fr) -> Multiplicand {
        Multiplicand::new(weight)
    }
    #[inline(always)]
    fn add_to(self, sum: &mut Accumulator, weight: &Multiplicand) {
        if self != 0 {
            sum.add_multiple(weight, self);
        }
    }
}

impl Number for Fr {
    type Weight = Fr;
    fn weight(weight: Fr) -> Fr {
        weight
    }
    #[inline(always)]
    fn add_to(self, sum: &mut Accumulator, weight: &Fr) {
        sum.add_product(&self, weight);
    }
}

/// low + point·(high − low) for a point that is 0, 1, −1 or −2.
#[inline(always)]
pub fn line<T: Value>(low: T, high: T, point: i64) -> T {
    match point {
        0 => low,
        1 => high,
        _ => {
            let slope = high.sub(low);
            let once = low.sub(slope);
            if point == -1 {
                once
            } else {
                once.sub(slope)
            }
        }
    }
}
