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

use crate::columns::{Columns, Table};
use crate::error::{Error, Result};
use crate::field::{eq_table, from_i64};
use crate::fractions::Fingerprint;
use crate::sumcheck::{Evaluations, Rounds};
use crate::tails::Tails;

use table_sum::TableSum;

pub use pairs::{line, Folded};

mod pairs;
mod table_sum;

/// Pairs of rows that one task works on.
const CHUNK: usize = 1 << 9;

/// The points at which a round is evaluated; the first is 1 where t(0) is known already.
const POINTS: [i64; 3] = [0, -1, -2];

pub struct Zerocheck {
    columns: Arc<Columns>,
    sums: Vec<TableSum>,
    rounds: Rounds,
    tails: Tails,
    challenges: Vec<Fr>,
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

#[cfg(test)]
mod tests;
