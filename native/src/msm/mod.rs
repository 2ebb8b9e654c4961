//! Multi-scalar multiplication Σ s_i P_i (Pippenger), for scalars of full width and for small
//! signed ones.
//!
//! A scalar is cut into signed digits of c bits; the points of equal |digit| are added (a
//! *bucket*), all buckets of a window together by [`sums`]; then the buckets are combined. The
//! endomorphism of BN254 is not used: as buckets are combined with two cheap additions each, it
//! would save less than a tenth.

mod fixed;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod sums;

use ark_bn254::Fr;
use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ec::AdditiveGroup;
use ark_ec::AffineRepr;
use ark_ff::{PrimeField, Zero};
use rayon::prelude::*;

pub use fixed::FixedBase;
pub use sums::SumCurve;
use sums::{group_sums, Plain, Term};

impl SumCurve for ark_bn254::g1::Config {
    fn sums(points: &[Affine<Self>], terms: &[Term], bounds: &[usize]) -> Vec<Affine<Self>> {
        #[cfg(target_arch = "x86_64")]
        if ifma::available() {
            return group_sums::<Self, ifma::Ifma>(points, terms, bounds);
        }
        group_sums::<Self, Plain<Self>>(points, terms, bounds)
    }
}

impl SumCurve for ark_bn254::g2::Config {}

/// Bits of a scalar of full width.
const FULL_BITS: usize = Fr::MODULUS_BIT_SIZE as usize;
/// The widest window: more buckets would not fit the cache.
const MAX_WINDOW: usize = 18;

/// Σ scalars[i] · points[i]. Points beyond the scalars, or scalars beyond the points, are a
/// mistake of the caller and panic.
pub fn msm<P: SumCurve>(points: &[Affine<P>], scalars: &[Fr]) -> Projective<P> {
    let integers: Vec<[u64; 4]> =
        scalars.par_iter().with_min_len(1 << 10).map(|scalar| scalar.into_bigint().0).collect();
    let non_zero = integers.par_iter().filter(|limbs| **limbs != [0; 4]).count();
    let mut lengths = [0; FULL_BITS + 1];
    lengths[FULL_BITS] = non_zero;
    let plan = Windows::choose(&lengths);
    let offset = plan.offset();
    let shifted: Vec<[u64; 4]> =
        integers.into_par_iter().with_min_len(1 << 12).map(|limbs| add(limbs, offset)).collect();
    plan.msm(points, shifted.len(), |window| {
        let digit = plan.digit(window);
        let shifted = &shifted;
        move |index: usize| digit(bits(&shifted[index], window * plan.width))
    })
}

/// Σ scalars[i] · points[i] for signed integers; the cost follows the number and the sizes of the
/// integers that are not zero. Lengths as for [`msm`].
pub fn msm_i64<P: SumCurve>(points: &[Affine<P>], scalars: &[i64]) -> Projective<P> {
    let lengths = bit_lengths(scalars);
    let plan = Windows::choose(&lengths);
    let [low, high, ..] = plan.offset();
    let offset = u128::from(high) << 64 | u128::from(low);
    plan.msm(points, scalars.len(), |window| {
        let digit = plan.digit(window);
        move |index: usize| {
            let scalar = scalars[index];
            let shifted = u128::from(scalar.unsigned_abs()) + offset;
            let digit = digit((shifted >> (window * plan.width)) as u64);
            if scalar < 0 {
                -digit
            } else {
                digit
            }
        }
    })
}

/// How many scalars have each bit length (of the absolute value).
fn bit_lengths(scalars: &[i64]) -> [usize; FULL_BITS + 1] {
    let count = |scalars: &[i64]| {
        let mut lengths = [0; 65];
        for scalar in scalars {
            lengths[64 - scalar.unsigned_abs().leading_zeros() as usize] += 1;
        }
        lengths
    };
    let lengths = scalars.par_chunks(1 << 14).map(count).reduce(
        || [0; 65],
        |mut sum, lengths| {
            sum.iter_mut().zip(lengths).for_each(|(sum, length)| *sum += length);
            sum
        },
    );
    let mut all = [0; FULL_BITS + 1];
    all[..65].copy_from_slice(&lengths);
    all
}

/// A cut of scalars into `count` windows of `width` bits. All digits but the last are signed
/// (−2^(width−1) ≤ digit < 2^(width−1)); the last one has less than `width` bits and a carry. So
/// no digit is larger than 2^(width−1) in absolute value.
#[derive(Clone, Copy)]
struct Windows {
    width: usize,
    count: usize,
}

impl Windows {
    /// The cheapest cut for the given numbers of scalars of each bit length.
    fn choose(lengths: &[usize; FULL_BITS + 1]) -> Self {
        let longest = lengths.iter().rposition(|count| *count > 0).unwrap_or(0);
        let cost = |width: usize| {
            let digits: usize =
                lengths.iter().enumerate().skip(1).map(|(bits, n)| n * (bits / width + 1)).sum();
            // A bucket takes part in two additions when the buckets are combined, and has some
            // cost of its own; the last window has fewer buckets.
            let buckets = longest / width * (1 << (width - 1)) + (1 << (longest % width));
            digits + 5 * buckets / 2
        };
        let width = (2..=MAX_WINDOW).min_by_key(|width| cost(*width)).expect("several widths");
        Self { width, count: longest / width + 1 }
    }

    /// 2^(width−1) in every window but the last: added to a scalar, it makes the carries.
    fn offset(&self) -> [u64; 4] {
        let mut offset = [0; 4];
        for window in 1..self.count {
            let bit = window * self.width - 1;
            offset[bit / 64] |= 1 << (bit % 64);
        }
        offset
    }

    /// The digit of a window, from the shifted scalar's bits there and above.
    fn digit(&self, window: usize) -> impl Fn(u64) -> i32 + Copy {
        let mask = (1 << self.width) - 1;
        let offset = if window + 1 < self.count { 1 << (self.width - 1) } else { 0 };
        move |bits| (bits & mask) as i32 - offset
    }

    /// The sum; `digits(window)` gives the digits of all scalars there, none larger than
    /// 2^(width−1).
    fn msm<P: SumCurve, D: Fn(usize) -> i32 + Sync>(
        &self,
        points: &[Affine<P>],
        length: usize,
        digits: impl Fn(usize) -> D + Sync,
    ) -> Projective<P> {
        assert!(length <= points.len(), "{length} scalars for {} points", points.len());
        assert!(length < 1 << 31, "a multi-scalar multiplication of 2^31 points or more");
        let windows: Vec<Projective<P>> = (0..self.count)
            .into_par_iter()
            .map(|window| {
                let (terms, bounds) = sort(length, 1 << (self.width - 1), digits(window));
                combine(P::sums(points, &terms, &bounds))
            })
            .collect();
        let mut sum = Projective::zero();
        for window in windows.into_iter().rev() {
            for _ in 0..self.width {
                sum.double_in_place();
            }
            sum += window;
        }
        sum
    }
}

/// a + b modulo 2^256.
fn add(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut sum = [0; 4];
    let mut carry = 0;
    for (sum, (a, b)) in sum.iter_mut().zip(a.into_iter().zip(b)) {
        let total = u128::from(a) + u128::from(b) + carry;
        *sum = total as u64;
        carry = total >> 64;
    }
    sum
}

/// 64 bits of an integer from a position on.
#[inline]
fn bits(limbs: &[u64; 4], position: usize) -> u64 {
    let (limb, shift) = (position / 64, position % 64);
    let high = limbs.get(limb + 1).copied().unwrap_or(0);
    ((u128::from(high) << 64 | u128::from(limbs[limb])) >> shift) as u64
}

/// Indexes 0 … length−1 sorted by |digit| (1 … buckets; 0 is dropped): the terms of bucket i are
/// those from bounds[i − 1] to bounds[i].
fn sort(
    length: usize,
    buckets: usize,
    digit: impl Fn(usize) -> i32 + Sync,
) -> (Vec<Term>, Vec<usize>) {
    let parts = if length < 1 << 13 { 1 } else { rayon::current_num_threads() };
    let part = length.div_ceil(parts).max(1);
    let mut digits = vec![0; length];
    let mut places: Vec<Vec<u32>> = digits
        .par_chunks_mut(part)
        .enumerate()
        .map(|(i, digits)| {
            let mut counts = vec![0; buckets + 1];
            for (offset, place) in digits.iter_mut().enumerate() {
                *place = digit(i * part + offset);
                counts[place.unsigned_abs() as usize] += 1;
            }
            counts
        })
        .collect();
    // Counts become places: bucket after bucket, and within a bucket part after part.
    let mut bounds = Vec::with_capacity(buckets + 1);
    let mut place = 0;
    for bucket in 1..=buckets {
        bounds.push(place as usize);
        for part in &mut places {
            place += std::mem::replace(&mut part[bucket], place);
        }
    }
    bounds.push(place as usize);
    let mut terms = Vec::with_capacity(place as usize);
    terms.resize_with(place as usize, || Term::new(0, false));
    places.into_par_iter().zip(digits.par_chunks(part)).enumerate().for_each(
        |(i, (mut places, digits))| {
            for (offset, digit) in digits.iter().enumerate() {
                if *digit != 0 {
                    let place = &mut places[digit.unsigned_abs() as usize];
                    terms[*place as usize].set(i * part + offset, *digit < 0);
                    *place += 1;
                }
            }
        },
    );
    (terms, bounds)
}

/// Σ_i (i + 1) · buckets[i]: the odd weights' buckets are summed for bit 0, then neighbours are
/// added (weights 2j and 2j + 1 to weight j) and so on for the other bits. Two additions a
/// bucket, all in large batches.
fn combine<P: SumCurve>(buckets: Vec<Affine<P>>) -> Projective<P> {
    let mut points = buckets;
    let mut level: Vec<(usize, usize)> = (0..points.len()).map(|i| (i + 1, i)).collect();
    level.retain(|(_, place)| !points[*place].is_zero());
    let mut odd_terms = Vec::new();
    let mut odd_bounds = vec![0];
    while !level.is_empty() {
        odd_terms.extend(
            level.iter().filter(|(w, _)| w % 2 == 1).map(|(_, place)| Term::new(*place, false)),
        );
        odd_bounds.push(odd_terms.len());
        level.retain(|(weight, _)| *weight > 1);
        let terms: Vec<Term> = level.iter().map(|(_, place)| Term::new(*place, false)).collect();
        let mut bounds = vec![0];
        let mut weights = Vec::new();
        for group in level.chunk_by(|(a, _), (b, _)| a / 2 == b / 2) {
            bounds.push(bounds[weights.len()] + group.len());
            weights.push(group[0].0 / 2);
        }
        let sums = P::sums(&points, &terms, &bounds);
        let first = points.len();
        level = weights.into_iter().enumerate().map(|(i, weight)| (weight, first + i)).collect();
        points.extend(sums);
        level.retain(|(_, place)| !points[*place].is_zero());
    }
    let mut sum = Projective::zero();
    for bit in P::sums(&points, &odd_terms, &odd_bounds).into_iter().rev() {
        sum.double_in_place();
        sum += bit;
    }
    sum
}

#[cfg(test)]
mod tests;
