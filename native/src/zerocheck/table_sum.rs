//! What one table adds to the sum, and the binding of its variables.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;

use super::pairs::{Folded, Pairs};
use super::{Weights, CHUNK};
use crate::accumulate::{two_products, Accumulator, Multiplicand};
use crate::columns::Table;
use crate::expression::{Combination, Node};
use crate::field::from_i64;
use crate::lanes::{self, SCALE};

/// The part of the sum that one table contributes.
pub struct TableSum {
    pub combination: Combination,
    /// Nodes to evaluate, and columns to fold, for the products.
    pub needed: Vec<bool>,
    /// The factor of the table's pad indicator.
    pub pad: Fr,
    /// Whether the first round's integers stay below 2^127.
    pub fits: bool,
    pub rows: usize,
    /// The linear part of every row; times [`SCALE`] when a variable is bound.
    pub linear: Vec<Fr>,
    /// The columns that products need, by index, times [`SCALE`]; `None` until a variable is
    /// bound.
    pub folded: Option<Vec<Vec<Fr>>>,
}

impl TableSum {
    pub fn new(table: &Table, weights: &mut Weights) -> Self {
        let expressions = &table.expressions;
        let (nodes, pad) = weights.next(table);
        let combination = expressions.combine(nodes);
        let products = || combination.products.iter().map(|(node, _)| *node);
        let needed = expressions.reachable(products());
        // |lo + X (hi − lo)| ≤ 5 max(|lo|, |hi|) at −2.
        let cells: Vec<u128> = table.magnitudes().iter().map(|m| m.saturating_mul(5)).collect();
        let bounds = expressions.magnitudes(&cells);
        let fits = bounds.iter().zip(&needed).all(|(bound, needed)| !needed || *bound < 1 << 127);
        let linear = table.combine(&combination.columns);
        Self { combination, needed, pad, fits, rows: table.rows, linear, folded: None }
    }

    pub fn fold(&mut self, table: &Table, challenge: Fr) {
        self.folded = Some(match self.folded.take() {
            Some(columns) => {
                self.linear = fold(&self.linear, [Fr::ONE - challenge, challenge]);
                let fold = |column: &Vec<Fr>| fold(column, [Fr::ONE - challenge, challenge]);
                columns.iter().map(fold).collect()
            }
            None => {
                let weights = [Fr::ONE - challenge, challenge].map(|w| w * Fr::from(SCALE));
                self.linear = fold(&self.linear, weights);
                let [low, high] = weights.map(Multiplicand::new);
                let expressions = &table.expressions;
                let mut columns = vec![Vec::new(); expressions.columns];
                for (node, _) in self.needed.iter().enumerate().filter(|(_, needed)| **needed) {
                    if let Node::Column(column) = expressions.nodes[node] {
                        columns[column] = fold_cells(table.column(column), &low, &high);
                    }
                }
                columns
            }
        });
        self.rows = self.rows.div_ceil(2);
    }

    /// Σ over the pairs from `start` to `end` of eq · this table's sum, at the points.
    pub fn evaluate(
        &self,
        table: &Table,
        eq: &[Fr],
        start: usize,
        end: usize,
        points: [i64; 3],
    ) -> [Fr; 3] {
        let Some(folded) = &self.folded else {
            let pairs = Pairs { sum: self, table, eq, start, end, points, scale: 1 };
            return if self.fits {
                pairs.evaluate(|column| (table.column(column), i128::from))
            } else {
                pairs.evaluate(|column| (table.column(column), from_i64))
            };
        };
        let stored = Folded {
            expressions: &table.expressions,
            needed: &self.needed,
            combination: &self.combination,
            linear: &self.linear,
            columns: folded,
        };
        let (done, first) = lanes::evaluate_folded(&stored, &eq[start..end], start, points);
        let unscale = Fr::from(SCALE).inverse().expect("a power of two");
        let start = start + done;
        let pairs = Pairs { sum: self, table, eq, start, end, points, scale: SCALE };
        let rest = pairs.evaluate(|column| {
            (folded[column].as_slice(), |value| if SCALE == 1 { value } else { value * unscale })
        });
        std::array::from_fn(|i| first[i] + rest[i])
    }
}

/// Binds the lowest variable of a column that is zero behind its end: low · weights\[0\] + high ·
/// weights\[1\] for every pair of cells.
fn fold(column: &[Fr], weights: [Fr; 2]) -> Vec<Fr> {
    let mut folded = vec![Fr::ZERO; column.len().div_ceil(2)];
    folded.par_iter_mut().zip(column.par_chunks(2)).with_min_len(CHUNK).for_each(|(out, pair)| {
        let high = pair.get(1).copied().unwrap_or(Fr::ZERO);
        *out = two_products(&pair[0], &weights[0], &high, &weights[1]);
    });
    folded
}

/// [`fold`] for integer cells.
fn fold_cells(column: &[i64], low: &Multiplicand, high: &Multiplicand) -> Vec<Fr> {
    let mut folded = vec![Fr::ZERO; column.len().div_ceil(2)];
    folded.par_iter_mut().zip(column.par_chunks(2)).with_min_len(CHUNK).for_each(|(out, pair)| {
        let mut sum = Accumulator::default();
        sum.add_small_multiple(low, pair[0]);
        sum.add_small_multiple(high, pair.get(1).copied().unwrap_or(0));
        *out = sum.reduce();
    });
    folded
}
