//! What the rows compute. Values are words in 64 bits; only 2^32 itself, as a factor, lies above.

const MASK: u64 = u32::MAX as u64;

#[inline(always)]
pub fn add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b) & MASK
}

#[inline(always)]
pub fn subtract(a: u64, b: u64) -> u64 {
    a.wrapping_sub(b) & MASK
}

#[inline(always)]
pub fn less_unsigned(a: u64, b: u64) -> u64 {
    u64::from(a < b)
}

#[inline(always)]
pub fn less(a: u64, b: u64) -> u64 {
    u64::from((a as i32) < b as i32)
}

#[inline(always)]
pub fn and(a: u64, b: u64) -> u64 {
    a & b
}

#[inline(always)]
pub fn or(a: u64, b: u64) -> u64 {
    a | b
}

#[inline(always)]
pub fn xor(a: u64, b: u64) -> u64 {
    a ^ b
}

#[inline(always)]
pub fn nor(a: u64, b: u64) -> u64 {
    !(a | b) & MASK
}

/// Low word of a product.
#[inline(always)]
pub fn low(a: u64, b: u64) -> u64 {
    a.wrapping_mul(b) & MASK
}

/// High word of an unsigned product.
#[inline(always)]
pub fn high(a: u64, b: u64) -> u64 {
    a.wrapping_mul(b) >> 32
}

/// High word of a product of a signed and an unsigned factor.
#[inline(always)]
pub fn high_signed(a: u64, b: u64) -> u64 {
    (i64::from(a as i32) as u64).wrapping_mul(b) >> 32
}

/// A rotation, if b is a power of two.
#[inline(always)]
pub fn low_plus_high(a: u64, b: u64) -> u64 {
    low(a, b) + high(a, b)
}

/// Division by zero gives the dividend.
#[inline(always)]
pub fn quotient(a: u64, b: u64) -> u64 {
    a / (b + u64::from(b == 0))
}

/// The remainder of a division by zero is 0.
#[inline(always)]
pub fn remainder(a: u64, b: u64) -> u64 {
    a % (b + u64::from(b == 0))
}

// ---------------------------------------------------------------- parts of words
// Byte k = 0 of a word is its most significant one.

#[inline(always)]
pub fn byte(word: u32, k: u32) -> u8 {
    (word >> (24 - 8 * k)) as u8
}

/// The half at an even k.
#[inline(always)]
pub fn half(word: u32, k: u32) -> u16 {
    (word >> (16 - 8 * k)) as u16
}

/// lwl: the bytes from k on go to the left end of the register.
#[inline(always)]
pub fn load_left(register: u32, word: u32, k: u32) -> u32 {
    let kept = (1u32 << (8 * k)) - 1;
    word << (8 * k) | register & kept
}

/// lwr: the bytes up to k go to the right end of the register.
#[inline(always)]
pub fn load_right(register: u32, word: u32, k: u32) -> u32 {
    let shift = 24 - 8 * k;
    register & !(u32::MAX >> shift) | word >> shift
}

#[inline(always)]
pub fn store_byte(register: u32, word: u32, k: u32) -> u32 {
    let shift = 24 - 8 * k;
    word & !(0xff << shift) | (register & 0xff) << shift
}

/// The half at an even k.
#[inline(always)]
pub fn store_half(register: u32, word: u32, k: u32) -> u32 {
    let shift = 16 - 8 * k;
    word & !(0xffff << shift) | (register & 0xffff) << shift
}

/// swl: the left end of the register goes to the bytes from k on.
#[inline(always)]
pub fn store_left(register: u32, word: u32, k: u32) -> u32 {
    word & !(u32::MAX >> (8 * k)) | register >> (8 * k)
}

/// swr: the right end of the register goes to the bytes up to k.
#[inline(always)]
pub fn store_right(register: u32, word: u32, k: u32) -> u32 {
    let shift = 24 - 8 * k;
    register << shift | word & ((1u32 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_quotients() {
        assert_eq!(high_signed(0xffff_ffff, 1 << 32), 0xffff_ffff);
        assert_eq!(high_signed(0x8000_0000, 1 << 32), 0x8000_0000);
        assert_eq!(high_signed(0x8000_0000, 2), 0xffff_ffff);
        assert_eq!(high(0xffff_ffff, 0xffff_ffff), 0xffff_fffe);
        assert_eq!(low(0xffff_ffff, 1 << 32), 0);
        assert_eq!(low_plus_high(0x8000_0001, 2), 3);
        assert_eq!((quotient(7, 0), remainder(7, 0)), (7, 0));
        assert_eq!((quotient(7, 2), remainder(7, 2)), (3, 1));
        assert_eq!((less(0xffff_ffff, 0), less_unsigned(0xffff_ffff, 0)), (1, 0));
    }

    #[test]
    fn parts_of_words() {
        let (register, word) = (0xa0a1_a2a3, 0xb0b1_b2b3);
        let all = |f: fn(u32, u32, u32) -> u32| [0, 1, 2, 3].map(|k| f(register, word, k));
        assert_eq!(all(load_left), [0xb0b1_b2b3, 0xb1b2_b3a3, 0xb2b3_a2a3, 0xb3a1_a2a3]);
        assert_eq!(all(load_right), [0xa0a1_a2b0, 0xa0a1_b0b1, 0xa0b0_b1b2, 0xb0b1_b2b3]);
        assert_eq!(all(store_left), [0xa0a1_a2a3, 0xb0a0_a1a2, 0xb0b1_a0a1, 0xb0b1_b2a0]);
        assert_eq!(all(store_right), [0xa3b1_b2b3, 0xa2a3_b2b3, 0xa1a2_a3b3, 0xa0a1_a2a3]);
        assert_eq!(all(store_byte), [0xa3b1_b2b3, 0xb0a3_b2b3, 0xb0b1_a3b3, 0xb0b1_b2a3]);
        assert_eq!([0, 2].map(|k| store_half(register, word, k)), [0xa2a3_b2b3, 0xb0b1_a2a3]);
        assert_eq!([0, 1, 2, 3].map(|k| byte(word, k)), [0xb0, 0xb1, 0xb2, 0xb3]);
        assert_eq!([0, 2].map(|k| half(word, k)), [0xb0b1, 0xb2b3]);
    }
}
