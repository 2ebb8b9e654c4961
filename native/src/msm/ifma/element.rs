//! Arithmetic on lanes of eight field elements.

use std::arch::x86_64::*;

use ark_bn254::Fq;
use ark_ff::{BigInt, Field, Fp, One, PrimeField, Zero};

use super::memory::{to_limbs, to_words};
use super::{LANES, WIDTH};

pub const LIMBS: usize = 5;
pub const BITS: u32 = 52;
pub const MASK: u64 = (1 << BITS) - 1;
pub type Vector = __m512i;
/// Eight field elements.
pub type Element = [Vector; LIMBS];

const P: [u64; 4] = Fq::MODULUS.0;
const P1: [u64; LIMBS] = multiple_of_p(1);
pub const P16: [u64; LIMBS] = multiple_of_p(16);
pub const P17: [u64; LIMBS] = multiple_of_p(17);
pub const P33: [u64; LIMBS] = multiple_of_p(33);
/// 2^260 − p.
const MINUS_P: [u64; LIMBS] = {
    let mut limbs = [0; LIMBS];
    let mut borrow = 1;
    let mut i = 0;
    while i < LIMBS {
        let limb = (MASK - P1[i]) + borrow;
        limbs[i] = limb & MASK;
        borrow = limb >> BITS;
        i += 1;
    }
    limbs
};
/// −1/p modulo 2^52.
const FACTOR: u64 = {
    let mut inverse: u64 = 1;
    let mut i = 0;
    while i < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(P[0].wrapping_mul(inverse)));
        i += 1;
    }
    inverse.wrapping_neg() & MASK
};
/// A little less than 2^52 divided by p's highest limb.
const QUOTIENT: u64 = (1 << BITS) / (P1[4] + 1) - 1;

const fn multiple_of_p(factor: u64) -> [u64; LIMBS] {
    let mut limbs = [0; LIMBS];
    let mut carry: u128 = 0;
    let mut i = 0;
    while i < LIMBS {
        let position = i * BITS as usize;
        let (word, shift) = (position / 64, position % 64);
        let mut limb = P[word] >> shift;
        if shift > 12 && word < 3 {
            limb |= P[word + 1] << (64 - shift);
        }
        carry += (limb & MASK) as u128 * factor as u128;
        limbs[i] = carry as u64 & MASK;
        carry >>= BITS;
        i += 1;
    }
    limbs
}

/// 2^260 modulo p.
pub const ONE: [u64; LIMBS] = {
    // 2^260 − 84 p is the remainder, or one multiple of p above it.
    let multiple = multiple_of_p(84);
    let mut limbs = [0; LIMBS];
    let mut borrow = 1;
    let mut i = 0;
    while i < LIMBS {
        let limb = (MASK - multiple[i]) + borrow;
        limbs[i] = limb & MASK;
        borrow = limb >> BITS;
        i += 1;
    }
    limbs
};

#[inline]
#[target_feature(enable = "avx512f")]
pub fn broadcast(limb: u64) -> Vector {
    _mm512_set1_epi64(limb as i64)
}

#[inline]
#[target_feature(enable = "avx512f")]
pub fn broadcast_element(limbs: &[u64; LIMBS]) -> Element {
    [
        broadcast(limbs[0]),
        broadcast(limbs[1]),
        broadcast(limbs[2]),
        broadcast(limbs[3]),
        broadcast(limbs[4]),
    ]
}

/// a − b + 16 p, for b below 16 p: below 32 p if a is below 16 p.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn difference(a: Element, b: Element) -> Element {
    carry(add(sub(a, b), broadcast_element(&P16)))
}

#[inline]
#[target_feature(enable = "avx512f")]
pub fn add(mut a: Element, b: Element) -> Element {
    for i in 0..LIMBS {
        a[i] = _mm512_add_epi64(a[i], b[i]);
    }
    a
}

#[inline]
#[target_feature(enable = "avx512f")]
pub fn sub(mut a: Element, b: Element) -> Element {
    for i in 0..LIMBS {
        a[i] = _mm512_sub_epi64(a[i], b[i]);
    }
    a
}

/// Limbs of 52 bits from signed ones; the number must not be negative.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn carry(mut a: Element) -> Element {
    let mask = broadcast(MASK);
    for i in 0..LIMBS - 1 {
        a[i + 1] = _mm512_add_epi64(a[i + 1], _mm512_srai_epi64::<BITS>(a[i]));
        a[i] = _mm512_and_si512(a[i], mask);
    }
    a
}

/// A number from p to 40 p (limbs signed and of a few bits more) reduced below 1.7 p: subtracts a
/// multiple of p, estimated from the highest limb and never too large.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn reduce(mut a: Element) -> Element {
    let quotient = _mm512_madd52hi_epu64(_mm512_setzero_si512(), a[4], broadcast(QUOTIENT));
    let minus_p = broadcast_element(&MINUS_P);
    for i in 0..LIMBS {
        a[i] = _mm512_madd52lo_epu64(a[i], quotient, minus_p[i]);
        if i + 1 < LIMBS {
            a[i + 1] = _mm512_madd52hi_epu64(a[i + 1], quotient, minus_p[i]);
        }
    }
    let mut a = carry(a);
    // Drops quotient · 2^260.
    a[4] = _mm512_and_si512(a[4], broadcast(MASK));
    a
}

/// Montgomery products a b / 2^260 of numbers with limbs of 52 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn multiply(a: &[Element; WIDTH], b: &[Element; WIDTH]) -> [Element; WIDTH] {
    let zero = _mm512_setzero_si512();
    let p = broadcast_element(&P1);
    let factor = broadcast(FACTOR);
    let mut t = [[zero; LIMBS + 1]; WIDTH];
    for i in 0..LIMBS {
        for v in 0..WIDTH {
            for j in 0..LIMBS {
                t[v][j] = _mm512_madd52lo_epu64(t[v][j], a[v][j], b[v][i]);
            }
        }
        for v in 0..WIDTH {
            for j in 0..LIMBS {
                t[v][j + 1] = _mm512_madd52hi_epu64(t[v][j + 1], a[v][j], b[v][i]);
            }
        }
        for t in &mut t {
            let m = _mm512_madd52lo_epu64(zero, t[0], factor);
            for j in 0..LIMBS {
                t[j] = _mm512_madd52lo_epu64(t[j], m, p[j]);
            }
            for j in 0..LIMBS {
                t[j + 1] = _mm512_madd52hi_epu64(t[j + 1], m, p[j]);
            }
            // The lowest limb is a multiple of 2^52 now.
            t[0] = _mm512_add_epi64(t[1], _mm512_srli_epi64::<BITS>(t[0]));
            for j in 1..LIMBS {
                t[j] = t[j + 1];
            }
            t[LIMBS] = zero;
        }
    }
    let mut result = [[zero; LIMBS]; WIDTH];
    for v in 0..WIDTH {
        result[v] = carry([t[v][0], t[v][1], t[v][2], t[v][3], t[v][4]]);
    }
    result
}

/// The inverses of all lanes, unless one is zero.
#[target_feature(enable = "avx512f")]
pub fn invert(a: &[Element; WIDTH]) -> Option<[Element; WIDTH]> {
    let mut values = [Fq::zero(); LANES];
    for (v, element) in a.iter().enumerate() {
        let words = to_words(*element).map(|word| {
            let mut lanes = [0u64; 8];
            // SAFETY: eight words are 64 bytes.
            unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), word) };
            lanes
        });
        for lane in 0..8 {
            let mut limbs = BigInt::new([0, 1, 2, 3].map(|i: usize| words[i][lane]));
            while limbs >= Fq::MODULUS {
                ark_ff::BigInteger::sub_with_borrow(&mut limbs, &Fq::MODULUS);
            }
            values[8 * v + lane] = Fp(limbs, std::marker::PhantomData);
        }
    }
    // Read with R = 2^256, a value is 16 times what it stands for, and so would be its inverse.
    let mut product = Fq::one();
    let mut products = [Fq::one(); LANES];
    for (value, before) in values.iter().zip(&mut products) {
        *before = product;
        product *= value;
    }
    let mut inverse = product.inverse()?;
    let scale = Fq::from(256u64);
    for (value, before) in values.iter_mut().zip(products).rev() {
        let this = inverse * before * scale;
        inverse *= *value;
        *value = this;
    }
    let mut result = *a;
    for (v, element) in result.iter_mut().enumerate() {
        let word = |i: usize| {
            let lanes: [u64; 8] = std::array::from_fn(|lane| values[8 * v + lane].0 .0[i]);
            // SAFETY: eight words are 64 bytes.
            unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }
        };
        *element = to_limbs::<0>([word(0), word(1), word(2), word(3)]);
    }
    Some(result)
}
