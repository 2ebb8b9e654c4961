//! Eight elements of Fr at once.
//!
//! An element is five limbs of 52 bits, a vector register holds one limb of eight elements. A
//! product is divided by 2^260 instead of arkworks' R = 2^256: the callers put factors of 2^4 where
//! they are needed. As 2^260 > 84 r, factors below a·r and b·r give a product below (ab/84 + 1) r,
//! so that reductions to less than r are rare; the comments of callers count in r.

use std::arch::x86_64::*;

use ark_bn254::Fr;
use ark_ff::{BigInt, Field, MontConfig, PrimeField};

const MODULUS: [u64; 4] = <Fr as PrimeField>::MODULUS.0;
const MASK: u64 = (1 << 52) - 1;
/// −r^{-1} mod 2^52.
const INVERSE: u64 = <ark_bn254::FrConfig as MontConfig<4>>::INV & MASK;

/// 4 limbs of 64 bits as 5 of 52.
const fn split(limbs: [u64; 4]) -> [u64; 5] {
    let [a, b, c, d] = limbs;
    [
        a & MASK,
        (a >> 52 | b << 12) & MASK,
        (b >> 40 | c << 24) & MASK,
        (c >> 28 | d << 36) & MASK,
        d >> 16,
    ]
}

/// k·r for k = 0 … 3.
const MULTIPLES: [[u64; 5]; 4] = {
    let r = split(MODULUS);
    let mut multiples = [[0; 5]; 4];
    let mut k = 1;
    while k < 4 {
        let (mut carry, mut i) = (0, 0);
        while i < 5 {
            let sum = multiples[k - 1][i] + r[i] + carry;
            multiples[k][i] = sum & MASK;
            carry = sum >> 52;
            i += 1;
        }
        k += 1;
    }
    multiples
};

/// Eight elements, limb by limb; all limbs but the highest below 2^52.
#[derive(Clone, Copy)]
pub struct Lanes([__m512i; 5]);

/// A sum of at most 200 products that is not reduced yet: its limbs stay below 2^63.
pub struct Wide([__m512i; 10]);

// SAFETY (of every block below): the instructions are those of the target features avx512f and
// avx512ifma, without which this module is not compiled; loads and stores go through references to
// as many values as they touch.

#[inline(always)]
fn splat(value: u64) -> __m512i {
    unsafe { _mm512_set1_epi64(value as i64) }
}

#[inline(always)]
fn add(a: __m512i, b: __m512i) -> __m512i {
    unsafe { _mm512_add_epi64(a, b) }
}

impl Wide {
    pub fn zero() -> Self {
        Self([splat(0); 10])
    }

    /// Adds a·b.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Lanes, b: &Lanes) {
        for i in 0..5 {
            for j in 0..5 {
                let (low, high) = (self.0[i + j], self.0[i + j + 1]);
                self.0[i + j] = unsafe { _mm512_madd52lo_epu64(low, a.0[i], b.0[j]) };
                self.0[i + j + 1] = unsafe { _mm512_madd52hi_epu64(high, a.0[i], b.0[j]) };
            }
        }
    }

    /// The sum over 2^260.
    #[inline(always)]
    pub fn reduce(mut self) -> Lanes {
        let inverse = splat(INVERSE);
        let modulus = MULTIPLES[1].map(splat);
        for i in 0..5 {
            let factor = unsafe { _mm512_madd52lo_epu64(splat(0), self.0[i], inverse) };
            for (j, limb) in modulus.iter().enumerate() {
                let (low, high) = (self.0[i + j], self.0[i + j + 1]);
                self.0[i + j] = unsafe { _mm512_madd52lo_epu64(low, factor, *limb) };
                self.0[i + j + 1] = unsafe { _mm512_madd52hi_epu64(high, factor, *limb) };
            }
            let carry = unsafe { _mm512_srli_epi64::<52>(self.0[i]) };
            self.0[i + 1] = add(self.0[i + 1], carry);
        }
        let [.., a, b, c, d, e] = self.0;
        Lanes([a, b, c, d, e]).carried()
    }
}

impl Lanes {
    pub fn zero() -> Self {
        Self([splat(0); 5])
    }

    /// Eight times the integer of four limbs.
    pub fn broadcast(limbs: [u64; 4]) -> Self {
        Self(split(limbs).map(splat))
    }

    /// Carries what exceeds 52 bits of a limb, or is negative, to the next limb.
    #[inline(always)]
    fn carried(mut self) -> Self {
        for i in 0..4 {
            let carry = unsafe { _mm512_srai_epi64::<52>(self.0[i]) };
            self.0[i] = unsafe { _mm512_and_si512(self.0[i], splat(MASK)) };
            self.0[i + 1] = add(self.0[i + 1], carry);
        }
        self
    }

    #[inline(always)]
    pub fn add(&self, other: &Self) -> Self {
        self.add_raw(other).carried()
    }

    /// A sum whose limbs are not carried: for at most 2^11 terms, to be read with [`Self::sum`].
    #[inline(always)]
    pub fn add_raw(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|i| add(self.0[i], other.0[i])))
    }

    /// self − other + K r; other is at most K r.
    #[inline(always)]
    pub fn sub<const K: usize>(&self, other: &Self) -> Self {
        let limb = |i: usize| unsafe { _mm512_sub_epi64(self.0[i], other.0[i]) };
        Self(std::array::from_fn(|i| add(limb(i), splat(MULTIPLES[K][i])))).carried()
    }

    /// self · other / 2^260.
    #[inline(never)]
    pub fn mul(&self, other: &Self) -> Self {
        let mut product = Wide::zero();
        product.add_product(self, other);
        product.reduce()
    }

    /// (a·b + c·d) / 2^260.
    #[inline(never)]
    pub fn two_products(a: &Self, b: &Self, c: &Self, d: &Self) -> Self {
        let mut sum = Wide::zero();
        sum.add_product(a, b);
        sum.add_product(c, d);
        sum.reduce()
    }

    /// Less than K r, of a value less than 2K r.
    #[inline(always)]
    pub fn reduced<const K: usize>(&self) -> Self {
        let limb = |i: usize| unsafe { _mm512_sub_epi64(self.0[i], splat(MULTIPLES[K][i])) };
        let reduced = Self(std::array::from_fn(limb)).carried();
        unsafe {
            let negative = _mm512_cmplt_epi64_mask(reduced.0[4], splat(0));
            Self(std::array::from_fn(|i| {
                _mm512_mask_blend_epi64(negative, reduced.0[i], self.0[i])
            }))
        }
    }

    /// Σ over the eight lanes, mod r, as an integer's element (not its Montgomery form).
    pub fn sum(&self) -> Fr {
        let base = Fr::from(1u64 << 52);
        self.0.iter().rev().fold(Fr::from(0u64), |sum, limb| {
            let mut values = [0u64; 8];
            unsafe { _mm512_storeu_si512(values.as_mut_ptr().cast(), *limb) };
            sum * base + Fr::from(values.iter().map(|value| u128::from(*value)).sum::<u128>())
        })
    }

    #[inline(always)]
    fn join([a, b, c, d]: [__m512i; 4]) -> Self {
        unsafe {
            let mask = splat(MASK);
            let or = |x, y| _mm512_and_si512(_mm512_or_si512(x, y), mask);
            Self([
                _mm512_and_si512(a, mask),
                or(_mm512_srli_epi64::<52>(a), _mm512_slli_epi64::<12>(b)),
                or(_mm512_srli_epi64::<40>(b), _mm512_slli_epi64::<24>(c)),
                or(_mm512_srli_epi64::<28>(c), _mm512_slli_epi64::<36>(d)),
                _mm512_srli_epi64::<16>(d),
            ])
        }
    }

    /// The four limbs of 64 bits of values below 2^256.
    #[inline(always)]
    fn limbs(&self) -> [__m512i; 4] {
        let [a, b, c, d, e] = self.0;
        unsafe {
            [
                _mm512_or_si512(a, _mm512_slli_epi64::<52>(b)),
                _mm512_or_si512(_mm512_srli_epi64::<12>(b), _mm512_slli_epi64::<40>(c)),
                _mm512_or_si512(_mm512_srli_epi64::<24>(c), _mm512_slli_epi64::<28>(d)),
                _mm512_or_si512(_mm512_srli_epi64::<36>(d), _mm512_slli_epi64::<16>(e)),
            ]
        }
    }

    /// Two elements of each of eight rows: lane i of the first is rows\[STRIDE·i + AT\], of the
    /// second the one behind it.
    #[inline(always)]
    pub fn load_pairs<const STRIDE: usize, const AT: usize>(rows: &[Fr]) -> [Self; 2] {
        let row = |i: usize| {
            let pair: &[Fr] = &rows[STRIDE * i + AT..][..2];
            unsafe { _mm512_loadu_si512(pair.as_ptr().cast()) }
        };
        let [a, b, c, d, e, f, g, h] = transpose(std::array::from_fn(row));
        [Self::join([a, b, c, d]), Self::join([e, f, g, h])]
    }

    /// Stores values below 2r the way [`Self::load_pairs`] loads them, reduced below r.
    #[inline(always)]
    pub fn store_pairs<const STRIDE: usize, const AT: usize>(pair: [Self; 2], rows: &mut [Fr]) {
        let [[a, b, c, d], [e, f, g, h]] = pair.map(|lanes| lanes.reduced::<1>().limbs());
        for (i, row) in transpose([a, b, c, d, e, f, g, h]).into_iter().enumerate() {
            let pair: &mut [Fr] = &mut rows[STRIDE * i + AT..][..2];
            unsafe { _mm512_storeu_si512(pair.as_mut_ptr().cast(), row) };
        }
    }

    /// Eight elements in a row.
    #[inline(always)]
    pub fn load(values: &[Fr]) -> Self {
        let mut limbs = [[0u64; 8]; 4];
        for (lane, value) in values[..8].iter().enumerate() {
            for (limb, value) in limbs.iter_mut().zip(value.0 .0) {
                limb[lane] = value;
            }
        }
        Self::join(limbs.map(|limb| unsafe { _mm512_loadu_si512(limb.as_ptr().cast()) }))
    }

    /// Stores eight values below 2r in a row, reduced below r.
    #[inline(always)]
    pub fn store(&self, values: &mut [Fr]) {
        let mut limbs = [[0u64; 8]; 4];
        for (limb, lanes) in limbs.iter_mut().zip(self.reduced::<1>().limbs()) {
            unsafe { _mm512_storeu_si512(limb.as_mut_ptr().cast(), lanes) };
        }
        for (lane, value) in values[..8].iter_mut().enumerate() {
            *value = Fr::new_unchecked(BigInt(std::array::from_fn(|i| limbs[i][lane])));
        }
    }

    /// r + n for eight signed integers n: values below 2r.
    #[inline(always)]
    fn from_integers(integers: __m512i) -> Self {
        let mut limbs = MULTIPLES[1].map(splat);
        unsafe {
            limbs[0] = add(limbs[0], _mm512_and_si512(integers, splat(MASK)));
            limbs[1] = add(limbs[1], _mm512_srai_epi64::<52>(integers));
        }
        Self(limbs).carried()
    }

    /// Eight integers of each of eight rows: lane i of number j is r + rows\[8 i + j\].
    #[inline(always)]
    pub fn load_integers(rows: &[i64]) -> [Self; 8] {
        let rows: &[i64; 64] = rows[..64].try_into().expect("64 integers");
        let row = |i: usize| unsafe { _mm512_loadu_si512(rows[8 * i..].as_ptr().cast()) };
        transpose(std::array::from_fn(row)).map(Self::from_integers)
    }

    /// Four integers of each of eight rows: lane i of number j is r + rows\[4 i + j\].
    #[inline(always)]
    pub fn load_integer_quads(rows: &[i64]) -> [Self; 4] {
        let rows: &[i64; 32] = rows[..32].try_into().expect("32 integers");
        std::array::from_fn(|j| {
            let lanes: [i64; 8] = std::array::from_fn(|i| rows[4 * i + j]);
            Self::from_integers(unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) })
        })
    }
}

/// An 8 × 8 matrix of 64-bit integers, transposed.
#[inline(always)]
fn transpose(rows: [__m512i; 8]) -> [__m512i; 8] {
    let [a, b, c, d, e, f, g, h] = rows;
    unsafe {
        let low = |x, y| _mm512_unpacklo_epi64(x, y);
        let high = |x, y| _mm512_unpackhi_epi64(x, y);
        // 2 × 2 blocks, then blocks of two rows, then of four.
        let pairs = [low(a, b), high(a, b), low(c, d), high(c, d)];
        let more = [low(e, f), high(e, f), low(g, h), high(g, h)];
        let even = |x, y| _mm512_shuffle_i64x2::<0x88>(x, y);
        let odd = |x, y| _mm512_shuffle_i64x2::<0xdd>(x, y);
        // Columns j and j + 4 (even), j + 2 and j + 6 (odd) of four rows.
        let (a, b) = (even(pairs[0], pairs[2]), even(pairs[1], pairs[3]));
        let (c, d) = (odd(pairs[0], pairs[2]), odd(pairs[1], pairs[3]));
        let (e, f) = (even(more[0], more[2]), even(more[1], more[3]));
        let (g, h) = (odd(more[0], more[2]), odd(more[1], more[3]));
        [even(a, e), even(b, f), even(c, g), even(d, h), odd(a, e), odd(b, f), odd(c, g), odd(d, h)]
    }
}

/// The limbs of 2^exponent·value: what [`Lanes::mul`] turns into a product with `value` for a
/// factor in Montgomery form if the exponent is 4.
pub fn scaled(value: Fr, exponent: u64) -> [u64; 4] {
    (value * Fr::from(2u64).pow([exponent])).0 .0
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::AdditiveGroup;
    use ark_std::{test_rng, UniformRand};

    fn values(count: usize) -> Vec<Fr> {
        let mut rng = test_rng();
        let mut largest = BigInt(MODULUS);
        largest.0[0] -= 1;
        let mut values: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
        values[0] = Fr::ZERO;
        values[1] = Fr::new_unchecked(largest);
        values[9] = Fr::new_unchecked(largest);
        values[10] = Fr::new_unchecked(BigInt([1, 0, 0, 0]));
        values
    }

    /// The eight elements whose Montgomery forms are in the lanes, values below 2r.
    fn read(lanes: &Lanes) -> Vec<Fr> {
        let mut values = vec![Fr::ZERO; 8];
        lanes.store(&mut values);
        values
    }

    #[test]
    fn products() {
        let values = values(32);
        let [a, b, c, d] = [0, 8, 16, 24].map(|i| Lanes::load(&values[i..]));
        let correction = Lanes::broadcast(scaled(Fr::ONE, 8));
        let products = read(&a.mul(&b).mul(&correction));
        let sums = read(&Lanes::two_products(&a, &b, &c, &d).mul(&correction));
        for i in 0..8 {
            assert_eq!(products[i], values[i] * values[8 + i]);
            let other = values[16 + i] * values[24 + i];
            assert_eq!(sums[i], products[i] + other);
        }
    }

    #[test]
    fn sums_and_differences() {
        let values = values(16);
        let [a, b] = [0, 8].map(|i| Lanes::load(&values[i..]));
        let one = Lanes::broadcast(scaled(Fr::ONE, 4));
        let sum = read(&a.add(&b));
        let twice = a.add(&a);
        let differences =
            [a.sub::<1>(&b), twice.sub::<1>(&b), a.sub::<2>(&twice), a.sub::<3>(&twice)];
        let differences = differences.map(|lanes| read(&lanes.mul(&one)));
        for i in 0..8 {
            let (a, b) = (values[i], values[8 + i]);
            assert_eq!(sum[i], a + b);
            let expected = [a - b, a + a - b, -a, -a];
            assert_eq!(differences.each_ref().map(|d| d[i]), expected);
        }
        let raw = (0..2047).fold(a, |sum, _| sum.add_raw(&a));
        let total: Fr = values[..8].iter().sum();
        let form = Fr::new_unchecked(BigInt([1, 0, 0, 0]));
        assert_eq!(raw.sum() * form, total * Fr::from(2048u64));
    }

    #[test]
    fn transposed_loads_and_stores() {
        let values = values(80);
        for at in 0..2 {
            let load = |at| match at {
                0 => Lanes::load_pairs::<8, 2>(&values),
                _ => Lanes::load_pairs::<4, 0>(&values),
            };
            let (stride, first) = if at == 0 { (8, 2) } else { (4, 0) };
            let pair = load(at);
            let mut stored = vec![Fr::ZERO; 80];
            if at == 0 {
                Lanes::store_pairs::<8, 2>(pair, &mut stored);
            } else {
                Lanes::store_pairs::<4, 0>(pair, &mut stored);
            }
            let elements = pair.map(|lanes| read(&lanes));
            for i in 0..8 {
                for (j, element) in elements.iter().enumerate() {
                    assert_eq!(element[i], values[stride * i + first + j]);
                    assert_eq!(stored[stride * i + first + j], element[i]);
                }
            }
        }
    }

    #[test]
    fn integers() {
        let integers: Vec<i64> = (0..64)
            .map(|i| match i % 5 {
                0 => i64::MIN + i,
                1 => i64::MAX - i,
                2 => -i,
                _ => i << (i % 60),
            })
            .collect();
        let to_montgomery = Lanes::broadcast(scaled(Fr::ONE, 260));
        let eight = Lanes::load_integers(&integers).map(|lanes| read(&lanes.mul(&to_montgomery)));
        let four =
            Lanes::load_integer_quads(&integers).map(|lanes| read(&lanes.mul(&to_montgomery)));
        for i in 0..8 {
            for (j, lanes) in eight.iter().enumerate() {
                assert_eq!(lanes[i], crate::field::from_i64(integers[8 * i + j]));
            }
            for (j, lanes) in four.iter().enumerate() {
                assert_eq!(lanes[i], crate::field::from_i64(integers[4 * i + j]));
            }
        }
    }
}
