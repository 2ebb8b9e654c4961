//! Sums of products in Fr whose reduction is put off.
//!
//! A product of two elements in Montgomery form is kept as an integer of 512 bits; only the sum is
//! reduced. Small signed integers multiply an element with a quarter of the work.

use ark_bn254::Fr;
use ark_ff::{BigInt, MontConfig, PrimeField};

const MODULUS: [u64; 4] = <Fr as PrimeField>::MODULUS.0;
/// −r^{-1} mod 2^64.
const INVERSE: u64 = <ark_bn254::FrConfig as MontConfig<4>>::INV;
/// R² mod r for R = 2^256: the Montgomery form of R.
const R_SQUARED: BigInt<4> = <ark_bn254::FrConfig as MontConfig<4>>::R2;

/// low(a + b·c + carry), and the high half into `carry`.
#[inline(always)]
fn multiply_add(a: u64, b: u64, c: u64, carry: &mut u64) -> u64 {
    let sum = u128::from(a) + u128::from(b) * u128::from(c) + u128::from(*carry);
    *carry = (sum >> 64) as u64;
    sum as u64
}

/// The product of two 4-limb integers.
#[inline(always)]
fn wide_product(a: &[u64; 4], b: &[u64; 4]) -> [u64; 8] {
    let mut out = [0u64; 8];
    for i in 0..4 {
        let mut carry = 0;
        for j in 0..4 {
            out[i + j] = multiply_add(out[i + j], a[i], b[j], &mut carry);
        }
        out[i + 4] = carry;
    }
    out
}

/// wide / R mod r for wide < 5 r²: a result below r.
#[inline(always)]
fn montgomery_reduce(mut wide: [u64; 8]) -> Fr {
    let mut above = 0u64;
    for i in 0..4 {
        let factor = wide[i].wrapping_mul(INVERSE);
        let mut carry = 0;
        for j in 0..4 {
            wide[i + j] = multiply_add(wide[i + j], factor, MODULUS[j], &mut carry);
        }
        let sum = u128::from(wide[i + 4]) + u128::from(carry) + u128::from(above);
        wide[i + 4] = sum as u64;
        above = (sum >> 64) as u64;
    }
    // wide / R < 5 r · r/R + r < 2r < 2^256, as r/R < 0.19: nothing is left above.
    debug_assert_eq!(above, 0);
    subtract_modulus([wide[4], wide[5], wide[6], wide[7]])
}

/// The element of Montgomery form `limbs` − r or, if that is negative, `limbs`.
#[inline(always)]
fn subtract_modulus(limbs: [u64; 4]) -> Fr {
    let mut reduced = [0u64; 4];
    let mut borrow = false;
    for i in 0..4 {
        let (difference, first) = limbs[i].overflowing_sub(MODULUS[i]);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        reduced[i] = difference;
        borrow = first | second;
    }
    Fr::new_unchecked(BigInt(if borrow { limbs } else { reduced }))
}

/// Adds `other` to the low limbs of `sum`; returns the carry out of them.
#[inline(always)]
fn add_limbs(sum: &mut [u64], other: &[u64]) -> bool {
    let mut carry = false;
    for (limb, other) in sum.iter_mut().zip(other) {
        let (value, first) = limb.overflowing_add(*other);
        let (value, second) = value.overflowing_add(u64::from(carry));
        *limb = value;
        carry = first | second;
    }
    carry
}

/// a·b + c·d with one reduction.
#[inline(always)]
pub fn two_products(a: &Fr, b: &Fr, c: &Fr, d: &Fr) -> Fr {
    let mut sum = wide_product(&a.0 .0, &b.0 .0);
    add_limbs(&mut sum, &wide_product(&c.0 .0, &d.0 .0)); // < 2 r² < 2^512
    montgomery_reduce(sum)
}

/// An element prepared to be multiplied by small integers: see [`Accumulator::add_multiple`].
#[derive(Clone, Copy)]
pub struct Multiplicand {
    /// The element times R, so that the accumulator's reduction leaves the element's own form.
    positive: [u64; 4],
    negative: [u64; 4],
}

impl Multiplicand {
    pub fn new(value: Fr) -> Self {
        let raised = value * Fr::new_unchecked(R_SQUARED);
        Self { positive: raised.0 .0, negative: (-raised).0 .0 }
    }
}

/// A sum of products of elements. Holds at least 2^60 of them.
#[derive(Clone, Copy, Default)]
pub struct Accumulator([u64; 9]);

impl Accumulator {
    /// Adds a·b.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Fr, b: &Fr) {
        let carry = add_limbs(&mut self.0[..8], &wide_product(&a.0 .0, &b.0 .0));
        self.0[8] += u64::from(carry);
    }

    /// Adds the element that `multiplicand` was made of, times a small integer.
    #[inline(always)]
    pub fn add_multiple(&mut self, multiplicand: &Multiplicand, multiple: i128) {
        let factor = if multiple < 0 { &multiplicand.negative } else { &multiplicand.positive };
        let magnitude = multiple.unsigned_abs();
        self.add_shifted::<0>(factor, magnitude as u64);
        if magnitude >> 64 != 0 {
            self.add_shifted::<1>(factor, (magnitude >> 64) as u64);
        }
    }

    /// [`Self::add_multiple`] for a machine word.
    #[inline(always)]
    pub fn add_small_multiple(&mut self, multiplicand: &Multiplicand, multiple: i64) {
        let factor = if multiple < 0 { &multiplicand.negative } else { &multiplicand.positive };
        self.add_shifted::<0>(factor, multiple.unsigned_abs());
    }

    /// Adds what another accumulator holds.
    pub fn merge(&mut self, other: &Self) {
        add_limbs(&mut self.0, &other.0);
    }

    #[inline(always)]
    fn add_shifted<const SHIFT: usize>(&mut self, factor: &[u64; 4], multiple: u64) {
        let mut carry = 0;
        for (limb, factor) in self.0[SHIFT..].iter_mut().zip(factor) {
            *limb = multiply_add(*limb, *factor, multiple, &mut carry);
        }
        for limb in &mut self.0[SHIFT + 4..] {
            if carry == 0 {
                break;
            }
            let (value, overflow) = limb.overflowing_add(carry);
            *limb = value;
            carry = u64::from(overflow);
        }
    }

    /// The sum.
    #[inline]
    pub fn reduce(&self) -> Fr {
        let limbs = &self.0;
        if limbs[8] == 0 && limbs[7] < MODULUS[3] {
            // Below r·R: one Montgomery reduction gives a value below 2r.
            return montgomery_reduce(limbs[..8].try_into().expect("eight limbs"));
        }
        // low + R·high, over R: low is reduced as it is, high is already the quotient.
        let low = [limbs[0], limbs[1], limbs[2], limbs[3], 0, 0, 0, 0];
        let high = [limbs[4], limbs[5], limbs[6], limbs[7], 0, 0, 0, 0];
        let r_squared = Fr::new_unchecked(R_SQUARED);
        // A product of Montgomery forms is divided by R: form x times form R² is form x·R.
        let top = Fr::new_unchecked(BigInt([limbs[8], 0, 0, 0])) * r_squared;
        montgomery_reduce(low) + montgomery_reduce(high) * r_squared + top
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::from_i64;
    use ark_ff::{AdditiveGroup, Field};
    use ark_std::{rand::Rng, test_rng, UniformRand};

    fn from_i128(value: i128) -> Fr {
        let magnitude = Fr::from(value.unsigned_abs());
        if value < 0 {
            -magnitude
        } else {
            magnitude
        }
    }

    fn corners() -> Vec<Fr> {
        let mut rng = test_rng();
        let mut values = vec![Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::from(2u64), -Fr::from(2u64)];
        // The largest Montgomery form, r − 1.
        values.push(Fr::new_unchecked(BigInt([
            MODULUS[0] - 1,
            MODULUS[1],
            MODULUS[2],
            MODULUS[3],
        ])));
        values.extend((0..6).map(|_| Fr::rand(&mut rng)));
        values
    }

    #[test]
    fn two_products_is_their_sum() {
        for a in corners() {
            for b in corners() {
                for c in corners() {
                    assert_eq!(two_products(&a, &b, &c, &a), a * b + c * a);
                    assert_eq!(two_products(&a, &b, &b, &c), a * b + b * c);
                }
            }
        }
    }

    #[test]
    fn sums_of_products() {
        let largest = corners()[5];
        for count in [0, 1, 2, 5, 6, 30, 1000] {
            let (mut sum, mut plain, mut merged) =
                (Accumulator::default(), Fr::ZERO, Accumulator::default());
            for i in 0..count {
                let (a, b) = if i % 3 == 0 { (largest, largest) } else { (corners()[8], largest) };
                sum.add_product(&a, &b);
                merged.merge(&{
                    let mut one = Accumulator::default();
                    one.add_product(&a, &b);
                    one
                });
                plain += a * b;
            }
            assert_eq!(sum.reduce(), plain);
            assert_eq!(merged.reduce(), plain);
        }
    }

    #[test]
    fn a_full_accumulator() {
        let mut sum = Accumulator::default();
        sum.add_product(&corners()[5], &corners()[5]);
        let (mut plain, single) = (sum.reduce(), sum.reduce());
        let mut count = Fr::ONE;
        for _ in 0..60 {
            sum.merge(&{ sum });
            count.double_in_place();
            plain = single * count;
            assert_eq!(sum.reduce(), plain);
        }
        assert_ne!(plain, Fr::ZERO);
    }

    #[test]
    fn small_multiples() {
        let mut rng = test_rng();
        let wide = [0, 1, -1, i64::MIN.into(), i64::MAX.into(), 1 << 64, -(1 << 64), i128::MAX];
        let (mut sum, mut plain) = (Accumulator::default(), Fr::ZERO);
        for value in corners() {
            let multiplicand = Multiplicand::new(value);
            for multiple in wide.into_iter().chain([rng.gen::<i128>(), i128::MIN + 1, i128::MIN]) {
                sum.add_multiple(&multiplicand, multiple);
                plain += value * from_i128(multiple);
                assert_eq!(sum.reduce(), plain);
            }
            for multiple in [i64::MIN, i64::MAX, 0, 1, -1, rng.gen()] {
                sum.add_small_multiple(&multiplicand, multiple);
                plain += value * from_i64(multiple);
                assert_eq!(sum.reduce(), plain);
            }
        }
    }
}
