// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {
    AT_D2,
    AT_D3,
    AT_G_Z,
    AT_GAMMA,
    AT_GROTH16,
    AT_H,
    AT_Q,
    AT_S,
    AT_W1,
    AT_W2,
    AT_W3,
    PREPROCESSED_SLOTS,
    R
} from "./ProofLayout.sol";

// From the statement and a proof to what the pairing check needs: the values that contract and circuit share and
// the weight (protocol, sections 3, 7 and 8). Nothing is decided here but the program key's equality.

/// @notice The proof is for another program, version or height.
error WrongProgram();

/// @dev What is kept of a proof in 16 words of memory, by offset: the twelve values P that contract and circuit
/// share (protocol, section 8), behind the tag and d3 with which they are hashed to ξ; then ξ and ω.
uint256 constant TAG = 0x1f;
uint256 constant D3 = 0x20;
uint256 constant SIGMA = 0x40;
uint256 constant FP = 0x60;
uint256 constant GAMMA = 0x80;
uint256 constant ALPHA = 0xc0;
uint256 constant ETA = 0xe0;
uint256 constant Z = 0x100;
uint256 constant D2 = 0x120;
uint256 constant BETA = 0x140;
uint256 constant ZETA = 0x160;
uint256 constant G_Z = 0x180;
uint256 constant Y = 0x1a0;
uint256 constant XI = 0x1c0;
uint256 constant OMEGA = 0x1e0;

/// @dev Recomputes the program key; σ, which binds statement and witness; fp, which binds exit code and output
/// to the output table (protocol, section 3).
/// @param height k, the height of PROGRAM.
/// @param tail Where in calldata the proof's tail starts.
function bindStatement(
    uint256[16] memory values,
    bytes32 version,
    bytes32 programVKey,
    uint32 exitCode,
    bytes calldata output,
    bytes calldata proof,
    uint256 height,
    uint256 tail
) pure {
    bytes32 computed;
    assembly ("memory-safe") {
        let scratch := mload(0x40)
        // keccak256(abi.encode(version, k, C_0, C_1))
        let programBytes := mul(0x40, PREPROCESSED_SLOTS)
        let slots := add(proof.offset, 0x20)
        mstore(scratch, version)
        mstore(add(scratch, 0x20), height)
        calldatacopy(add(scratch, 0x40), slots, programBytes)
        computed := keccak256(scratch, add(0x40, programBytes))

        // σ = keccak256(abi.encode(version, programVKey, exitCode, keccak256(output), C_2 …)) mod R
        calldatacopy(scratch, output.offset, output.length)
        let outputHash := keccak256(scratch, output.length)
        mstore(scratch, version)
        mstore(add(scratch, 0x20), programVKey)
        mstore(add(scratch, 0x40), exitCode)
        mstore(add(scratch, 0x60), outputHash)
        let witness := add(slots, programBytes)
        let witnessBytes := sub(tail, witness)
        calldatacopy(add(scratch, 0x80), witness, witnessBytes)
        let sigma := mod(keccak256(scratch, add(0x80, witnessBytes)), R)
        mstore(add(values, SIGMA), sigma)

        // fp = k + σ Σ p_x σ^x over the words exit code, byte length, output (big-endian, zero-padded)
        let words := shr(2, add(output.length, 3))
        let sum := 0
        if words {
            let last := add(output.offset, shl(2, sub(words, 1)))
            // 0 to 3 bytes of the last word are not output.
            let unused := shl(3, sub(shl(2, words), output.length))
            sum := shl(unused, shr(add(224, unused), calldataload(last)))
            for { let at := last } gt(at, output.offset) {} {
                at := sub(at, 4)
                sum := addmod(mulmod(sum, sigma, R), shr(224, calldataload(at)), R)
            }
        }
        sum := addmod(mulmod(sum, sigma, R), output.length, R)
        sum := addmod(mulmod(sum, sigma, R), exitCode, R)
        mstore(add(values, FP), addmod(mulmod(sum, sigma, R), height, R))
    }
    if (computed != programVKey) revert WrongProgram();
}

/// @dev The chain of challenges (protocol, section 7): each is the hash, modulo R, of a one-byte tag, the
/// challenge before and the messages since.
/// @param tail Where in calldata the proof's tail starts.
function drawChallenges(uint256[16] memory values, uint256 tail) pure {
    assembly ("memory-safe") {
        let scratch := mload(0x40)
        let words := add(scratch, 1) // behind the tag

        // γ and d1 from the proof, then d2, then g(z) and y: the circuit shows that they are what it
        // computed.
        calldatacopy(add(values, GAMMA), add(tail, AT_GAMMA), 0x40)
        calldatacopy(add(values, D2), add(tail, AT_D2), 0x20)
        calldatacopy(add(values, G_Z), add(tail, AT_G_Z), 0x40)

        // α = keccak(1, σ, γ, d1, C_h)
        mstore8(scratch, 1)
        mstore(words, mload(add(values, SIGMA)))
        calldatacopy(add(words, 0x20), add(tail, AT_GAMMA), 0x40)
        calldatacopy(add(words, 0x60), add(tail, AT_H), 0x40)
        let challenge := mod(keccak256(scratch, 0xa1), R)
        mstore(add(values, ALPHA), challenge)

        // η = keccak(2, α, C_q, C_g)
        mstore8(scratch, 2)
        mstore(words, challenge)
        calldatacopy(add(words, 0x20), add(tail, AT_Q), 0x80)
        challenge := mod(keccak256(scratch, 0xa1), R)
        mstore(add(values, ETA), challenge)

        // z = keccak(3, η, C_S, C_D)
        mstore8(scratch, 3)
        mstore(words, challenge)
        calldatacopy(add(words, 0x20), add(tail, AT_S), 0x80)
        challenge := mod(keccak256(scratch, 0xa1), R)
        mstore(add(values, Z), challenge)

        // β = keccak(4, z, d2, C_W1)
        mstore8(scratch, 4)
        mstore(words, challenge)
        calldatacopy(add(words, 0x20), add(tail, AT_D2), 0x20)
        calldatacopy(add(words, 0x40), add(tail, AT_W1), 0x40)
        challenge := mod(keccak256(scratch, 0x81), R)
        mstore(add(values, BETA), challenge)

        // ζ = keccak(5, β, C_W2)
        mstore8(scratch, 5)
        mstore(words, challenge)
        calldatacopy(add(words, 0x20), add(tail, AT_W2), 0x40)
        challenge := mod(keccak256(scratch, 0x61), R)
        mstore(add(values, ZETA), challenge)

        // ω = keccak(6, ζ, g(z), y, d3, C_W3, A, B, C): after everything, Groth16 included.
        mstore8(scratch, 6)
        mstore(words, challenge)
        calldatacopy(add(words, 0x20), add(tail, AT_G_Z), 0x60)
        calldatacopy(add(words, 0x80), add(tail, AT_W3), 0x40)
        calldatacopy(add(words, 0xc0), add(tail, AT_GROTH16), 0x100)
        mstore(add(values, OMEGA), mod(keccak256(scratch, 0x1c1), R))

        // ξ = keccak(7, d3, P_0 … P_11): one public input stands for the twelve values (section 8).
        mstore8(add(values, TAG), 7)
        calldatacopy(add(values, D3), add(tail, AT_D3), 0x20)
        mstore(add(values, XI), mod(keccak256(add(values, TAG), sub(XI, TAG)), R))
    }
}

/// @dev The weight of a product of pairings: ω of a single proof, or, of several, the hash of a tag and all
/// their ω, each of which hashes a whole proof.
function drawWeight(uint256[16][] memory values) pure returns (uint256 weight) {
    if (values.length == 1) return word(values[0], OMEGA);
    assembly ("memory-safe") {
        // Ω = keccak(8, ω_1, …)
        let scratch := mload(0x40)
        let count := mload(values)
        mstore8(scratch, 8)
        for { let i := 1 } iszero(gt(i, count)) { i := add(i, 1) } {
            let omega := mload(add(mload(add(values, mul(0x20, i))), OMEGA))
            mstore(add(add(scratch, 1), mul(0x20, sub(i, 1))), omega)
        }
        weight := mod(keccak256(scratch, add(1, mul(0x20, count))), R)
    }
}

/// @dev A kept value.
function word(uint256[16] memory values, uint256 offset) pure returns (uint256 value) {
    assembly ("memory-safe") {
        value := mload(add(values, offset))
    }
}
