//! Faults of the guest: what a program can do that no row exists for.

use std::fmt;

/// Why a program cannot go on. Addresses are those the guest computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    NoInstruction,
    UndecodableWord,
    MisalignedJump,
    MisalignedAccess { address: i64, size: u8 },
    OutsideMemory { address: i64 },
    FirstPage { address: i64 },
    BranchInDelaySlot,
    SystemInDelaySlot,
    OutputOrder { index: u64, expected: u64 },
    OutputLength { length: u64, words: u64 },
    MemoryLimit { address: i64 },
}

/// A fault: the instruction's address, its word (none if there is nothing at that address), and
/// the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub pc: i64,
    pub word: Option<u32>,
    pub cause: Cause,
}

impl Cause {
    /// The kind of fault, by which the caller chooses what to report it as.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoInstruction | Self::MisalignedJump => "jump",
            Self::UndecodableWord => "instruction",
            Self::MisalignedAccess { .. } => "alignment",
            Self::OutsideMemory { .. } | Self::FirstPage { .. } => "memory",
            Self::BranchInDelaySlot | Self::SystemInDelaySlot => "slot",
            Self::OutputOrder { .. } | Self::OutputLength { .. } => "output",
            Self::MemoryLimit { .. } => "limit",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInstruction => write!(out, "no program at this address"),
            Self::UndecodableWord => write!(out, "not an instruction that can be executed here"),
            Self::MisalignedJump => write!(out, "jump to an address that is no multiple of 4"),
            Self::MisalignedAccess { address, size } => {
                write!(out, "access of {size} bytes at misaligned address {address:#x}")
            }
            Self::OutsideMemory { address } => {
                write!(out, "access outside of the 32-bit address space, at {address:#x}")
            }
            Self::FirstPage { address } => {
                write!(out, "access to the unmapped first 64 KiB, at {address:#x}")
            }
            Self::BranchInDelaySlot => write!(out, "branch or jump in a delay slot"),
            Self::SystemInDelaySlot => write!(out, "in, out or halt in a delay slot"),
            Self::OutputOrder { index, expected } => {
                write!(out, "output word {index} written where word {expected} is next")
            }
            Self::OutputLength { length, words } => {
                write!(out, "halt with {length} output bytes after {words} output words")
            }
            Self::MemoryLimit { address } => {
                write!(out, "more memory pages touched than allowed, at {address:#x}")
            }
        }
    }
}
