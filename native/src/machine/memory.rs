//! Memory: 4 GiB of zeros, of which the touched pages exist.

use super::cell::Cell;
use super::fault::Cause;

const PAGE_BITS: u32 = 12;
const PAGE_WORDS: usize = 1 << (PAGE_BITS - 2);
const PAGES: usize = 1 << (32 - PAGE_BITS);
/// Null pointers point here: an access is an error of the program, unless its image has words here.
const FIRST_PAGE_END: i64 = 1 << 16;

pub struct Memory<W> {
    /// Per page of the address space: 1 + its number among the existing pages, or 0.
    table: Vec<u32>,
    /// The words of the existing pages.
    words: Vec<W>,
    page_limit: usize,
}

impl<W: Cell<u32>> Memory<W> {
    /// Empty memory that will hold up to `page_limit` pages of 4 KiB.
    pub fn new(page_limit: usize) -> Self {
        Self { table: vec![0; PAGES], words: Vec::new(), page_limit }
    }

    /// Sets a word of the initial image; `address` is a multiple of 4 below 2^32.
    pub fn initialise(&mut self, address: u32, value: u32) -> Result<(), Cause> {
        let index = self.page(i64::from(address))? + (address as usize >> 2) % PAGE_WORDS;
        self.words[index] = W::new(value);
        Ok(())
    }

    /// Where the word around an address is kept. The address may be any integer; it must be a
    /// multiple of `size` (1, 2 or 4) inside of the address space.
    #[inline(always)]
    pub fn locate(&mut self, address: i64, size: u8) -> Result<usize, Cause> {
        let page = self.table.get((address >> PAGE_BITS) as usize).copied().unwrap_or(0) as usize;
        if page == 0 || address & (i64::from(size) - 1) != 0 {
            return self.locate_slowly(address, size);
        }
        Ok((page - 1) * PAGE_WORDS + (address as usize >> 2) % PAGE_WORDS)
    }

    #[cold]
    #[inline(never)]
    fn locate_slowly(&mut self, address: i64, size: u8) -> Result<usize, Cause> {
        if address & (i64::from(size) - 1) != 0 {
            return Err(Cause::MisalignedAccess { address, size });
        }
        if address >> 32 != 0 {
            return Err(Cause::OutsideMemory { address });
        }
        if address < FIRST_PAGE_END {
            return Err(Cause::FirstPage { address });
        }
        Ok(self.page(address)? + (address as usize >> 2) % PAGE_WORDS)
    }

    /// Index of the first word of an address's page, which is made if it does not exist.
    fn page(&mut self, address: i64) -> Result<usize, Cause> {
        let entry = &mut self.table[address as usize >> PAGE_BITS];
        if *entry == 0 {
            let pages = self.words.len() / PAGE_WORDS;
            if pages >= self.page_limit {
                return Err(Cause::MemoryLimit { address });
            }
            self.words.resize(self.words.len() + PAGE_WORDS, W::default());
            *entry = pages as u32 + 1;
        }
        Ok((*entry as usize - 1) * PAGE_WORDS)
    }

    /// The cell at an index given by [`Self::locate`].
    #[inline(always)]
    pub fn cell(&mut self, index: usize) -> &mut W {
        &mut self.words[index]
    }

    /// The word at a multiple of 4, without touching it.
    pub fn peek(&self, address: u32) -> u32 {
        match self.table[address as usize >> PAGE_BITS] as usize {
            0 => 0,
            page => {
                self.words[(page - 1) * PAGE_WORDS + (address as usize >> 2) % PAGE_WORDS].get()
            }
        }
    }

    /// All words of the existing pages with their byte addresses / 4, ascending.
    pub fn existing(&self) -> impl Iterator<Item = (u32, &W)> {
        let pages = self.table.iter().enumerate().filter(|(_, entry)| **entry != 0);
        pages.flat_map(|(page, entry)| {
            let start = (*entry as usize - 1) * PAGE_WORDS;
            let words = &self.words[start..start + PAGE_WORDS];
            words.iter().enumerate().map(move |(i, word)| ((page * PAGE_WORDS + i) as u32, word))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::Untimed;
    use super::*;

    #[test]
    fn words_are_kept_by_address() {
        let mut memory = Memory::<Untimed<u32>>::new(3);
        for (address, value) in [(0xffff_fffc_u32, 1), (0x10000, 2), (0x1fff_fffc, 3)] {
            let index = memory.locate(i64::from(address), 4).unwrap();
            assert_eq!(memory.cell(index).get(), 0);
            memory.cell(index).set(value);
        }
        assert_eq!(memory.peek(0x10000), 2);
        assert_eq!(memory.peek(0x20000), 0);
        let words: Vec<_> =
            memory.existing().filter(|(_, w)| w.get() != 0).map(|(i, w)| (i, w.get())).collect();
        assert_eq!(words, [(0x4000, 2), (0x7ff_ffff, 3), (0x3fff_ffff, 1)]);
    }

    #[test]
    fn wrong_addresses_are_refused() {
        let mut memory = Memory::<Untimed<u32>>::new(1);
        memory.initialise(0x8000, 7).unwrap();
        assert!(memory.locate(0x8000, 4).is_ok());
        for (address, size, cause) in [
            (0x8002, 4, Cause::MisalignedAccess { address: 0x8002, size: 4 }),
            (0x8001, 2, Cause::MisalignedAccess { address: 0x8001, size: 2 }),
            (0x7ffc, 4, Cause::FirstPage { address: 0x7ffc }),
            (-4, 4, Cause::OutsideMemory { address: -4 }),
            (1 << 32, 4, Cause::OutsideMemory { address: 1 << 32 }),
            (i64::MIN, 4, Cause::OutsideMemory { address: i64::MIN }),
            (0x10000, 4, Cause::MemoryLimit { address: 0x10000 }),
        ] {
            assert_eq!(memory.locate(address, size), Err(cause));
        }
    }
}
