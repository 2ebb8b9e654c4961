//! The interpreter of decoded programs, with or without a trace.
//!
//! It runs the rows of the program table ("tables", sections 1 to 6), not MIPS instructions, so
//! that what is run and what is proven is one thing. Of the tables it knows nothing but the number
//! of the stream that a row operation's records belong to.

mod cell;
mod fault;
mod interpreter;
mod memory;
mod operation;
mod program;
mod record;
mod state;
mod word;

pub use cell::{Mode, Plain, Traced};
pub use fault::{Cause, Fault};
pub use operation::{Description, Operation};
pub use program::{Arrays, Program, REGISTERS};
pub use record::{into_words, Record, Refresh};
pub use state::{Event, Machine, TouchedRegister, TouchedWord, Watch};
