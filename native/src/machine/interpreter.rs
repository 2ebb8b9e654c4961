//! The interpreter: one arm per row operation ("tables", sections 2, 3 and 6).

use std::sync::Arc;

use super::cell::Mode;
use super::fault::Cause;
use super::operation::Operation as Op;
use super::program::MORE;
use super::record::{Record, STREAMS};
use super::state::{Event, Machine};
use super::word;

/// Immediates of memory accesses are offsets plus this, so that they are not negative.
const OFFSET_BIAS: i64 = 1 << 15;

impl<M: Mode> Machine<M> {
    /// Executes up to `budget` rows, and never more than [`Self::ROW_LIMIT`] in all.
    ///
    /// Values that no provable run reaches (a register above 2^32, a carry out of a rotation)
    /// wrap around: whatever the guest does, no arm panics.
    pub fn run(&mut self, budget: u64) -> Event {
        if let Some(end) = self.end {
            return end;
        }
        let program = Arc::clone(&self.program);
        let rows = &program.rows[..];
        let budget = budget.min(Self::ROW_LIMIT - self.executed);
        let mut left = budget;
        // The row to execute and the one after it.
        let (mut i, mut n) = (self.row, self.next);

        let event = loop {
            if left == 0 {
                break Event::Budget;
            }
            let row = rows[i as usize];
            // Used in a trace only, where ROW_LIMIT keeps it below 2^32.
            let t = (self.executed + (budget - left)).wrapping_mul(3) as u32;
            let mut record = Record::default();
            if M::TRACE {
                record.row = i;
                record.ts = t;
                record.delta = self.address(n) - self.address(i) - 4;
            }

            // ---------------------------------------------------- going on

            // Completes the row; `$i` is executed next, and `$n` after that.
            macro_rules! go {
                ($i:expr, $n:expr) => {{
                    // May still make accesses of this row.
                    let after = ($i, $n);
                    if M::TRACE {
                        let stream = program.stream[row.operation as usize];
                        self.streams[usize::from(stream) % STREAMS].push(record);
                    }
                    self.counts[i as usize] += 1;
                    left -= 1;
                    (i, n) = after;
                }};
            }
            macro_rules! step {
                () => {
                    if row.r3 & MORE != 0 {
                        go!(i + 1, n)
                    } else {
                        go!(n, rows[n as usize].next)
                    }
                };
            }
            macro_rules! jump_to {
                ($target:expr) => {{
                    let target = $target;
                    go!(target, rows[target as usize].next)
                }};
            }
            // `n` is not the word's successor exactly if a jump is pending.
            macro_rules! refuse_in_slot {
                ($cause:ident) => {
                    if n != row.next {
                        break self.fault(i, Cause::$cause);
                    }
                };
            }

            // ---------------------------------------------------- accesses

            macro_rules! a {
                () => {{
                    let (value, gap) = self.read(row.r1, t);
                    (record.a, record.ga) = (value, gap);
                    value
                }};
            }
            macro_rules! b {
                () => {{
                    let (value, gap) = self.read(row.r2, t.wrapping_add(1));
                    (record.b, record.gb) = (value, gap);
                    value
                }};
            }
            // r3 = $value(old r3).
            macro_rules! c {
                ($value:expr) => {
                    (record.c, record.gc) = self.write(row.r3 & !MORE, t.wrapping_add(2), $value)
                };
            }
            // The address a + offset, and where the word around it is kept.
            macro_rules! locate {
                ($size:literal) => {{
                    let offset = (row.imm as i64).wrapping_sub(OFFSET_BIAS);
                    let address = (a!() as i64).wrapping_add(offset);
                    match self.memory.locate(address, $size) {
                        Ok(index) => (address, index),
                        Err(cause) => break self.fault(i, cause),
                    }
                }};
            }
            // The located word = $value(old word); the result is the old word.
            macro_rules! m {
                ($at:expr, $tick:literal, $value:expr) => {{
                    let (address, index) = $at;
                    let (old, gap) = self.access(index, address, t.wrapping_add($tick), $value);
                    (record.v, record.gm) = (old, gap);
                    old
                }};
            }

            // ---------------------------------------------------- families of rows

            macro_rules! unary {
                ($f:expr) => {{
                    let value = $f(a!());
                    c!(|_| value);
                    step!()
                }};
            }
            macro_rules! binary {
                ($f:expr) => {{
                    let value = $f(a!(), b!());
                    c!(|_| value);
                    step!()
                }};
            }
            macro_rules! immediate {
                ($f:expr) => {{
                    let value = $f(a!(), row.imm);
                    c!(|_| value);
                    step!()
                }};
            }
            macro_rules! select {
                ($b:expr) => {{
                    let (a, b) = (a!(), $b);
                    c!(|old| if b != 0 { a } else { old });
                    step!()
                }};
            }
            // r3 = $f(word, position of the byte in it).
            macro_rules! load {
                ($size:literal, $f:expr) => {{
                    let at = locate!($size);
                    let value = $f(m!(at, 1, |old| old), at.0 as u32 & 3);
                    c!(|_| u64::from(value));
                    step!()
                }};
            }
            // r2 = $f(r2, word, position).
            macro_rules! load_part {
                ($f:expr) => {{
                    let at = locate!(1);
                    let word = m!(at, 1, |old| old);
                    let value = |old| u64::from($f(old as u32, word, at.0 as u32 & 3));
                    (record.c, record.gc) = self.write(row.r2, t.wrapping_add(2), value);
                    step!()
                }};
            }
            // word = $f(r2, word, position).
            macro_rules! store_part {
                ($size:literal, $f:expr) => {{
                    let at = locate!($size);
                    let register = self.read(row.r2, t.wrapping_add(2));
                    (record.c, record.gc) = register;
                    m!(at, 1, |old| $f(register.0 as u32, old, at.0 as u32 & 3));
                    step!()
                }};
            }
            macro_rules! trap {
                ($taken:expr) => {
                    jump_to!(if $taken { row.target() } else { n })
                };
            }
            macro_rules! executed {
                ($taken:expr) => {{
                    refuse_in_slot!(BranchInDelaySlot);
                    go!(n, if $taken { row.target() } else { rows[n as usize].next })
                }};
            }
            macro_rules! likely {
                ($taken:expr) => {{
                    refuse_in_slot!(BranchInDelaySlot);
                    if $taken {
                        go!(n, row.target())
                    } else {
                        jump_to!(row.skip())
                    }
                }};
            }
            macro_rules! fused {
                ($taken:expr) => {{
                    refuse_in_slot!(BranchInDelaySlot);
                    jump_to!(if $taken { row.target() } else { row.skip() })
                }};
            }
            macro_rules! register_target {
                () => {{
                    let a = a!();
                    self.find(a)
                }};
            }
            macro_rules! jump {
                ($target:expr) => {{
                    refuse_in_slot!(BranchInDelaySlot);
                    go!(n, $target)
                }};
            }
            macro_rules! jump_fused {
                ($target:expr) => {{
                    refuse_in_slot!(BranchInDelaySlot);
                    jump_to!($target)
                }};
            }
            macro_rules! link {
                ($address:expr) => {{
                    let address = $address as u64;
                    c!(|_| address);
                }};
            }
            macro_rules! system {
                ($target:expr) => {{
                    let resume = self.address(n);
                    let target = $target;
                    link!(resume);
                    jump_to!(target);
                    if self.is_watched(i) {
                        break Event::System;
                    }
                }};
            }

            match row.operation {
                Op::Missing => {
                    let aligned = self.address(i) & 3 == 0;
                    let cause = if aligned { Cause::NoInstruction } else { Cause::MisalignedJump };
                    break self.fault(i, cause);
                }
                Op::Data => break self.fault(i, Cause::UndecodableWord),

                Op::Li => {
                    c!(|_| row.imm);
                    step!()
                }
                Op::Move => unary!(|a| a),
                Op::AddImmediate => immediate!(word::add),
                Op::LessUnsignedImmediate => immediate!(word::less_unsigned),
                Op::Add => binary!(word::add),
                Op::Subtract => binary!(word::subtract),
                Op::LessUnsigned => binary!(word::less_unsigned),
                Op::And => binary!(word::and),
                Op::Or => binary!(word::or),
                Op::Xor => binary!(word::xor),
                Op::Nor => binary!(word::nor),
                Op::AndImmediate => immediate!(word::and),
                Op::OrImmediate => immediate!(word::or),
                Op::XorImmediate => immediate!(word::xor),
                Op::NorImmediate => immediate!(word::nor),
                Op::ShiftLeft => immediate!(word::low),
                Op::ShiftRight => immediate!(word::high),
                Op::Rotate => immediate!(word::low_plus_high),
                Op::Low => binary!(word::low),
                Op::High => binary!(word::high),
                Op::HighSigned => binary!(word::high_signed),
                Op::RotateBy => binary!(word::low_plus_high),
                Op::Quotient => binary!(word::quotient),
                Op::Remainder => binary!(word::remainder),
                Op::Less => binary!(word::less),
                Op::Select => select!(b!()),
                Op::LowImmediate => immediate!(word::low),
                Op::HighImmediate => immediate!(word::high),
                Op::HighSignedImmediate => immediate!(word::high_signed),
                Op::RotateByImmediate => immediate!(word::low_plus_high),
                Op::QuotientImmediate => immediate!(word::quotient),
                Op::RemainderImmediate => immediate!(word::remainder),
                Op::LessImmediate => immediate!(word::less),
                Op::SelectImmediate => select!(row.imm),
                Op::Power => unary!(|a: u64| 1 << (a & 31)),
                Op::CoPower => unary!(|a: u64| 1 << (32 - (a & 31))),
                Op::LeadingZeros => unary!(|a: u64| u64::from((a as u32).leading_zeros())),

                Op::LoadWord => load!(4, |word, _| word),
                Op::LoadByte => load!(1, |word, k| word::byte(word, k) as i8 as u32),
                Op::LoadByteUnsigned => load!(1, |word, k| u32::from(word::byte(word, k))),
                Op::LoadHalf => load!(2, |word, k| word::half(word, k) as i16 as u32),
                Op::LoadHalfUnsigned => load!(2, |word, k| u32::from(word::half(word, k))),
                Op::LoadLeft => load_part!(word::load_left),
                Op::LoadRight => load_part!(word::load_right),
                Op::StoreWord => {
                    let at = locate!(4);
                    let value = b!() as u32;
                    m!(at, 2, |_| value);
                    step!()
                }
                Op::StoreByte => store_part!(1, word::store_byte),
                Op::StoreHalf => store_part!(2, word::store_half),
                Op::StoreLeft => store_part!(1, word::store_left),
                Op::StoreRight => store_part!(1, word::store_right),

                Op::ZeroTrap => trap!(a!() == 0),
                Op::ZeroExecuted => executed!(a!() == 0),
                Op::ZeroLikely => likely!(a!() == 0),
                Op::ZeroFused => fused!(a!() == 0),
                Op::NonZeroTrap => trap!(a!() != 0),
                Op::NonZeroExecuted => executed!(a!() != 0),
                Op::NonZeroLikely => likely!(a!() != 0),
                Op::NonZeroFused => fused!(a!() != 0),
                Op::EqualTrap => trap!(a!() == b!()),
                Op::EqualExecuted => executed!(a!() == b!()),
                Op::EqualLikely => likely!(a!() == b!()),
                Op::EqualFused => fused!(a!() == b!()),
                Op::UnequalTrap => trap!(a!() != b!()),
                Op::UnequalExecuted => executed!(a!() != b!()),
                Op::UnequalLikely => likely!(a!() != b!()),
                Op::UnequalFused => fused!(a!() != b!()),

                Op::JumpRegister => jump!(register_target!()),
                Op::JumpRegisterFused => jump_fused!(register_target!()),
                Op::CallRegister => jump!({
                    let target = register_target!();
                    link!(self.address(i) + 8);
                    target
                }),
                Op::CallRegisterFused => jump_fused!({
                    let target = register_target!();
                    link!(self.address(i) + 8);
                    target
                }),
                Op::SystemRegister => system!(register_target!()),
                Op::Jump => jump!(row.target()),
                Op::JumpFused => jump_fused!(row.target()),
                Op::Call => jump!({
                    link!(self.address(i) + 8);
                    row.target()
                }),
                Op::CallFused => jump_fused!({
                    link!(self.address(i) + 8);
                    row.target()
                }),
                Op::System => system!(row.target()),

                Op::Input => {
                    refuse_in_slot!(SystemInDelaySlot);
                    let Some(word) = self.input.front().copied() else { break Event::Input };
                    let at = locate!(4);
                    self.input.pop_front();
                    record.x = word;
                    m!(at, 2, |_| word);
                    step!()
                }
                Op::Output => {
                    refuse_in_slot!(SystemInDelaySlot);
                    let at = locate!(4);
                    // Words 0 and 1 are the exit code and the length.
                    let (index, expected) = (b!(), self.output.len() as u64 + 2);
                    if index != expected {
                        break self.fault(i, Cause::OutputOrder { index, expected });
                    }
                    let word = m!(at, 2, |old| old);
                    self.output.push(word);
                    step!()
                }
                Op::Halt => {
                    refuse_in_slot!(SystemInDelaySlot);
                    let (code, length, words) = (a!(), b!(), self.output.len() as u64);
                    if length.div_ceil(4) != words {
                        break self.fault(i, Cause::OutputLength { length, words });
                    }
                    step!();
                    break Event::Halt { code, length };
                }
            }
        };
        self.executed += budget - left;
        (self.row, self.next) = (i, n);
        if matches!(event, Event::Halt { .. } | Event::Fault(_)) {
            self.end = Some(event);
        }
        event
    }
}
