//! What a traced run leaves behind; the layouts are those of zkm/machine/records.py.

/// The largest gap of an access that needs no refresh.
pub const MAXIMUM_GAP: u32 = (1 << 16) - 1;
/// Address of register 0 in the memory argument.
pub const REGISTER_BASE: i64 = 1 << 40;
/// Streams that records can be sorted into.
pub const STREAMS: usize = 32;

/// One executed row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Record {
    pub row: u32,
    pub ts: u32,
    pub delta: i64,
    pub a: u64,
    pub b: u64,
    pub c: u64,
    pub v: u32,
    pub x: u32,
    pub ga: u16,
    pub gb: u16,
    pub gm: u16,
    pub gc: u16,
}

/// A tuple of the memory bus that is sent again with a later time, because the gap to the next
/// access of its address would be too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Refresh {
    pub address: i64,
    pub value: u64,
    pub t_old: i64,
    pub t_new: i64,
}

/// A structure that is made of whole 64-bit words without padding.
///
/// # Safety
/// The size must be a multiple of 8, the alignment 8, and no byte may be padding.
pub unsafe trait Words: Copy {}

// SAFETY: repr(C); 56 bytes = the sum of the fields' sizes.
unsafe impl Words for Record {}
// SAFETY: repr(C); 32 bytes = the sum of the fields' sizes.
unsafe impl Words for Refresh {}

/// The same memory as 64-bit words, native byte order.
pub fn into_words<T: Words>(structures: Vec<T>) -> Vec<u64> {
    const { assert!(size_of::<T>() % 8 == 0 && align_of::<T>() == 8) };
    let mut structures = std::mem::ManuallyDrop::new(structures);
    let words = size_of::<T>() / 8;
    let (pointer, length, capacity) =
        (structures.as_mut_ptr(), structures.len(), structures.capacity());
    // SAFETY: size and alignment of the allocation stay the same, every byte of the elements is
    // initialised (`Words`), and the old vector is never dropped.
    unsafe { Vec::from_raw_parts(pointer.cast(), length * words, capacity * words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_are_read_as_words() {
        let record = Record { row: 1, ts: 2, delta: -3, gc: 0xabcd, ..Record::default() };
        let words = into_words(vec![record; 3]);
        assert_eq!(words.len(), 21);
        assert_eq!(
            words[7],
            u64::from_ne_bytes([1u32, 2].map(u32::to_ne_bytes).concat()[..].try_into().unwrap())
        );
        assert_eq!(words[8], (-3i64) as u64);
        assert!(into_words(Vec::<Refresh>::new()).is_empty());
    }
}
