//! The fractions that LogUp adds up: the leaves of all interactions and the 4-ary tree over them
//! (protocol, section 4).
//!
//! Only rows that a table has are stored. Behind them, up to the table's 2^k, every leaf is that
//! of the row of zeros, 0 / (φ + bus); from there on, and for unused interactions, it is 0 / 1.
//! One layer up, the first kind is again one constant and the second again 0 / 1.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;

use crate::accumulate::two_products;
use crate::field::from_i64;
use crate::lanes;

pub use leaves::{leaves, Fingerprint};

mod leaves;

/// Groups of four that one task combines.
const CHUNK: usize = 1 << 10;

/// Small integers as long as possible: a quarter of the memory of elements.
pub enum Numerators {
    Small(Vec<i64>),
    Field(Vec<Fr>),
}

impl Numerators {
    pub fn get(&self, index: usize) -> Fr {
        match self {
            Self::Small(values) => small(values[index]),
            Self::Field(values) => values[index],
        }
    }

    /// The four numerators of a group.
    #[inline(always)]
    pub fn group(&self, group: usize) -> [Fr; 4] {
        match self {
            Self::Small(values) => {
                let values: &[i64; 4] = values[4 * group..][..4].try_into().expect("four");
                values.map(small)
            }
            Self::Field(values) => values[4 * group..][..4].try_into().expect("four"),
        }
    }

    /// Appends zeros.
    fn extend(&mut self, count: usize) {
        match self {
            Self::Small(values) => values.resize(values.len() + count, 0),
            Self::Field(values) => values.resize(values.len() + count, Fr::ZERO),
        }
    }
}

/// from_i64, most often of 0, 1 or −1.
#[inline(always)]
fn small(value: i64) -> Fr {
    match value {
        0 => Fr::ZERO,
        1 => Fr::ONE,
        -1 => Fr::NEG_ONE,
        _ => from_i64(value),
    }
}

/// One interaction's fractions in one layer.
pub struct Fractions {
    pub numerators: Numerators,
    pub denominators: Vec<Fr>,
    /// The fractions from the stored ones up to 2^bits are 0 / tail, those behind 0 / 1.
    pub bits: usize,
    pub tail: Fr,
}

impl Fractions {
    /// 2^bits times 0 / 1.
    pub fn ones(bits: usize) -> Self {
        Self {
            numerators: Numerators::Field(Vec::new()),
            denominators: Vec::new(),
            bits,
            tail: Fr::ONE,
        }
    }

    pub fn get(&self, index: usize) -> (Fr, Fr) {
        if let Some(denominator) = self.denominators.get(index) {
            (self.numerators.get(index), *denominator)
        } else {
            let inside = index >> self.bits == 0;
            (Fr::ZERO, if inside { self.tail } else { Fr::ONE })
        }
    }

    /// Stores as many fractions more as make whole groups of four; at least one group if not all
    /// of the constant's fractions fill whole groups.
    fn fill_groups(&mut self) {
        let stored = self.denominators.len();
        let filled = if self.bits < 2 { 4 } else { stored.next_multiple_of(4) };
        let denominators: Vec<Fr> = (stored..filled).map(|index| self.get(index).1).collect();
        self.numerators.extend(filled - stored);
        self.denominators.extend(denominators);
    }

    /// The layer above, of whole groups.
    fn combine(&self) -> Self {
        let groups = self.denominators.len() / 4;
        let mut numerators = vec![Fr::ZERO; groups];
        let mut denominators = vec![Fr::ZERO; groups];
        numerators
            .par_chunks_mut(CHUNK)
            .zip(denominators.par_chunks_mut(CHUNK))
            .enumerate()
            .for_each(|(chunk, (numerators, denominators))| {
                let start = chunk * CHUNK;
                let children = (&self.numerators, self.denominators.as_slice());
                let outputs = (&mut *numerators, &mut *denominators);
                let done = lanes::combine(children, start, outputs);
                for (i, (p, q)) in numerators.iter_mut().zip(denominators).enumerate().skip(done) {
                    let group = start + i;
                    let children = self.denominators[4 * group..][..4].try_into().expect("four");
                    (*p, *q) = combine(&self.numerators.group(group), children);
                }
            });
        Self {
            numerators: Numerators::Field(numerators),
            denominators,
            bits: self.bits.saturating_sub(2),
            tail: self.tail.square().square(),
        }
    }
}

/// The sum of four fractions.
pub fn combine(p: &[Fr; 4], q: &[Fr; 4]) -> (Fr, Fr) {
    let (low, high) = (q[0] * q[1], q[2] * q[3]);
    let low_numerator = two_products(&p[0], &q[1], &p[1], &q[0]);
    let high_numerator = two_products(&p[2], &q[3], &p[3], &q[2]);
    (two_products(&low_numerator, &high, &high_numerator, &low), low * high)
}

/// A layer of the tree, whose fractions a layer above combined in groups of four.
pub enum Layer {
    /// Whole groups for each of 2^ν interactions with 2^bits rows, bits ≥ 2.
    Rows { bits: usize, interactions: Vec<Fractions> },
    /// Everything stored: rows are the low bits of the index, interactions the high ones.
    Dense { numerators: Vec<Fr>, denominators: Vec<Fr> },
}

/// All layers but the root, the leaves first, and the root.
pub fn tree(leaves: Vec<Fractions>, mut bits: usize) -> (Vec<Layer>, (Fr, Fr)) {
    let mut layers = Vec::new();
    let mut interactions = leaves;
    while bits >= 2 {
        interactions.par_iter_mut().for_each(Fractions::fill_groups);
        let above = interactions.par_iter().map(Fractions::combine).collect();
        layers.push(Layer::Rows { bits, interactions });
        interactions = above;
        bits -= 2;
    }
    let (mut numerators, mut denominators): (Vec<Fr>, Vec<Fr>) = interactions
        .iter()
        .flat_map(|fractions| (0..1 << bits).map(|row| fractions.get(row)))
        .unzip();
    while denominators.len() > 1 {
        let groups = numerators.chunks_exact(4).zip(denominators.chunks_exact(4));
        let (p, q) = groups
            .map(|(p, q)| combine(p.try_into().expect("four"), q.try_into().expect("four")))
            .unzip();
        layers.push(Layer::Dense { numerators, denominators });
        (numerators, denominators) = (p, q);
    }
    (layers, (numerators[0], denominators[0]))
}
