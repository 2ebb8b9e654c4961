//! The factor eq(ρ_{>i}, x_{>i}) of a sumcheck from which eq is taken out (protocol, section 4).

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use crate::field::eq_table;

/// In round i, the values eq(ρ_{i+1..m}, y) for the first y's: those below 2^{covered−i−1}, as a
/// table times [`Tails::scale`].
pub struct Tails {
    point: Vec<Fr>,
    covered: usize,
    round: usize,
    table: Vec<Fr>,
    /// scales[i] = Π_{j ≥ i} (1 − ρ_j): the bits above the table are all zero.
    scales: Vec<Fr>,
}

impl Tails {
    /// `covered` bits are enough for every index with work: there are at most 2^covered of them
    /// before round 0.
    pub fn new(point: &[Fr], covered: usize) -> Self {
        let covered = covered.min(point.len());
        let mut scales = vec![Fr::ONE; point.len() + 1];
        for j in (0..point.len()).rev() {
            scales[j] = scales[j + 1] * (Fr::ONE - point[j]);
        }
        let table = eq_table(&point[covered.min(1)..covered]);
        Self { point: point.to_vec(), covered, round: 0, table, scales }
    }

    /// ρ_i of the current round; `None` when all variables are bound.
    pub fn coordinate(&self) -> Option<Fr> {
        self.point.get(self.round).copied()
    }

    pub fn table(&self) -> &[Fr] {
        &self.table
    }

    /// What every entry of the table is to be multiplied by.
    pub fn scale(&self) -> Fr {
        self.scales[self.covered.max(self.round + 1).min(self.point.len())]
    }

    /// Π_{j ≥ from} (1 − ρ_j).
    pub fn zeros_from(&self, from: usize) -> Fr {
        self.scales[from]
    }

    /// Goes to the next round: eq over one variable less, the sum over that variable.
    pub fn advance(&mut self) {
        self.round += 1;
        if self.round < self.covered {
            self.table = self.table.chunks_exact(2).map(|pair| pair[0] + pair[1]).collect();
        }
    }

    /// Σ_{y < bound} eq(ρ_{i+1..m}, y), the scale included, for any bound.
    pub fn below(&self, bound: usize) -> Fr {
        eq_below(self.point.get(self.round + 1..).unwrap_or_default(), bound)
    }
}

/// Σ_{y < bound} eq(point, y): the probability that a number with independent bits is smaller.
pub fn eq_below(point: &[Fr], bound: usize) -> Fr {
    if point.len() < usize::BITS as usize && bound >> point.len() != 0 {
        return Fr::ONE;
    }
    let (mut sum, mut equal_so_far) = (Fr::ZERO, Fr::ONE);
    for (bit, coordinate) in point.iter().enumerate().rev() {
        let one = equal_so_far * coordinate;
        if bit < usize::BITS as usize && bound >> bit & 1 == 1 {
            sum += equal_so_far - one;
            equal_so_far = one;
        } else {
            equal_so_far -= one;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_std::{test_rng, UniformRand};

    fn random(length: usize) -> Vec<Fr> {
        let mut rng = test_rng();
        (0..length).map(|_| Fr::rand(&mut rng)).collect()
    }

    #[test]
    fn tables_of_every_round() {
        let point = random(5);
        for covered in 0..=6 {
            let mut tails = Tails::new(&point, covered);
            for round in 0..5 {
                assert_eq!(tails.coordinate(), Some(point[round]));
                let expected = eq_table(&point[round + 1..]);
                let known = 1 << covered.min(5).saturating_sub(round + 1);
                assert_eq!(tails.table().len(), known);
                for (entry, expected) in tails.table().iter().zip(&expected) {
                    assert_eq!(*entry * tails.scale(), *expected);
                }
                for bound in 0..expected.len() + 3 {
                    assert_eq!(tails.below(bound), expected.iter().take(bound).sum::<Fr>());
                }
                tails.advance();
            }
            assert_eq!(tails.coordinate(), None);
        }
    }

    #[test]
    fn no_variable() {
        let tails = Tails::new(&[], 3);
        assert_eq!((tails.table(), tails.scale()), (&[Fr::ONE][..], Fr::ONE));
        assert_eq!((eq_below(&[], 0), eq_below(&[], 1)), (Fr::ZERO, Fr::ONE));
    }
}
