//! The stored groups of one interaction, and the binding of their variables.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use super::{Group, CHUNK};
use crate::fractions::{Fractions, Numerators};
use crate::lanes;

/// One interaction's groups (the only part when interactions are bound).
pub struct Part {
    pub numerators: Numerators,
    pub denominators: Vec<Fr>,
    /// Groups from the stored ones up to 2^bits are four times 0 / tail, those behind 0 / 1.
    pub bits: usize,
    pub tail: Fr,
}

impl From<Fractions> for Part {
    fn from(fractions: Fractions) -> Self {
        let Fractions { numerators, denominators, bits, tail } = fractions;
        Self { numerators, denominators, bits: bits.saturating_sub(2), tail }
    }
}

impl Part {
    pub fn dense(numerators: Vec<Fr>, denominators: Vec<Fr>, bits: usize) -> Self {
        Self { numerators: Numerators::Field(numerators), denominators, bits, tail: Fr::ONE }
    }

    pub fn groups(&self) -> usize {
        self.denominators.len() / 4
    }

    /// A group, stored or not; `shift` is what P_0 holds of Q_0.
    pub fn group(&self, index: usize, shift: Fr) -> Group {
        if index < self.groups() {
            let q = self.denominators[4 * index..][..4].try_into().expect("four");
            return (self.numerators.group(index), q);
        }
        let q = if index >> self.bits == 0 { self.tail } else { Fr::ONE };
        ([shift * q, Fr::ZERO, Fr::ZERO, Fr::ZERO], [q; 4])
    }

    /// Stores groups until they are whole pairs, and at least one pair if the constant's groups
    /// are none.
    pub fn fill_pairs(&mut self, shift: Fr) {
        let stored = self.groups();
        let filled = if self.bits == 0 { 2 } else { stored.next_multiple_of(2) };
        for index in stored..filled {
            let (p, q) = self.group(index, shift);
            match &mut self.numerators {
                Numerators::Field(values) => values.extend(p),
                Numerators::Small(values) if shift == Fr::ZERO => values.extend([0; 4]),
                Numerators::Small(_) => unreachable!("shifted numerators are elements"),
            }
            self.denominators.extend(q);
        }
    }

    /// Binds the lowest variable of whole pairs, in place.
    pub fn fold(&mut self, challenge: Fr, unshifted: Option<Fr>) {
        let pairs = self.groups() / 2;
        let mut elements = match &self.numerators {
            Numerators::Field(_) => Vec::new(),
            // Room for the groups that fill the last pair, too.
            Numerators::Small(_) => Vec::with_capacity(4 * (pairs + 2)),
        };
        // A chunk's results replace groups that were read before it or with it.
        let mut results = (vec![Fr::ZERO; 4 * CHUNK], vec![Fr::ZERO; 4 * CHUNK]);
        for start in (0..pairs).step_by(CHUNK) {
            let length = 4 * CHUNK.min(pairs - start);
            let (p, q) = (&mut results.0[..length], &mut results.1[..length]);
            let groups = (&self.numerators, self.denominators.as_slice());
            let done = lanes::fold_pairs(groups, start, challenge, unshifted, (p, q));
            let rest = (&mut p[4 * done..], &mut q[4 * done..]);
            fold_pairs(groups, start + done, challenge, unshifted, rest);
            match &mut self.numerators {
                Numerators::Field(values) => values[4 * start..][..length].copy_from_slice(p),
                Numerators::Small(_) => elements.extend_from_slice(p),
            }
            self.denominators[4 * start..][..length].copy_from_slice(q);
        }
        match &mut self.numerators {
            Numerators::Field(values) => values.truncate(4 * pairs),
            small => *small = Numerators::Field(elements),
        }
        self.denominators.truncate(4 * pairs);
        self.bits = self.bits.saturating_sub(1);
    }
}

/// Binds the lowest variable of pairs of groups from `start` on, as many as there is room for.
pub fn fold_pairs(
    (p, q): (&Numerators, &[Fr]),
    start: usize,
    challenge: Fr,
    unshifted: Option<Fr>,
    (p_out, q_out): (&mut [Fr], &mut [Fr]),
) {
    let outputs = p_out.chunks_exact_mut(4).zip(q_out.chunks_exact_mut(4));
    for (pair, (p_out, q_out)) in (start..).zip(outputs) {
        let (p_low, p_high) = (p.group(2 * pair), p.group(2 * pair + 1));
        let (q_low, q_high) = q[8 * pair..][..8].split_at(4);
        for c in 0..4 {
            p_out[c] = p_low[c] + challenge * (p_high[c] - p_low[c]);
            q_out[c] = q_low[c] + challenge * (q_high[c] - q_low[c]);
        }
        if let Some(lambda) = unshifted {
            p_out[0] += lambda * q_out[0];
        }
    }
}
