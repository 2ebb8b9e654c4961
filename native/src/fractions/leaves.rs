//! The leaves: what every interaction of every row adds to LogUp's sum.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;

use super::{Fractions, Numerators};
use crate::accumulate::{Accumulator, Multiplicand};
use crate::columns::{Columns, Table};
use crate::error::{Error, Result};
use crate::expression::{Batch, Interaction, Value};
use crate::field::from_i64;

/// Rows that one task computes the leaves of.
const CHUNK: usize = 1 << 10;

/// The fingerprint's challenges: φ, and powers of θ (protocol, section 3).
pub struct Fingerprint {
    phi: Fr,
    powers: Vec<(Fr, Multiplicand)>,
    /// 2^-d.
    halves: Vec<Fr>,
}

impl Fingerprint {
    /// For tuples of up to `entries` entries.
    pub fn new(phi: Fr, theta: Fr, entries: usize) -> Self {
        let power = |state: &mut Fr| {
            *state *= theta;
            Some((*state, Multiplicand::new(*state)))
        };
        let powers =
            std::iter::repeat_n((), entries).scan(Fr::ONE, |state, ()| power(state)).collect();
        let half = Fr::from(2u64).inverse().expect("r is odd");
        let halves = std::iter::successors(Some(Fr::ONE), |last| Some(*last * half));
        Self { phi, powers, halves: halves.take(i64::BITS as usize).collect() }
    }

    /// For the tables of a store.
    pub fn of(columns: &Columns, phi: Fr, theta: Fr) -> Self {
        let tables = columns.tables.iter();
        let interactions = tables.flat_map(|table| &table.expressions.interactions);
        Self::new(phi, theta, interactions.map(|i| i.entries.len()).max().unwrap_or(0))
    }

    /// The fingerprint of a tuple of zeros.
    pub fn constant(&self, interaction: &Interaction) -> Fr {
        self.phi + from_i64(interaction.bus)
    }

    /// θ^{index+1} / 2^shift: what the entry's node is multiplied by.
    pub fn weight(&self, index: usize, shift: u32) -> Fr {
        self.powers[index].0 * self.halves[shift as usize]
    }
}

/// A number that leaves are computed in.
trait LeafValue: Value {
    type Numerator: Copy + Default + Send;
    fn cell(cell: i64) -> Self;
    /// Adds θ^{index+1}·self / 2^shift.
    fn add_to(self, sum: &mut Accumulator, fingerprint: &Fingerprint, index: usize, shift: u32);
    fn numerator(self, negative: bool) -> Self::Numerator;
    fn collect(numerators: Vec<Self::Numerator>) -> Numerators;
}

impl LeafValue for i64 {
    type Numerator = i64;
    fn cell(cell: i64) -> Self {
        cell
    }
    #[inline(always)]
    fn add_to(self, sum: &mut Accumulator, fingerprint: &Fingerprint, index: usize, shift: u32) {
        let quotient = self >> shift;
        if self == 0 {
            // Nothing to add.
        } else if quotient << shift == self {
            sum.add_small_multiple(&fingerprint.powers[index].1, quotient);
        } else {
            i128::from(self).add_to(sum, fingerprint, index, shift);
        }
    }
    fn numerator(self, negative: bool) -> i64 {
        if negative {
            -self
        } else {
            self
        }
    }
    fn collect(numerators: Vec<i64>) -> Numerators {
        Numerators::Small(numerators)
    }
}

impl LeafValue for i128 {
    type Numerator = i64;
    fn cell(cell: i64) -> Self {
        cell.into()
    }
    #[inline(always)]
    fn add_to(self, sum: &mut Accumulator, fingerprint: &Fingerprint, index: usize, shift: u32) {
        if self == 0 {
            return;
        }
        let quotient = self >> shift;
        if quotient << shift == self {
            sum.add_multiple(&fingerprint.powers[index].1, quotient);
        } else {
            // An entry that is no multiple of 2^shift: no honest row has one.
            sum.add_multiple(&Multiplicand::new(fingerprint.weight(index, shift)), self);
        }
    }
    fn numerator(self, negative: bool) -> i64 {
        (self as i64).numerator(negative)
    }
    fn collect(numerators: Vec<i64>) -> Numerators {
        Numerators::Small(numerators)
    }
}

impl LeafValue for Fr {
    type Numerator = Fr;
    fn cell(cell: i64) -> Self {
        from_i64(cell)
    }
    fn add_to(self, sum: &mut Accumulator, fingerprint: &Fingerprint, index: usize, shift: u32) {
        sum.add_product(&self, &fingerprint.weight(index, shift));
    }
    fn numerator(self, negative: bool) -> Fr {
        if negative {
            -self
        } else {
            self
        }
    }
    fn collect(numerators: Vec<Fr>) -> Numerators {
        Numerators::Field(numerators)
    }
}

/// The leaves of every interaction of the store, in order, then 0 / 1 up to `count` interactions
/// of 2^bits rows.
///
/// # Errors
/// A table of more than 2^bits rows, more than `count` interactions.
pub fn leaves(
    columns: &Columns,
    fingerprint: &Fingerprint,
    bits: usize,
    count: usize,
) -> Result<Vec<Fractions>> {
    if columns.height() > bits {
        return Err(Error::value(format!("a table of height {} over {bits}", columns.height())));
    }
    if columns.interactions() > count {
        return Err(Error::value(format!("{} interactions of {count}", columns.interactions())));
    }
    let mut leaves = Vec::with_capacity(count);
    for table in &columns.tables {
        leaves.extend(table_leaves(table, fingerprint));
    }
    leaves.resize_with(count, || Fractions::ones(bits));
    Ok(leaves)
}

fn table_leaves(table: &Table, fingerprint: &Fingerprint) -> Vec<Fractions> {
    let expressions = &table.expressions;
    let bounds = expressions.magnitudes(&table.magnitudes());
    let needed = expressions.reachable(expressions.interactions.iter().flat_map(|interaction| {
        let entries = interaction.entries.iter().map(|(node, _)| *node);
        entries.chain([interaction.multiplicity])
    }));
    let largest = bounds.iter().zip(&needed).filter(|(_, needed)| **needed).map(|(b, _)| *b).max();
    let numerators = expressions.interactions.iter().map(|i| bounds[i.multiplicity]).max();
    // Field elements where integers could overflow, which they do in no honest table.
    match (largest.unwrap_or(0), numerators.unwrap_or(0)) {
        (all, _) if all < 1 << 63 => compute::<i64>(table, fingerprint, &needed),
        (all, small) if all < 1 << 127 && small < 1 << 63 => {
            compute::<i128>(table, fingerprint, &needed)
        }
        _ => compute::<Fr>(table, fingerprint, &needed),
    }
}

/// Some rows' leaves of one interaction.
type Part<'a, T> = (&'a mut [<T as LeafValue>::Numerator], &'a mut [Fr]);

fn compute<T: LeafValue>(
    table: &Table,
    fingerprint: &Fingerprint,
    needed: &[bool],
) -> Vec<Fractions> {
    const WIDTH: usize = 64;
    let interactions = &table.expressions.interactions;
    let constants: Vec<Fr> = interactions.iter().map(|i| fingerprint.constant(i)).collect();
    // Room for the fractions that fill the last group.
    let room = table.rows.next_multiple_of(4).max(4);
    let mut leaves: Vec<(Vec<T::Numerator>, Vec<Fr>)> = interactions
        .iter()
        .map(|_| {
            let (mut numerators, mut denominators) =
                (Vec::with_capacity(room), Vec::with_capacity(room));
            numerators.resize(table.rows, T::Numerator::default());
            denominators.resize(table.rows, Fr::ZERO);
            (numerators, denominators)
        })
        .collect();
    // tasks[chunk][interaction]: the chunk's part of the interaction's leaves.
    let mut tasks: Vec<Vec<Part<'_, T>>> =
        (0..table.rows.div_ceil(CHUNK)).map(|_| Vec::with_capacity(interactions.len())).collect();
    for (numerators, denominators) in &mut leaves {
        let parts = numerators.chunks_mut(CHUNK).zip(denominators.chunks_mut(CHUNK));
        tasks.iter_mut().zip(parts).for_each(|(task, part)| task.push(part));
    }
    tasks.into_par_iter().enumerate().for_each(|(chunk, mut parts)| {
        let mut batch = Batch::<T>::new(&table.expressions, needed, WIDTH);
        let end = table.rows.min((chunk + 1) * CHUNK);
        for start in (chunk * CHUNK..end).step_by(WIDTH) {
            let count = WIDTH.min(end - start);
            batch.evaluate(count, |column, out| {
                for (out, cell) in out.iter_mut().zip(&table.column(column)[start..]) {
                    *out = T::cell(*cell);
                }
            });
            let offset = start - chunk * CHUNK;
            for ((interaction, constant), (numerators, denominators)) in
                interactions.iter().zip(&constants).zip(&mut parts)
            {
                let multiplicity = batch.node(interaction.multiplicity);
                for (out, value) in numerators[offset..][..count].iter_mut().zip(multiplicity) {
                    *out = value.numerator(interaction.negative);
                }
                for (row, out) in denominators[offset..][..count].iter_mut().enumerate() {
                    let mut sum = Accumulator::default();
                    for (index, (node, shift)) in interaction.entries.iter().enumerate() {
                        batch.node(*node)[row].add_to(&mut sum, fingerprint, index, *shift);
                    }
                    *out = sum.reduce() + constant;
                }
            }
        }
    });
    let fractions = |((numerators, denominators), tail)| Fractions {
        numerators: T::collect(numerators),
        denominators,
        bits: table.height,
        tail,
    };
    leaves.into_iter().zip(constants).map(fractions).collect()
}
