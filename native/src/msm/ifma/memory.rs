//! Points between memory and lanes.

use std::arch::x86_64::*;

use ark_bn254::G1Affine;

use super::element::{broadcast, broadcast_element, carry, sub, Element, Vector, MASK, P16};

/// Eight points.
pub struct Points {
    pub x: Element,
    /// With the sign of the operand.
    pub y: Element,
    /// The lanes that hold the point at infinity.
    pub infinite: u8,
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
pub unsafe fn prefetch(points: &[G1Affine], codes: [u32; 8]) {
    for code in codes {
        _mm_prefetch::<_MM_HINT_T0>(address(points, code).cast());
    }
}

/// # Safety
/// As for [`address`].
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
pub unsafe fn load<const SHIFT: u32>(points: &[G1Affine], codes: [u32; 8]) -> Points {
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

/// Four words of 64 bits as five limbs of 52, shifted left.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn to_limbs<const SHIFT: u32>(w: [Vector; 4]) -> Element {
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
pub fn to_words(l: Element) -> [Vector; 4] {
    [
        _mm512_or_si512(l[0], _mm512_slli_epi64::<52>(l[1])),
        _mm512_or_si512(_mm512_srli_epi64::<12>(l[1]), _mm512_slli_epi64::<40>(l[2])),
        _mm512_or_si512(_mm512_srli_epi64::<24>(l[2]), _mm512_slli_epi64::<28>(l[3])),
        _mm512_or_si512(_mm512_srli_epi64::<36>(l[3]), _mm512_slli_epi64::<16>(l[4])),
    ]
}

#[inline]
#[target_feature(enable = "avx512f")]
pub fn transpose(x: [Vector; 4], y: [Vector; 4]) -> [Vector; 8] {
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
