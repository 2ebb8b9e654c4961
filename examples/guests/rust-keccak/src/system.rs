//! What std would give: an entry, system calls, memory, a panic handler.

use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::arch::{asm, global_asm};
use core::cell::UnsafeCell;
use core::fmt::{self, Write};

const EXIT: u32 = 4001;
const READ: u32 = 4003;
const WRITE: u32 = 4004;

global_asm!(
    ".globl __start",
    "__start:",
    "    jal start",
    "    addiu $sp, $sp, -16", // o32: room for the callee's arguments
);

#[no_mangle]
extern "C" fn start() -> ! {
    exit(crate::run())
}

/// The result, or the negative error number.
fn system_call(number: u32, a: usize, b: usize, c: usize) -> i32 {
    let (result, failed): (i32, u32);
    // SAFETY: o32 Linux: numbers and arguments as below; the caller vouches for the addresses.
    unsafe {
        asm!(
            "syscall",
            inlateout("$2") number => result,
            in("$4") a,
            in("$5") b,
            in("$6") c,
            lateout("$7") failed,
            lateout("$3") _, lateout("$8") _, lateout("$9") _, lateout("$10") _, lateout("$11") _,
            lateout("$12") _, lateout("$13") _, lateout("$14") _, lateout("$15") _, lateout("$24") _,
            lateout("$25") _,
            options(nostack),
        );
    }
    if failed == 0 {
        result
    } else {
        -result
    }
}

pub fn exit(code: i32) -> ! {
    system_call(EXIT, code as usize, 0, 0);
    loop {}
}

/// Standard input to its end; nothing if it cannot be read.
pub fn read_all() -> Vec<u8> {
    let mut input = Vec::new();
    let mut block = [0; 4096];
    loop {
        let count = system_call(READ, 0, block.as_mut_ptr() as usize, block.len());
        if count <= 0 {
            return input;
        }
        input.extend_from_slice(&block[..count as usize]);
    }
}

/// Standard output.
pub struct Output;

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut left = text.as_bytes();
        while !left.is_empty() {
            let count = system_call(WRITE, 1, left.as_ptr() as usize, left.len());
            if count <= 0 {
                return Err(fmt::Error);
            }
            left = &left[count as usize..];
        }
        Ok(())
    }
}

/// Memory that is never given back, from an array.
struct Bump {
    memory: UnsafeCell<[u8; Bump::SIZE]>,
    used: UnsafeCell<usize>,
}

impl Bump {
    const SIZE: usize = 1 << 22;
}

// SAFETY: there is one thread.
unsafe impl Sync for Bump {}

// SAFETY: blocks are inside of the array, aligned, and do not overlap, as `used` only grows.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = self.memory.get() as usize;
        let start = (base + *self.used.get()).next_multiple_of(layout.align()) - base;
        if layout.size() > Self::SIZE || start > Self::SIZE - layout.size() {
            return core::ptr::null_mut();
        }
        *self.used.get() = start + layout.size();
        (base + start) as *mut u8
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MEMORY: Bump = Bump { memory: UnsafeCell::new([0; Bump::SIZE]), used: UnsafeCell::new(0) };

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    exit(101)
}
