//! Row operations, specialised by those flags that change what a row does.

use crate::error::{Error, Result};

/// What the caller says of one code: its name, the stream of its records, and the names of the
/// flag bits, lowest first.
#[derive(Clone, Debug)]
pub struct Description {
    pub code: u8,
    pub name: String,
    pub stream: u8,
    pub flags: Vec<String>,
}

/// The flags of one row, by name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// `u`: another row of the same instruction follows.
    pub more: bool,
    /// `fi`: operand b is the immediate.
    pub immediate: bool,
    /// `d`: the delay slot is executed.
    pub delayed: bool,
    /// `L`: with `d`, the slot is skipped if the branch is not taken; without, it is a fused nop.
    pub likely: bool,
    /// `lk`: the return address is written.
    pub link: bool,
    /// `sy`: the return address is that of the next instruction.
    pub system: bool,
}

impl Flags {
    /// Reads the bits of a row.
    pub fn read(bits: u8, description: &Description) -> Result<Self> {
        let mut flags = Self::default();
        for bit in (0..8).filter(|bit| bits >> bit & 1 == 1) {
            let flag = match description.flags.get(bit).map(String::as_str) {
                Some("u") => &mut flags.more,
                Some("fi") => &mut flags.immediate,
                Some("d") => &mut flags.delayed,
                Some("L") => &mut flags.likely,
                Some("lk") => &mut flags.link,
                Some("sy") => &mut flags.system,
                name => {
                    let operation = &description.name;
                    return Err(Error::value(format!("{operation}: no flag {bit} ({name:?})")));
                }
            };
            *flag = true;
        }
        Ok(flags)
    }
}

/// What a branch does with its delay slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Slot {
    /// No slot: the branch goes to a trap handler at once.
    Trap,
    /// The slot is executed.
    Executed,
    /// The slot is executed if the branch is taken.
    Likely,
    /// The slot is a nop without a row of its own.
    Fused,
}

/// One row operation; the interpreter has one arm for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Operation {
    /// An address without a row.
    Missing,
    /// A word of the image that is no instruction.
    Data,
    Li,
    Move,
    AddImmediate,
    LessUnsignedImmediate,
    Add,
    Subtract,
    LessUnsigned,
    And,
    Or,
    Xor,
    Nor,
    AndImmediate,
    OrImmediate,
    XorImmediate,
    NorImmediate,
    ShiftLeft,
    ShiftRight,
    Rotate,
    Low,
    High,
    HighSigned,
    RotateBy,
    Quotient,
    Remainder,
    Less,
    Select,
    LowImmediate,
    HighImmediate,
    HighSignedImmediate,
    RotateByImmediate,
    QuotientImmediate,
    RemainderImmediate,
    LessImmediate,
    SelectImmediate,
    Power,
    CoPower,
    LeadingZeros,
    LoadWord,
    StoreWord,
    LoadByte,
    LoadByteUnsigned,
    LoadHalf,
    LoadHalfUnsigned,
    LoadLeft,
    LoadRight,
    StoreByte,
    StoreHalf,
    StoreLeft,
    StoreRight,
    ZeroTrap,
    ZeroExecuted,
    ZeroLikely,
    ZeroFused,
    NonZeroTrap,
    NonZeroExecuted,
    NonZeroLikely,
    NonZeroFused,
    EqualTrap,
    EqualExecuted,
    EqualLikely,
    EqualFused,
    UnequalTrap,
    UnequalExecuted,
    UnequalLikely,
    UnequalFused,
    JumpRegister,
    JumpRegisterFused,
    CallRegister,
    CallRegisterFused,
    SystemRegister,
    Jump,
    JumpFused,
    Call,
    CallFused,
    System,
    Input,
    Output,
    Halt,
}

use Operation as Op;

/// Number of operations.
pub const OPERATIONS: usize = Op::Halt as usize + 1;

impl Operation {
    /// The operation of a name with these flags; an error if there is none.
    pub fn new(name: &str, flags: Flags) -> Result<Self> {
        let slot = match (flags.delayed, flags.likely) {
            (false, false) => Slot::Trap,
            (true, false) => Slot::Executed,
            (true, true) => Slot::Likely,
            (false, true) => Slot::Fused,
        };
        let pick = |register, immediate| Some(if flags.immediate { immediate } else { register });
        let branch = |operations: [Op; 4]| Some(operations[slot as usize]);
        let jump = |[plain, fused, call, call_fused, system]: [Op; 5]| match (
            flags.link,
            flags.system,
            flags.delayed,
        ) {
            (false, false, true) => Some(plain),
            (false, false, false) => Some(fused),
            (true, false, true) => Some(call),
            (true, false, false) => Some(call_fused),
            (true, true, false) => Some(system),
            _ => None,
        };
        // Flags that an operation does not name in its arm must be off.
        let branching = flags.delayed || flags.likely || flags.link || flags.system;
        let plain = |operation| (!branching && !flags.immediate).then_some(operation);
        let last = |operation: Option<Op>| operation.filter(|_| !flags.more);
        let operation = match name {
            "li" => plain(Op::Li),
            "move" => plain(Op::Move),
            "addi" => plain(Op::AddImmediate),
            "sltui" => plain(Op::LessUnsignedImmediate),
            "add" => plain(Op::Add),
            "sub" => plain(Op::Subtract),
            "ltu" => plain(Op::LessUnsigned),
            "and" => pick(Op::And, Op::AndImmediate),
            "or" => pick(Op::Or, Op::OrImmediate),
            "xor" => pick(Op::Xor, Op::XorImmediate),
            "nor" => pick(Op::Nor, Op::NorImmediate),
            "shl" => plain(Op::ShiftLeft),
            "shr" => plain(Op::ShiftRight),
            "rot" => plain(Op::Rotate),
            "mul_lo" => pick(Op::Low, Op::LowImmediate),
            "mul_hi" => pick(Op::High, Op::HighImmediate),
            "mul_his" => pick(Op::HighSigned, Op::HighSignedImmediate),
            "mul_rot" => pick(Op::RotateBy, Op::RotateByImmediate),
            "div_q" => pick(Op::Quotient, Op::QuotientImmediate),
            "div_r" => pick(Op::Remainder, Op::RemainderImmediate),
            "lt" => pick(Op::Less, Op::LessImmediate),
            "select" => pick(Op::Select, Op::SelectImmediate),
            "pow" => plain(Op::Power),
            "copow" => plain(Op::CoPower),
            "clz" => plain(Op::LeadingZeros),
            "lw" => last(plain(Op::LoadWord)),
            "sw" => last(plain(Op::StoreWord)),
            "lb" => plain(Op::LoadByte),
            "lbu" => plain(Op::LoadByteUnsigned),
            "lh" => plain(Op::LoadHalf),
            "lhu" => plain(Op::LoadHalfUnsigned),
            "lwl" => plain(Op::LoadLeft),
            "lwr" => plain(Op::LoadRight),
            "sb" => plain(Op::StoreByte),
            "sh" => plain(Op::StoreHalf),
            "swl" => plain(Op::StoreLeft),
            "swr" => plain(Op::StoreRight),
            "bz_eq" => branch([Op::ZeroTrap, Op::ZeroExecuted, Op::ZeroLikely, Op::ZeroFused]),
            "bz_ne" => {
                branch([Op::NonZeroTrap, Op::NonZeroExecuted, Op::NonZeroLikely, Op::NonZeroFused])
            }
            "beq" => branch([Op::EqualTrap, Op::EqualExecuted, Op::EqualLikely, Op::EqualFused]),
            "bne" => {
                branch([Op::UnequalTrap, Op::UnequalExecuted, Op::UnequalLikely, Op::UnequalFused])
            }
            "jump_reg" => last(jump([
                Op::JumpRegister,
                Op::JumpRegisterFused,
                Op::CallRegister,
                Op::CallRegisterFused,
                Op::SystemRegister,
            ])),
            "jump_imm" => {
                last(jump([Op::Jump, Op::JumpFused, Op::Call, Op::CallFused, Op::System]))
            }
            "in" => last(plain(Op::Input)),
            "out" => last(plain(Op::Output)),
            "halt" => last(plain(Op::Halt)),
            _ => return Err(Error::value(format!("unknown row operation {name:?}"))),
        };
        operation.ok_or_else(|| Error::value(format!("{name}: these flags exclude each other")))
    }

    /// True if the row's immediate is the address of another row.
    pub fn has_target(self) -> bool {
        (Op::ZeroTrap as u8..=Op::UnequalFused as u8).contains(&(self as u8))
            || (Op::Jump as u8..=Op::System as u8).contains(&(self as u8))
    }
}
