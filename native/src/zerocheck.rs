//! The prover of the zerocheck for constraints and leaves together (protocol, section 5).
//!
//! What the sum holds of a table is linear in its columns except for some products of nodes. The
//! linear part is one column of elements from the start; of the others only the columns that
//! products need are folded. The first round works on the integer cells. A table with all its
//! variables bound is one row that later variables multiply by 1 − x.
//!
//! Memory: 32 bytes a row for the linear part, 16 bytes a row and column that products need.

use std::sync::Arc;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;

use crate::accumulate::{two_products, Accumulator, Multiplicand};
use crate::columns::{Columns, Table};
use crate::error::{Error, Result};
use crate::expression::{Batch, Combination, Expressions, Node, Value};
use crate::field::{eq_table, from_i64};
use crate::fractions::Fingerprint;
use crate::lanes::{self, SCALE};
use crate::sumcheck::{Evaluations, Rounds};
use crate::tails::Tails;

/// Pairs of rows that one task works on, and how many of them at a time.
const CHUNK: usize = 1 << 9;
const WIDTH: usize = 16;

/// The points at which a round is evaluated; the first is 1 where t(0) is known already.
const POINTS: [i64; 3] = [0, -1, -2];

pub struct Zerocheck {
    columns: Arc<Columns>,
    sums: Vec<TableSum>,
    rounds: Rounds,
    tails: Tails,
    challenges: Vec<Fr>,
}

/// The part of the sum that one table contributes.
struct TableSum {
    combination: Combination,
    /// Nodes to evaluate, and columns to fold, for the products.
    needed: Vec<bool>,
    /// The factor of the table's pad indicator.
    pad: Fr,
    /// Whether the first round's integers stay below 2^127.
    fits: bool,
    rows: usize,
    /// The linear part of every row; times [`SCALE`] when a variable is bound.
    linear: Vec<Fr>,
    /// The columns that products need, by index, times [`SCALE`]; `None` until a variable is
    /// bound.
    folded: Option<Vec<Vec<Fr>>>,
}

/// What the sum is made of besides the columns.
pub struct Statement<'a> {
    /// K coordinates of r_row, then ν of r_int.
    pub point: &'a [Fr],
    pub row_bits: usize,
    /// The claims p and q on the leaves at the point.
    pub claims: (Fr, Fr),
    pub delta: Fr,
    pub phi: Fr,
    pub theta: Fr,
}

impl Zerocheck {
    /// # Errors
    /// A point of fewer coordinates than rows and interactions need.
    pub fn new(columns: Arc<Columns>, statement: &Statement<'_>) -> Result<Self> {
        let Statement { point, row_bits, claims: (p, q), delta, phi, theta } = *statement;
        let interaction_bits = point.len().checked_sub(row_bits);
        let (Some(interaction_bits @ 0..=16), true) = (interaction_bits, row_bits <= 30) else {
            return Err(Error::value(format!("{} coordinates, {row_bits} bits", point.len())));
        };
        if columns.height() > row_bits || columns.interactions() > 1 << interaction_bits {
            return Err(Error::value("the point has too few coordinates for the tables"));
        }
        let (row_point, interaction_point) = point.split_at(row_bits);
        let mut weights = Weights {
            fingerprint: Fingerprint::of(&columns, phi, theta),
            interactions: eq_table(interaction_point),
            delta,
            first: 0,
            power: delta.square(),
        };
        let sums: Vec<TableSum> =
            columns.tables.iter().map(|table| TableSum::new(table, &mut weights)).collect();
        let longest = sums.iter().map(|sum| sum.rows).max().unwrap_or(0).max(1);
        Ok(Self {
            columns,
            sums,
            rounds: Rounds::new(p + delta * (q - Fr::ONE)),
            tails: Tails::new(row_point, longest.next_power_of_two().ilog2() as usize),
            challenges: Vec::new(),
        })
    }

    /// The next round's polynomial a_0 … a_3.
    ///
    /// # Errors
    /// The last one waits for its challenge, or all variables are bound.
    pub fn round(&mut self) -> Result<[Fr; 4]> {
        let Self { columns, sums, rounds, tails, challenges } = self;
        let polynomial = rounds.send(tails, |at_one| {
            let mut points = POINTS;
            points[0] = i64::from(at_one);
            evaluate(columns, sums, tails, challenges, points)
        })?;
        let [a0, a1, a2, a3, a4] = polynomial;
        debug_assert_eq!(a4, Fr::ZERO);
        Ok([a0, a1, a2, a3])
    }

    /// Takes the challenge of the last round.
    ///
    /// # Errors
    /// No round waits for one.
    pub fn bind(&mut self, challenge: Fr) -> Result<()> {
        self.rounds.receive(challenge)?;
        for (sum, table) in self.sums.iter_mut().zip(&self.columns.tables) {
            sum.fold(table, challenge);
        }
        self.challenges.push(challenge);
        self.tails.advance();
        Ok(())
    }

    /// The evaluation of every committed column at the low coordinates of the challenges.
    ///
    /// # Errors
    /// Variables are left.
    pub fn values(&self) -> Result<Vec<Fr>> {
        if self.tails.coordinate().is_some() || self.rounds.is_waiting() {
            return Err(Error::value("variables are left"));
        }
        Ok(self.columns.evaluate(&self.challenges).concat())
    }
}

/// The coefficients of everything in the sum, handed to the tables in order.
struct Weights {
    fingerprint: Fingerprint,
    /// e_j.
    interactions: Vec<Fr>,
    delta: Fr,
    /// The next table's first interaction.
    first: usize,
    /// δ^{2+c} of the next constraint.
    power: Fr,
}

impl Weights {
    /// The factor of every node, and that of the table's pad indicator.
    fn next(&mut self, table: &Table) -> (Vec<Fr>, Fr) {
        let mut nodes = vec![Fr::ZERO; table.expressions.nodes.len()];
        let mut pad = Fr::ZERO;
        for interaction in &table.expressions.interactions {
            let weight = self.interactions[self.first];
            self.first += 1;
            let node = &mut nodes[interaction.multiplicity];
            *node += if interaction.negative { -weight } else { weight };
            let weight = weight * self.delta;
            for (index, (node, shift)) in interaction.entries.iter().enumerate() {
                nodes[*node] += weight * self.fingerprint.weight(index, *shift);
            }
            pad += weight * (self.fingerprint.constant(interaction) - Fr::ONE);
        }
        for constraint in &table.expressions.constraints {
            nodes[*constraint] += self.power;
            self.power *= self.delta;
        }
        (nodes, pad)
    }
}

impl TableSum {
    fn new(table: &Table, weights: &mut Weights) -> Self {
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

    fn fold(&mut self, table: &Table, challenge: Fr) {
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
    fn evaluate(
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

/// A table whose first variable is bound.
pub struct Folded<'a> {
    pub expressions: &'a Expressions,
    pub needed: &'a [bool],
    pub combination: &'a Combination,
    pub linear: &'a [Fr],
    pub columns: &'a [Vec<Fr>],
}

/// Some pairs of rows of a table.
struct Pairs<'a> {
    sum: &'a TableSum,
    table: &'a Table,
    eq: &'a [Fr],
    start: usize,
    end: usize,
    points: [i64; 3],
    /// What the linear part is stored times.
    scale: u64,
}

impl Pairs<'_> {
    /// `source` gives a column's stored cells and what makes numbers of them.
    fn evaluate<'c, T: Number, C: Copy + 'c, F: Fn(C) -> T>(
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
trait Number: Value {
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

/// The round polynomial's evaluations.
fn evaluate(
    columns: &Columns,
    sums: &[TableSum],
    tails: &Tails,
    challenges: &[Fr],
    points: [i64; 3],
) -> Evaluations {
    let tasks: Vec<(usize, usize)> = sums
        .iter()
        .enumerate()
        .flat_map(|(t, sum)| (0..sum.rows.div_ceil(2)).step_by(CHUNK).map(move |start| (t, start)))
        .collect();
    let add = |a: [Fr; 3], b: [Fr; 3]| std::array::from_fn(|i| a[i] + b[i]);
    let rows = tasks
        .into_par_iter()
        .map(|(t, start)| {
            let end = (start + CHUNK).min(sums[t].rows.div_ceil(2));
            sums[t].evaluate(&columns.tables[t], tails.table(), start, end, points)
        })
        .reduce(|| [Fr::ZERO; 3], add);
    let [first, second, third] = sums
        .iter()
        .zip(&columns.tables)
        .map(|(sum, table)| pad(sum, table.height, tails, challenges, points))
        .fold(rows.map(|value| value * tails.scale()), add);
    [first, second, third, Fr::ZERO]
}

/// What a table's pad indicator, 1 for the low 2^height rows, adds to the evaluations.
fn pad(
    sum: &TableSum,
    height: usize,
    tails: &Tails,
    challenges: &[Fr],
    points: [i64; 3],
) -> [Fr; 3] {
    let round = challenges.len();
    if round < height {
        return [sum.pad * tails.zeros_from(height); 3];
    }
    let bound: Fr = challenges[height..].iter().map(|x| Fr::ONE - x).product();
    let value = sum.pad * bound * tails.zeros_from(round + 1);
    points.map(|point| value * from_i64(1 - point))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Interaction;
    use ark_std::{test_rng, UniformRand};

    /// Whichever way the inner loop is compiled, it does what the plain one does.
    #[test]
    fn lanes_evaluate_as_the_plain_loop() {
        use Node::{Add, Column, Constant, Mul, Sub};
        let mut rng = test_rng();
        // (3 a − b)(a b) + (b − 7) c + 2^40 a
        let nodes = vec![
            Column(0),
            Column(1),
            Column(2),
            Constant(3),
            Constant(-7),
            Constant(1 << 40),
            Mul(0, 3),
            Sub(6, 1),
            Mul(0, 1),
            Mul(7, 8),
            Add(1, 4),
            Mul(10, 2),
            Add(9, 11),
            Mul(0, 5),
            Add(12, 13),
        ];
        let interaction =
            Interaction { bus: 1, negative: false, multiplicity: 8, entries: vec![(14, 0)] };
        let expressions = Expressions::new(nodes, vec![14, 9], vec![interaction], 3).unwrap();
        for rows in [1, 2, 15, 16, 17, 31, 33, 150] {
            let cells: Vec<i64> = (0..3 * rows as i64).map(|i| (i * i) % 1001 - 500).collect();
            let table = Table::new(expressions.clone(), 3, 8, rows, cells).unwrap();
            let columns = Columns { tables: vec![table] };
            let mut weights = Weights {
                fingerprint: Fingerprint::of(&columns, Fr::rand(&mut rng), Fr::rand(&mut rng)),
                interactions: vec![Fr::rand(&mut rng)],
                delta: Fr::rand(&mut rng),
                first: 0,
                power: Fr::rand(&mut rng),
            };
            let table = &columns.tables[0];
            let mut sum = TableSum::new(table, &mut weights);
            sum.fold(table, Fr::rand(&mut rng));
            let pairs = sum.rows.div_ceil(2);
            let eq: Vec<Fr> = (0..pairs).map(|_| Fr::rand(&mut rng)).collect();
            let folded = sum.folded.as_ref().unwrap();
            let unscale = Fr::from(SCALE).inverse().unwrap();
            for points in [POINTS, [1, -1, -2]] {
                let (start, end, eq, scale) = (0, pairs, &eq[..], SCALE);
                let plain = Pairs { sum: &sum, table, eq, start, end, points, scale }
                    .evaluate(|column| (folded[column].as_slice(), |value| value * unscale));
                assert_eq!(sum.evaluate(table, eq, 0, pairs, points), plain);
            }
        }
    }
}
