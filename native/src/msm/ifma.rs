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

use ark_ff::{BigInt, Field, Fp, MontFp, One, PrimeField, Zero};

use super::sums::{PairAdder, Pairs, Plain};

const LIMBS: usize = 5;
const BITS: u32 = 52;
const MASK: u64 = (1 << BITS) - 1;
/// Vectors that are worked on together: one alone would wait for its own multiplications.
const WIDTH: usize = 2;
/// Additions in one step.
const LANES: usize = 8 * WIDTH;
const _: () = assert!(LANES == Pairs::STEP);
/// Steps of lanes that are fetched from memory ahead.
const AHEAD: usize = 2;

type Vector = __m512i;
/// Eight field elements.
type Element = [Vector; LIMBS];

const P: [u64; 4] = Fq::MODULUS.0;
const P1: [u64; LIMBS] = multiple_of_p(1);
const P16: [u64; LIMBS] = multiple_of_p(16);
const P17: [u64; LIMBS] = multiple_of_p(17);
const P33: [u64; LIMBS] = multiple_of_p(33);
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

/// 2^260 modulo p.
const ONE: [u64; LIMBS] = {
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
fn broadcast(limb: u64) -> Vector {
    _mm512_set1_epi64(limb as i64)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn broadcast_element(limbs: &[u64; LIMBS]) -> Element {
    [
        broadcast(limbs[0]),
        broadcast(limbs[1]),
        broadcast(limbs[2]),
        broadcast(limbs[3]),
        broadcast(limbs[4]),
    ]
}

/// Eight points.
struct Points {
    x: Element,
    /// With the sign of the operand.
    y: Element,
    /// The lanes that hold the point at infinity.
    infinite: u8,
}

/// The address of an operand.
///
/// # Safety
/// The index in the code is one of the points'.
#[inline]
unsafe fn address(points: &[G1Affine], code: u32) -> *const G1Affine {
    points.as_ptr().add((code >> 1) as usize)
}

/// # Safety
/// As for [`address`].
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn prefetch(points: &[G1Affine], codes: [u32; 8]) {
    for code in codes {
        _mm_prefetch::<_MM_HINT_T0>(address(points, code).cast());
    }
}

/// # Safety
/// As for [`address`].
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
unsafe fn load<const SHIFT: u32>(points: &[G1Affine], codes: [u32; 8]) -> Points {
    let mut rows = [_mm512_setzero_si512(); 8];
    for (row, code) in rows.iter_mut().zip(codes) {
        *row = _mm512_loadu_si512(address(points, code).cast());
    }
    let [x0, x1, x2, x3, y0, y1, y2, y3] = transpose_rows(rows);
    let any = _mm512_or_si512(
        _mm512_or_si512(_mm512_or_si512(x0, x1), _mm512_or_si512(x2, x3)),
        _mm512_or_si512(_mm512_or_si512(y0, y1), _mm512_or_si512(y2, y3)),
    );
    let infinite = _mm512_testn_epi64_mask(any, any);
    let x = to_limbs::<SHIFT>([x0, x1, x2, x3]);
    let mut y = to_limbs::<SHIFT>([y0, y1, y2, y3]);
    if SHIFT > 0 {
        // Only points have signs.
        let codes = _mm512_cvtepu32_epi64(_mm256_loadu_si256(codes.as_ptr().cast()));
        let negative = _mm512_test_epi64_mask(codes, broadcast(1));
        let opposite = carry(sub(broadcast_element(&P16), y));
        for (limb, opposite) in y.iter_mut().zip(opposite) {
            *limb = _mm512_mask_mov_epi64(*limb, negative, opposite);
        }
    }
    Points { x, y, infinite }
}

/// a − b + 16 p, for b below 16 p: below 32 p if a is below 16 p.
#[inline]
#[target_feature(enable = "avx512f")]
fn difference(a: Element, b: Element) -> Element {
    carry(add(sub(a, b), broadcast_element(&P16)))
}

/// Four words of 64 bits as five limbs of 52, shifted left.
#[inline]
#[target_feature(enable = "avx512f")]
fn to_limbs<const SHIFT: u32>(w: [Vector; 4]) -> Element {
    let mask = broadcast(MASK);
    let shift = |i: u32| _mm_cvtsi32_si128(i as i32);
    let join = |low: Vector, right: u32, high: Vector| {
        let low = _mm512_srl_epi64(low, shift(right - SHIFT));
        let high = _mm512_sll_epi64(high, shift(64 - right + SHIFT));
        _mm512_and_si512(_mm512_or_si512(low, high), mask)
    };
    [
        _mm512_and_si512(_mm512_sll_epi64(w[0], shift(SHIFT)), mask),
        join(w[0], 52, w[1]),
        join(w[1], 40, w[2]),
        join(w[2], 28, w[3]),
        _mm512_srl_epi64(w[3], shift(16 - SHIFT)),
    ]
}

/// The reverse of [`to_limbs`] without shift, for limbs of 52 bits and numbers below 2^256.
#[inline]
#[target_feature(enable = "avx512f")]
fn to_words(l: Element) -> [Vector; 4] {
    [
        _mm512_or_si512(l[0], _mm512_slli_epi64::<52>(l[1])),
        _mm512_or_si512(_mm512_srli_epi64::<12>(l[1]), _mm512_slli_epi64::<40>(l[2])),
        _mm512_or_si512(_mm512_srli_epi64::<24>(l[2]), _mm512_slli_epi64::<28>(l[3])),
        _mm512_or_si512(_mm512_srli_epi64::<36>(l[3]), _mm512_slli_epi64::<16>(l[4])),
    ]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn transpose(x: [Vector; 4], y: [Vector; 4]) -> [Vector; 8] {
    transpose_rows([x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3]])
}

/// Row i's word j becomes row j's word i.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose_rows(r: [Vector; 8]) -> [Vector; 8] {
    let low = |a: usize| _mm512_unpacklo_epi64(r[a], r[a + 1]);
    let high = |a: usize| _mm512_unpackhi_epi64(r[a], r[a + 1]);
    // Pairs of rows: words (0, 2, 4, 6) and (1, 3, 5, 7) of each.
    let even = [low(0), low(2), low(4), low(6)];
    let odd = [high(0), high(2), high(4), high(6)];
    let quarter = |t: [Vector; 4]| {
        // Blocks of 128 bits: 0 and 2 in the first of each two, 1 and 3 in the second.
        let a = _mm512_shuffle_i64x2::<0x88>(t[0], t[1]);
        let b = _mm512_shuffle_i64x2::<0xdd>(t[0], t[1]);
        let c = _mm512_shuffle_i64x2::<0x88>(t[2], t[3]);
        let d = _mm512_shuffle_i64x2::<0xdd>(t[2], t[3]);
        [
            _mm512_shuffle_i64x2::<0x88>(a, c),
            _mm512_shuffle_i64x2::<0x88>(b, d),
            _mm512_shuffle_i64x2::<0xdd>(a, c),
            _mm512_shuffle_i64x2::<0xdd>(b, d),
        ]
    };
    let (e, o) = (quarter(even), quarter(odd));
    [e[0], o[0], e[1], o[1], e[2], o[2], e[3], o[3]]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add(mut a: Element, b: Element) -> Element {
    for i in 0..LIMBS {
        a[i] = _mm512_add_epi64(a[i], b[i]);
    }
    a
}

#[inline]
#[target_feature(enable = "avx512f")]
fn sub(mut a: Element, b: Element) -> Element {
    for i in 0..LIMBS {
        a[i] = _mm512_sub_epi64(a[i], b[i]);
    }
    a
}

/// Limbs of 52 bits from signed ones; the number must not be negative.
#[inline]
#[target_feature(enable = "avx512f")]
fn carry(mut a: Element) -> Element {
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
fn reduce(mut a: Element) -> Element {
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
fn multiply(a: &[Element; WIDTH], b: &[Element; WIDTH]) -> [Element; WIDTH] {
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
fn invert(a: &[Element; WIDTH]) -> Option<[Element; WIDTH]> {
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
