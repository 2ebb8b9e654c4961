//! Keccak-256 (the padding of Ethereum, not of FIPS 202).

pub type Hash = [u8; 32];

const RATE: usize = 136;

/// Keccak's linear feedback shift register, one bit a step: bit 2^j − 1 of a round's constant.
const fn round_constants() -> [u64; 24] {
    let mut constants = [0; 24];
    let (mut round, mut state) = (0, 1u8);
    while round < 24 {
        let mut j = 0;
        while j < 7 {
            if state & 1 != 0 {
                constants[round] |= 1 << ((1 << j) - 1);
            }
            state = (state << 1) ^ if state & 0x80 != 0 { 0x71 } else { 0 };
            j += 1;
        }
        round += 1;
    }
    constants
}

const ROUND_CONSTANTS: [u64; 24] = round_constants();

/// Where π moves the lane before, from lane 1 on, and how far ρ rotates it.
const fn cycle() -> [(usize, u32); 24] {
    let mut cycle = [(0, 0); 24];
    let (mut step, mut x, mut y) = (0, 1, 0);
    while step < 24 {
        (x, y) = (y, (2 * x + 3 * y) % 5);
        cycle[step] = (x + 5 * y, ((step + 1) * (step + 2) / 2 % 64) as u32);
        step += 1;
    }
    cycle
}

const CYCLE: [(usize, u32); 24] = cycle();

fn permute(state: &mut [u64; 25]) {
    for constant in ROUND_CONSTANTS {
        let mut parity = [0; 5];
        for x in 0..5 {
            parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
        }
        for x in 0..5 {
            let column = parity[(x + 4) % 5] ^ parity[(x + 1) % 5].rotate_left(1);
            for y in 0..5 {
                state[x + 5 * y] ^= column;
            }
        }
        // ρ and π along the one cycle of the 24 lanes off the origin.
        let mut moved = state[1];
        for (lane, offset) in CYCLE {
            moved = core::mem::replace(&mut state[lane], moved.rotate_left(offset));
        }
        for row in state.chunks_exact_mut(5) {
            let old = [row[0], row[1], row[2], row[3], row[4]];
            for x in 0..5 {
                row[x] = old[x] ^ (!old[(x + 1) % 5] & old[(x + 2) % 5]);
            }
        }
        state[0] ^= constant;
    }
}

fn absorb(state: &mut [u64; 25], block: &[u8]) {
    for (lane, bytes) in state.iter_mut().zip(block.chunks_exact(8)) {
        *lane ^= u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    }
    permute(state);
}

pub fn keccak256(message: &[u8]) -> Hash {
    let mut state = [0; 25];
    let blocks = message.chunks_exact(RATE);
    let mut last = [0; RATE];
    last[..blocks.remainder().len()].copy_from_slice(blocks.remainder());
    last[blocks.remainder().len()] = 1;
    last[RATE - 1] |= 0x80;
    for block in blocks {
        absorb(&mut state, block);
    }
    absorb(&mut state, &last);
    let mut hash = [0; 32];
    for (bytes, lane) in hash.chunks_exact_mut(8).zip(state) {
        bytes.copy_from_slice(&lane.to_le_bytes());
    }
    hash
}
