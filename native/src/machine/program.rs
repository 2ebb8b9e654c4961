//! A decoded program in the form that the interpreter walks through.

use super::operation::{Description, Flags, Operation, OPERATIONS};
use super::record::STREAMS;
use crate::error::{Error, Result};

/// Number of registers.
pub const REGISTERS: usize = 128;
/// Row i of an instruction at pc has the address pc + i · 2^36.
const STEP_BITS: u32 = 36;
const MAXIMUM_STEPS: i64 = 15;
/// Set in [`Row::r3`] if another row of the same instruction follows.
pub const MORE: u8 = 0x80;

/// The arrays of a program's rows (zkm/isa/rows.py), all of one length.
#[derive(Clone, Copy)]
pub struct Arrays<'a> {
    pub address: &'a [i64],
    pub word: &'a [u32],
    pub code: &'a [u8],
    pub flags: &'a [u8],
    pub r1: &'a [u8],
    pub r2: &'a [u8],
    pub r3: &'a [u8],
    pub imm: &'a [i64],
}

/// One row, 16 bytes. Row numbers stand where the program has addresses.
#[derive(Clone, Copy)]
pub struct Row {
    pub operation: Operation,
    pub r1: u8,
    pub r2: u8,
    /// The register index, plus [`MORE`].
    pub r3: u8,
    /// First row of the word after this row's word.
    pub next: u32,
    /// The immediate. With a target: its row, plus 2^32 times the row after the delay slot.
    pub imm: u64,
}

impl Row {
    /// A row that only faults.
    fn missing(next: u32) -> Self {
        Self { operation: Operation::Missing, r1: 0, r2: 0, r3: 0, next, imm: 0 }
    }

    #[inline(always)]
    pub fn target(self) -> u32 {
        self.imm as u32
    }

    /// The row after the delay slot, where a branch goes that is not taken.
    #[inline(always)]
    pub fn skip(self) -> u32 {
        (self.imm >> 32) as u32
    }
}

/// A contiguous piece of the image: words [start, end), whose rows are `first[at..]`.
struct Piece {
    start: u32,
    end: u32,
    at: usize,
}

/// The rows of a program. Rows number `length` and up stand for addresses without one.
pub struct Program {
    pub rows: Vec<Row>,
    /// Address of each row.
    pub address: Vec<i64>,
    pub word: Vec<u32>,
    /// Rows given by the caller.
    pub length: usize,
    /// The row that stands for any other address; its own address is the machine's.
    pub wild: u32,
    /// Stream of an operation's records.
    pub stream: [u8; OPERATIONS],
    pieces: Vec<Piece>,
    first: Vec<u32>,
}

impl Program {
    pub fn new(arrays: Arrays<'_>, descriptions: &[Description]) -> Result<Self> {
        check(&arrays)?;
        let length = arrays.address.len();
        let mut program = Self {
            rows: Vec::with_capacity(length + 16),
            address: arrays.address.to_vec(),
            word: arrays.word.to_vec(),
            length,
            wild: length as u32,
            stream: [0; OPERATIONS],
            pieces: Vec::new(),
            first: Vec::new(),
        };
        program.index();
        program.read(&arrays, descriptions)?;
        // The wild row comes first among the rows without an instruction.
        program.rows.push(Row::missing(program.wild));
        program.address.push(0);
        program.link(&arrays);
        Ok(program)
    }

    /// Number of the first row of the word at an address, if there is one.
    #[inline]
    pub fn find(&self, address: u64) -> Option<u32> {
        if address & 3 != 0 || address >> 32 != 0 {
            return None;
        }
        let word = (address >> 2) as u32;
        let piece = &self.pieces[..self.pieces.partition_point(|piece| piece.start <= word)];
        let piece = piece.last().filter(|piece| word < piece.end)?;
        Some(self.first[piece.at + (word - piece.start) as usize])
    }

    /// Cuts the image into pieces.
    fn index(&mut self) {
        for (row, address) in self.address.iter().enumerate() {
            if address >> STEP_BITS != 0 {
                continue;
            }
            let word = (address >> 2) as u32;
            match self.pieces.last_mut() {
                Some(piece) if piece.end == word => piece.end += 1,
                _ => self.pieces.push(Piece { start: word, end: word + 1, at: self.first.len() }),
            }
            self.first.push(row as u32);
        }
    }

    /// Reads operations, registers and immediates.
    fn read(&mut self, arrays: &Arrays<'_>, descriptions: &[Description]) -> Result<()> {
        let mut described = [const { None::<&Description> }; 256];
        for description in descriptions {
            // Fails for a name that this machine does not know, whether or not it is used.
            Operation::new(&description.name, Flags::default())?;
            if description.code == 0 || usize::from(description.stream) >= STREAMS {
                let name = &description.name;
                return Err(Error::value(format!("{name}: code or stream out of range")));
            }
            described[usize::from(description.code)] = Some(description);
        }
        for i in 0..self.length {
            let mut row = Row::missing(0);
            row.operation = Operation::Data;
            if arrays.code[i] != 0 {
                let code = arrays.code[i];
                let description = described[usize::from(code)]
                    .ok_or_else(|| Error::value(format!("row {i}: unknown code {code}")))?;
                let flags = Flags::read(arrays.flags[i], description)?;
                row.operation = Operation::new(&description.name, flags)?;
                self.stream[row.operation as usize] = description.stream;
                let registers = [arrays.r1[i], arrays.r2[i], arrays.r3[i]];
                if registers.iter().any(|register| usize::from(*register) >= REGISTERS) {
                    return Err(Error::value(format!("row {i}: no such register")));
                }
                [row.r1, row.r2, row.r3] = registers;
                row.imm = u64::try_from(arrays.imm[i])
                    .ok()
                    .filter(|imm| *imm <= 1 << 32)
                    .ok_or_else(|| Error::value(format!("row {i}: immediate out of range")))?;
                if flags.more {
                    row.r3 |= MORE;
                }
            }
            let continued = arrays.address.get(i + 1).is_some_and(|next| next >> STEP_BITS != 0);
            if continued != (row.r3 & MORE != 0) {
                return Err(Error::value(format!("row {i}: flag u does not fit the next address")));
            }
            self.rows.push(row);
        }
        Ok(())
    }

    /// Replaces addresses by row numbers.
    fn link(&mut self, arrays: &Arrays<'_>) {
        for i in 0..self.length {
            let pc = self.address[i] & ((1 << STEP_BITS) - 1);
            // All rows of a word go on at the same place, which its first row has found already.
            self.rows[i].next = if self.address[i] >> STEP_BITS != 0 {
                self.rows[i - 1].next
            } else {
                self.find_or_missing(pc + 4)
            };
            if self.rows[i].operation.has_target() {
                let target = self.find_or_missing(arrays.imm[i]);
                let skip = self.find_or_missing(pc + 8);
                self.rows[i].imm = u64::from(skip) << 32 | u64::from(target);
            }
        }
    }

    fn find_or_missing(&mut self, address: i64) -> u32 {
        if let Some(row) = self.find(address as u64) {
            return row;
        }
        // Neighbouring rows often miss the same address: that of the end of a piece.
        for row in self.rows.len().saturating_sub(2)..self.rows.len() {
            if row > self.wild as usize && self.address[row] == address {
                return row as u32;
            }
        }
        let row = self.rows.len() as u32;
        self.rows.push(Row::missing(row));
        self.address.push(address);
        row
    }
}

/// Lengths, alignment and order of the addresses.
fn check(arrays: &Arrays<'_>) -> Result<()> {
    let length = arrays.address.len();
    let lengths = [
        arrays.word.len(),
        arrays.code.len(),
        arrays.flags.len(),
        arrays.r1.len(),
        arrays.r2.len(),
        arrays.r3.len(),
        arrays.imm.len(),
    ];
    if lengths.iter().any(|other| *other != length) {
        return Err(Error::value("the arrays of the rows differ in length"));
    }
    // Up to three rows without an instruction are added per row.
    if length >= 1 << 29 {
        return Err(Error::value("too many rows"));
    }
    let mut previous = -1;
    for (i, address) in arrays.address.iter().enumerate() {
        let (step, pc) = (address >> STEP_BITS, address & ((1 << STEP_BITS) - 1));
        let follows = if step == 0 {
            pc > previous & ((1 << STEP_BITS) - 1)
        } else {
            *address == previous + (1 << STEP_BITS)
        };
        if pc >> 32 != 0 || pc & 3 != 0 || step >= MAXIMUM_STEPS || !(follows || i == 0) {
            return Err(Error::value(format!("row {i}: address {address:#x} is out of order")));
        }
        if i == 0 && step != 0 {
            return Err(Error::value("row 0 is not the first of its word"));
        }
        previous = *address;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(address: &[i64], code: &[u8], imm: &[i64]) -> Result<Program> {
        let zeros = vec![0; address.len()];
        let words = vec![0; address.len()];
        let more = |i: usize| address.get(i + 1).is_some_and(|next| next >> STEP_BITS != 0);
        let flags: Vec<u8> = (0..address.len()).map(|i| u8::from(more(i))).collect();
        let arrays = Arrays {
            address,
            word: &words,
            code,
            flags: &flags,
            r1: &zeros,
            r2: &zeros,
            r3: &zeros,
            imm,
        };
        let describe = |code, name: &str, flag: &str| Description {
            code,
            name: name.into(),
            stream: 0,
            flags: vec![flag.into()],
        };
        Program::new(arrays, &[describe(1, "li", "u"), describe(2, "jump_imm", "d")])
    }

    #[test]
    fn rows_are_found_by_address() {
        let step = 1 << STEP_BITS;
        let program =
            program(&[8, 12, 12 + step, 16, 32], &[1, 1, 1, 2, 0], &[5, 6, 7, 12, 0]).unwrap();
        let found: Vec<_> = (0..40).filter_map(|address| program.find(address)).collect();
        assert_eq!(found, [0, 1, 3, 4]);
        assert_eq!(program.find(1 << 32 | 8), None);
        let next: Vec<_> = program.rows[..5].iter().map(|row| row.next).collect();
        assert_eq!(next, [1, 3, 3, 6, 8]);
        assert_eq!(program.address[6..], [20, 24, 36]);
        assert_eq!((program.rows[3].target(), program.rows[3].skip()), (1, 7));
    }

    #[test]
    fn wrong_arrays_are_refused() {
        let step = 1 << STEP_BITS;
        assert!(program(&[4, 4], &[1, 1], &[0, 0]).is_err());
        assert!(program(&[8, 4], &[1, 1], &[0, 0]).is_err());
        assert!(program(&[2], &[1], &[0]).is_err());
        assert!(program(&[-4], &[1], &[0]).is_err());
        assert!(program(&[1 << 32], &[1], &[0]).is_err());
        assert!(program(&[step], &[1], &[0]).is_err());
        assert!(program(&[4, 8 + step], &[1, 1], &[0, 0]).is_err());
        assert!(program(&[4, 4 + 2 * step], &[1, 1], &[0, 0]).is_err());
        assert!(program(&[4], &[3], &[0]).is_err());
        assert!(program(&[4], &[1], &[-1]).is_err());
        assert!(program(&[4], &[1], &[1, 2]).is_err());
        assert!(program(&[], &[], &[]).is_ok());
    }
}
