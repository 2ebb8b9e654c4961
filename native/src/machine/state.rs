//! The machine's state between rows, what it asks of its host, and what it leaves behind.

use std::collections::VecDeque;
use std::sync::Arc;

use super::cell::{Cell, Mode, Traced};
use super::fault::{Cause, Fault};
use super::memory::Memory;
use super::program::{Program, REGISTERS};
use super::record::{Record, Refresh, MAXIMUM_GAP, REGISTER_BASE, STREAMS};
use crate::error::{Error, Result};

/// Why the interpreter stopped. Calling it again goes on, except after `Halt` and `Fault`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The given number of rows was executed.
    Budget,
    /// `in` is next and no input is left: the host answers with [`Machine::supply`].
    Input,
    /// A system call that the host watches has just entered its handler.
    System,
    /// The last row was `halt`.
    Halt {
        code: u64,
        length: u64,
    },
    Fault(Fault),
}

/// Which system calls the host wants to hear of: those that enter the handler at this address
/// with one of these values in this register.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    pub handler: u64,
    pub register: u8,
    pub values: Vec<u64>,
}

/// One touched word: byte address / 4, first value and time, last value and time.
pub struct TouchedWord {
    pub word: u32,
    pub v0: u32,
    pub t0: i64,
    pub vf: u32,
    pub tf: i64,
}

/// One register's first time, last value and last time; times are 0 if it was never accessed.
pub struct TouchedRegister {
    pub t0: i64,
    pub vf: u64,
    pub tf: i64,
}

/// A program in execution.
pub struct Machine<M: Mode> {
    pub(super) program: Arc<Program>,
    pub(super) registers: [M::Register; REGISTERS],
    pub(super) memory: Memory<M::Word>,
    /// The row to execute.
    pub(super) row: u32,
    /// The row after it: its word's successor, or the target of a branch before a delay slot.
    pub(super) next: u32,
    /// The address that the program's wild row stands for.
    pub(super) wild: i64,
    pub(super) executed: u64,
    /// Executions of each row.
    pub(super) counts: Vec<u64>,
    pub(super) input: VecDeque<u32>,
    pub(super) output: Vec<u32>,
    pub(super) watch: Watch,
    /// The row of the watched handler.
    pub(super) handler: u32,
    pub(super) end: Option<Event>,
    pub(super) streams: [Vec<Record>; STREAMS],
    pub(super) refreshes: Vec<Refresh>,
}

impl<M: Mode> Machine<M> {
    /// Rows that a machine can execute: times of a trace are 32-bit.
    pub const ROW_LIMIT: u64 = if M::TRACE { (1 << 32) / 3 - 1 } else { u64::MAX };

    /// A machine before its first row. The memory is the program's image words; not more than
    /// `page_limit` pages of 4 KiB may come into use.
    pub fn new(
        program: Arc<Program>,
        entry: u64,
        registers: &[u64; REGISTERS],
        page_limit: usize,
        watch: Watch,
    ) -> Result<Self> {
        if usize::from(watch.register) >= REGISTERS {
            return Err(Error::value("the watched register does not exist"));
        }
        if entry >> 32 != 0 || registers.iter().any(|value| value >> 32 != 0) {
            return Err(Error::value("entry and initial registers must be below 2^32"));
        }
        let mut memory = Memory::new(page_limit);
        for (address, word) in program.address.iter().zip(&program.word) {
            if let Ok(address) = u32::try_from(*address) {
                memory
                    .initialise(address, *word)
                    .map_err(|cause| Error::value(cause.to_string()))?;
            }
        }
        let row = program.find(entry).unwrap_or(program.wild);
        Ok(Self {
            registers: registers.map(Cell::new),
            memory,
            row,
            next: program.rows[row as usize].next,
            wild: entry as i64,
            executed: 0,
            counts: vec![0; program.rows.len()],
            input: VecDeque::new(),
            output: Vec::new(),
            handler: program.find(watch.handler).unwrap_or(program.wild),
            watch,
            end: None,
            streams: std::array::from_fn(|_| Vec::new()),
            refreshes: Vec::new(),
            program,
        })
    }

    /// Answers [`Event::Input`]: the count of bytes, then the bytes as big-endian words, padded
    /// with zeros.
    pub fn supply(&mut self, bytes: &[u8]) -> Result<()> {
        let length = u32::try_from(bytes.len()).map_err(|_| Error::value("too much input"))?;
        if !self.input.is_empty() {
            return Err(Error::value("the guest has not yet read the input it was given"));
        }
        self.input.push_back(length);
        self.input.extend(bytes.chunks(4).map(|chunk| {
            chunk
                .iter()
                .enumerate()
                .fold(0, |word, (i, byte)| word | u32::from(*byte) << (24 - 8 * i))
        }));
        Ok(())
    }

    pub fn register(&self, index: usize) -> Option<u64> {
        self.registers.get(index).map(Cell::get)
    }

    /// True if a watched system call has entered its handler, whose first row is `row`.
    #[inline(always)]
    pub(super) fn is_watched(&self, row: u32) -> bool {
        let register = self.registers[usize::from(self.watch.register) % REGISTERS].get();
        row == self.handler && self.watch.values.contains(&register)
    }

    /// Bytes of memory, as they are now; addresses wrap around at 2^32.
    pub fn peek(&self, address: u32, length: usize) -> Vec<u8> {
        let byte = |i| {
            let address = address.wrapping_add(i as u32);
            self.memory.peek(address & !3).to_be_bytes()[address as usize & 3]
        };
        (0..length).map(byte).collect()
    }

    pub fn executed(&self) -> u64 {
        self.executed
    }

    /// Executions of each row of the program.
    pub fn counts(&self) -> &[u64] {
        &self.counts[..self.program.length]
    }

    /// The words written by `out`.
    pub fn output(&self) -> &[u32] {
        &self.output
    }

    /// Address of row number `row`, as the machine has it.
    #[inline(always)]
    pub(super) fn address(&self, row: u32) -> i64 {
        if row == self.program.wild {
            self.wild
        } else {
            self.program.address[row as usize]
        }
    }

    /// The row at a computed jump target.
    #[inline(always)]
    pub(super) fn find(&mut self, target: u64) -> u32 {
        self.program.find(target).unwrap_or_else(|| {
            self.wild = target as i64;
            self.program.wild
        })
    }

    /// The fault of a row.
    #[cold]
    pub(super) fn fault(&self, row: u32, cause: Cause) -> Event {
        let address = self.address(row);
        let (pc, word) = if row as usize >= self.program.length {
            (address, None)
        } else {
            let pc = address & ((1 << 36) - 1);
            let first = self.program.find(pc as u64).unwrap_or(row);
            (pc, Some(self.program.word[first as usize]))
        };
        Event::Fault(Fault { pc, word, cause })
    }

    // ------------------------------------------------------------------ accesses

    /// Access A or B: the value of a register, and the access's gap.
    #[inline(always)]
    pub(super) fn read(&mut self, register: u8, t: u32) -> (u64, u16) {
        let cell = &mut self.registers[usize::from(register) % REGISTERS];
        let value = cell.get();
        let gap = cell.touch(t);
        (value, self.bridge(gap, REGISTER_BASE + i64::from(register), value, t))
    }

    /// Access C: sets a register; returns the old value and the gap.
    #[inline(always)]
    pub(super) fn write(
        &mut self,
        register: u8,
        t: u32,
        value: impl FnOnce(u64) -> u64,
    ) -> (u64, u16) {
        let register = usize::from(register) % REGISTERS;
        let cell = &mut self.registers[register];
        let old = cell.get();
        let gap = cell.touch(t);
        cell.set(value(old));
        (old, self.bridge(gap, REGISTER_BASE + register as i64, old, t))
    }

    /// Access M at a word found by `Memory::locate`: sets the word; returns the old one and the gap.
    #[inline(always)]
    pub(super) fn access(
        &mut self,
        index: usize,
        address: i64,
        t: u32,
        value: impl FnOnce(u32) -> u32,
    ) -> (u32, u16) {
        let cell = self.memory.cell(index);
        let old = cell.get();
        let gap = cell.touch(t);
        cell.set(value(old));
        (old, self.bridge(gap, address & !3, u64::from(old), t))
    }

    /// The gap that is left at an access at time t after a refresh, if one is needed.
    #[inline(always)]
    fn bridge(&mut self, gap: u32, address: i64, value: u64, t: u32) -> u16 {
        if M::TRACE && gap > MAXIMUM_GAP {
            let t = i64::from(t);
            let t_old = t - 1 - i64::from(gap);
            self.refreshes.push(Refresh { address, value, t_old, t_new: t - 1 });
            return 0;
        }
        gap as u16
    }
}

impl Machine<Traced> {
    /// The records of one stream, which are then gone.
    pub fn take_records(&mut self, stream: usize) -> Vec<Record> {
        self.streams.get_mut(stream).map(std::mem::take).unwrap_or_default()
    }

    /// Number of records of each stream.
    pub fn stream_lengths(&self) -> Vec<usize> {
        self.streams.iter().map(Vec::len).collect()
    }

    /// The refreshes, which are then gone.
    pub fn take_refreshes(&mut self) -> Vec<Refresh> {
        std::mem::take(&mut self.refreshes)
    }

    /// The touched words of memory, ascending.
    pub fn touched_words(&self) -> impl Iterator<Item = TouchedWord> + '_ {
        self.memory.existing().filter_map(|(word, cell)| {
            let (t0, tf) = cell.span()?;
            Some(TouchedWord { word, v0: cell.initial, t0, vf: cell.value, tf })
        })
    }

    pub fn touched_registers(&self) -> [TouchedRegister; REGISTERS] {
        self.registers.map(|cell| {
            let (t0, tf) = cell.span().unwrap_or((0, 0));
            TouchedRegister { t0, vf: cell.value, tf }
        })
    }
}
