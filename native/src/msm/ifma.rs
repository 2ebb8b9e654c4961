//! Sums of points of BN254's G1 with AVX-512 IFMA: eight additions at a time, sixteen in flight.
//!
//! A field element is five limbs of 52 bits in Montgomery form with R = 2^260, lanes of eight
//! elements side by side. Elements are reduced lazily: comments give bounds in multiples of the
//! modulus p. A product of numbers below A·p and B·p is below (0.012·A·B + 1)·p, as p/2^260 is
//! 0.0118, and everything below 84·p fits five limbs.
//!
//! Points that the formulas for different finite points do not cover are left to [`Plain`].

// Loops over limbs and vectors index several arrays at once, and are unrolled.
#![allow(clippy::needless_range_loop)]

use std::arch::x86_64::*;

use ark_bn254::{g1, Fq, G1Affine};

use ark_ff::{Fp, MontFp, PrimeField};

use super::sums::{PairAdder, Pairs, Plain};

use element::{
    add, broadcast_element, difference, invert, multiply, reduce, sub, Element, LIMBS, ONE, P17,
    P33,
};
use memory::{load, prefetch, to_words, transpose};

mod element;
mod memory;

/// Vectors that are worked on together: one alone would wait for its own multiplications.
const WIDTH: usize = 2;
/// Additions in one step.
const LANES: usize = 8 * WIDTH;
const _: () = assert!(LANES == Pairs::STEP);
/// Steps of lanes that are fetched from memory ahead.
const AHEAD: usize = 2;

/// Whether this processor has the instructions.
pub fn available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512ifma")
}

/// Adds pairs of points; sums are points whose coordinates are not reduced (below 2^256) and have
/// R = 2^260.
#[derive(Default)]
pub struct Ifma {
    /// For each step: the products of the denominators of the steps before.
    products: Vec<[Element; WIDTH]>,
    plain: Plain<g1::Config>,
}

/// 16 = 2^260 / 2^256: what the two Montgomery forms differ by.
const SIXTEEN: Fq = MontFp!("16");
/// Its inverse.
const SIXTEENTH: Fq =
    MontFp!("12312136615409592312513603231707217237391675025980025810262583815737939742328");

/// The point of a sum.
fn from_sum(sum: &G1Affine) -> G1Affine {
    let coordinate = |x: Fq| {
        // Below 2^256, which is 5.3 p.
        let mut limbs = x.0;
        while limbs >= Fq::MODULUS {
            ark_ff::BigInteger::sub_with_borrow(&mut limbs, &Fq::MODULUS);
        }
        Fp(limbs, std::marker::PhantomData) * SIXTEENTH
    };
    G1Affine::new_unchecked(coordinate(sum.x), coordinate(sum.y))
}

fn to_sum(point: &G1Affine) -> G1Affine {
    G1Affine::new_unchecked(point.x * SIXTEEN, point.y * SIXTEEN)
}

impl PairAdder<g1::Config> for Ifma {
    fn add_points(&mut self, points: &[G1Affine], pairs: &Pairs, out: &mut [G1Affine]) {
        // From R = 2^256 to R = 2^260 by a shift.
        // SAFETY: `available` was asked before this adder was chosen.
        if !unsafe { add_pairs::<4>(&mut self.products, points, pairs, out) } {
            self.add_plain(|code| Pairs::point(points, code), pairs, out);
        }
    }

    fn add_sums(&mut self, sums: &[G1Affine], pairs: &Pairs, out: &mut [G1Affine]) {
        // SAFETY: as above.
        if !unsafe { add_pairs::<0>(&mut self.products, sums, pairs, out) } {
            self.add_plain(|code| from_sum(&sums[(code >> 1) as usize]), pairs, out);
        }
    }

    fn single(&mut self, point: &G1Affine) -> G1Affine {
        to_sum(point)
    }

    fn finish(&mut self, sums: &mut [G1Affine]) {
        for sum in sums {
            *sum = from_sum(sum);
        }
    }
}

impl Ifma {
    /// Adds pairs that the formulas here do not cover.
    fn add_plain(
        &mut self,
        operand: impl Fn(u32) -> G1Affine,
        pairs: &Pairs,
        out: &mut [G1Affine],
    ) {
        self.plain.add(operand, pairs, out);
        for place in &pairs.out {
            out[*place as usize] = to_sum(&out[*place as usize]);
        }
    }
}

/// Adds all pairs, or returns false and leaves `out` as it is: two points of a pair are equal or
/// opposite, or one is infinite. Coordinates are shifted left by SHIFT bits on loading, and must
/// be below 16 p then.
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn add_pairs<const SHIFT: u32>(
    products: &mut Vec<[Element; WIDTH]>,
    points: &[G1Affine],
    pairs: &Pairs,
    out: &mut [G1Affine],
) -> bool {
    let Pairs { left, right, out: places } = pairs;
    if places.is_empty() {
        return true;
    }
    let count = places.len().div_ceil(LANES);
    assert!(left.len() == count * LANES && right.len() == count * LANES);
    let last = left.iter().chain(right).max().map_or(0, |code| code >> 1);
    assert!((last as usize) < points.len(), "a term beyond the points");
    // SAFETY (of every `prefetch` and `load`): asserted above.
    let codes = |list: &[u32], step: usize, v: usize| -> [u32; 8] {
        let first = step * LANES + 8 * v;
        list[first..first + 8].try_into().expect("eight codes")
    };
    products.clear();
    products.reserve(count);
    let mut product = [broadcast_element(&ONE); WIDTH];
    for step in 0..count {
        if step + AHEAD < count {
            for v in 0..WIDTH {
                unsafe { prefetch(points, codes(left, step + AHEAD, v)) };
                unsafe { prefetch(points, codes(right, step + AHEAD, v)) };
            }
        }
        let mut denominator = [[_mm512_setzero_si512(); LIMBS]; WIDTH];
        for v in 0..WIDTH {
            let a = unsafe { load::<SHIFT>(points, codes(left, step, v)) };
            let b = unsafe { load::<SHIFT>(points, codes(right, step, v)) };
            // Zero, for `invert` to find, where an operand is infinite.
            if a.infinite | b.infinite == 0 {
                denominator[v] = difference(b.x, a.x);
            }
        }
        products.push(product);
        // Below 1.7 p.
        product = multiply(&product, &denominator);
    }
    let Some(mut inverse) = invert(&product) else { return false };
    for (step, product) in products.iter().enumerate().rev() {
        if step > 0 {
            for v in 0..WIDTH {
                unsafe { prefetch(points, codes(left, step - 1, v)) };
                unsafe { prefetch(points, codes(right, step - 1, v)) };
            }
        }
        let mut a_x = [[_mm512_setzero_si512(); LIMBS]; WIDTH];
        let mut a_y = a_x;
        let mut minus_x = a_x;
        let mut rise = a_x;
        let mut denominator = a_x;
        for v in 0..WIDTH {
            let a = unsafe { load::<SHIFT>(points, codes(left, step, v)) };
            let b = unsafe { load::<SHIFT>(points, codes(right, step, v)) };
            (a_x[v], a_y[v]) = (a.x, a.y);
            denominator[v] = difference(b.x, a.x);
            rise[v] = difference(b.y, a.y);
            // 33 p − x_a − x_b.
            minus_x[v] = sub(sub(broadcast_element(&P33), a.x), b.x);
        }
        let slope_inverse = multiply(&inverse, product);
        inverse = multiply(&inverse, &denominator);
        // Below 1.5 p.
        let slope = multiply(&rise, &slope_inverse);
        let square = multiply(&slope, &slope);
        let mut x = a_x;
        let mut run = a_x;
        for v in 0..WIDTH {
            // Below 35 p, reduced to 1.7 p.
            x[v] = reduce(add(square[v], minus_x[v]));
            run[v] = difference(a_x[v], x[v]);
        }
        let climb = multiply(&slope, &run);
        for v in 0..WIDTH {
            // Below 19 p, reduced to 1.7 p.
            let y = reduce(add(sub(climb[v], a_y[v]), broadcast_element(&P17)));
            let sums = transpose(to_words(x[v]), to_words(y));
            let first = step * LANES + 8 * v;
            for (sum, place) in sums.into_iter().zip(places.get(first..).unwrap_or(&[])) {
                // SAFETY: a point is 64 bytes (asserted below).
                unsafe { _mm512_storeu_si512((&raw mut out[*place as usize]).cast(), sum) };
            }
        }
    }
    true
}

const _: () = assert!(std::mem::size_of::<G1Affine>() == 64);
