//! Stands for the loops on processors without AVX-512 IFMA: nothing is done eight at a time.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

use crate::fractions::Numerators;
use crate::sumcheck::Evaluations;
use crate::zerocheck::Folded;

pub const SCALE: u64 = 1;

pub fn evaluate_pairs(
    _: &Numerators,
    _: &[Fr],
    _: &[Fr],
    _: usize,
    _: Option<Fr>,
) -> (usize, Evaluations) {
    (0, [Fr::ZERO; 4])
}

pub fn fold_pairs(
    _: (&Numerators, &[Fr]),
    _: usize,
    _: Fr,
    _: Option<Fr>,
    _: (&mut [Fr], &mut [Fr]),
) -> usize {
    0
}

pub fn combine(_: (&Numerators, &[Fr]), _: usize, _: (&mut [Fr], &mut [Fr])) -> usize {
    0
}

pub fn evaluate_folded(_: &Folded<'_>, _: &[Fr], _: usize, _: [i64; 3]) -> (usize, [Fr; 3]) {
    (0, [Fr::ZERO; 3])
}
