//! Vectors over Fr, the scalar field of BN254.
//!
//! Indexes of tables are read with bit 0 as the lowest bit, and a point lists the lowest bit's
//! coordinate first (protocol, section 0).

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, Field, One, PrimeField, Zero};
use rayon::prelude::*;

use crate::error::{Error, Result};

/// Work below this many elements stays on one thread: handing it out would cost more.
const PARALLEL_FROM: usize = 1 << 12;

/// The element of a signed integer.
pub fn from_i64(value: i64) -> Fr {
    let magnitude = Fr::from(value.unsigned_abs());
    if value < 0 {
        -magnitude
    } else {
        magnitude
    }
}

/// The element of four canonical 64-bit limbs, lowest first; `None` if they are not below r.
pub fn from_limbs(limbs: [u64; 4]) -> Option<Fr> {
    Fr::from_bigint(BigInt::new(limbs))
}

/// The inverses of all values (Montgomery's trick, one true inversion for each part of the
/// vector). A zero is an error that names its index.
pub fn batch_inverse(values: &[Fr]) -> Result<Vec<Fr>> {
    if let Some(index) = values.par_iter().with_min_len(PARALLEL_FROM).position_first(Fr::is_zero) {
        return Err(Error::value(format!("element {index} is zero and has no inverse")));
    }
    let mut inverses = vec![Fr::ZERO; values.len()];
    let part = values.len().div_ceil(rayon::current_num_threads()).max(PARALLEL_FROM);
    inverses
        .par_chunks_mut(part)
        .zip(values.par_chunks(part))
        .for_each(|(inverses, values)| invert_part(inverses, values));
    Ok(inverses)
}

/// Writes the inverses of `values`, none of them zero, to `inverses`.
fn invert_part(inverses: &mut [Fr], values: &[Fr]) {
    let mut product = Fr::ONE;
    for (prefix, value) in inverses.iter_mut().zip(values) {
        *prefix = product;
        product *= value;
    }
    let mut suffix = product.inverse().expect("a product of non-zero elements");
    for (prefix, value) in inverses.iter_mut().zip(values).rev() {
        *prefix *= suffix;
        suffix *= value;
    }
}

/// The table eq(point, x) for all x in {0,1}^k, where k is the length of the point: entry i is
/// the product over the bits j of i of point_j where the bit is set and 1 − point_j where not.
pub fn eq_table(point: &[Fr]) -> Vec<Fr> {
    let mut table = Vec::with_capacity(1 << point.len());
    table.push(Fr::one());
    // Bits are added from the lowest to the highest: bit j doubles the table's 2^j entries.
    for coordinate in point {
        let half = table.len();
        table.resize(2 * half, Fr::ZERO);
        let (low, high) = table.split_at_mut(half);
        low.par_iter_mut().zip(high).with_min_len(PARALLEL_FROM).for_each(|(low, high)| {
            *high = *low * coordinate;
            *low -= *high;
        });
    }
    table
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
    fn inverses_of_every_length() {
        for length in [0, 1, 2, 3, PARALLEL_FROM, 3 * PARALLEL_FROM + 5] {
            let values = random(length);
            let inverses = batch_inverse(&values).unwrap();
            assert_eq!(inverses.len(), length);
            assert!(values
                .iter()
                .zip(&inverses)
                .all(|(value, inverse)| (*value * inverse).is_one()));
        }
    }

    #[test]
    fn zero_has_no_inverse() {
        let mut values = random(PARALLEL_FROM * 2);
        values[4999] = Fr::ZERO;
        assert!(batch_inverse(&values).unwrap_err().message.contains("element 4999 "));
    }

    #[test]
    fn eq_table_is_the_product_over_the_bits() {
        let point = random(5);
        for (index, entry) in eq_table(&point).into_iter().enumerate() {
            let product: Fr = point
                .iter()
                .enumerate()
                .map(|(bit, x)| if index >> bit & 1 == 1 { *x } else { Fr::ONE - x })
                .product();
            assert_eq!(entry, product);
        }
        assert_eq!(eq_table(&[]), [Fr::ONE]);
    }

    #[test]
    fn eq_table_sums_to_one() {
        assert!(eq_table(&random(15)).iter().sum::<Fr>().is_one());
    }

    #[test]
    fn signed_and_limbs() {
        assert_eq!(from_i64(i64::MIN) + Fr::from(1u64 << 63), Fr::ZERO);
        assert_eq!(from_i64(7), Fr::from(7u64));
        assert_eq!(from_limbs([5, 0, 0, 0]), Some(Fr::from(5u64)));
        assert_eq!(from_limbs(Fr::MODULUS.0), None);
        assert_eq!(from_limbs([u64::MAX; 4]), None);
    }
}
