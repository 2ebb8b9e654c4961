// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IZkmVerifier} from "./IZkmVerifier.sol";
import {requireCanonicalCalldata} from "./CanonicalCalldata.sol";

/// @dev Order of BN254's groups: scalars are taken modulo R.
uint256 constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
/// @dev Modulus of the coordinates of points.
uint256 constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;

/// @dev A proof is a word k, the slots' commitments (64 bytes each) and a tail: offsets in the tail.
// layout begin (made by zkm.contract.layout)
uint256 constant PREPROCESSED_SLOTS = 2; // C_0 and C_1, the program's.
uint256 constant TAIL_BYTES = 960; // What follows the slots' commitments.
uint256 constant AT_H = 0; // A point.
uint256 constant AT_Q = 64; // A point.
uint256 constant AT_G = 128; // A point.
uint256 constant AT_S = 192; // A point.
uint256 constant AT_D = 256; // A point.
uint256 constant AT_W1 = 320; // A point.
uint256 constant AT_W2 = 384; // A point.
uint256 constant AT_W3 = 448; // A point.
uint256 constant AT_GAMMA = 512; // A word below r.
uint256 constant AT_D1 = 544; // A word below r.
uint256 constant AT_D2 = 576; // A word below r.
uint256 constant AT_G_Z = 608; // A word below r.
uint256 constant AT_Y = 640; // A word below r.
uint256 constant AT_D3 = 672; // A word below r.
uint256 constant AT_GROTH16 = 704; // A, B and C.
// layout end

/// @title The group part of zkm's verifier, and the statement
/// @notice A proof is valid if (1) the Groth16 proof shows that the field part of the argument accepts, for
/// the challenges computed here, and (2) the commitments open to the values that the field part used. Both
/// end in one product of five pairings. The page "protocol" of the documentation has all equations.
/// @dev Everything that is specific to a key (points, version, sizes) is in the generated contract that
/// derives from this one. Whatever is wrong ends in a revert; there is no return value to forget.
///
/// Points are not checked one by one: each goes into a precompile, which fails for a coordinate that is not
/// below Q, for a point off its curve and, in G2, for one outside the subgroup of order R.
abstract contract Verifier is IZkmVerifier {
    /// @notice No proof has this length, or it has more slots than the parameter set.
    error WrongLength();
    /// @notice k exceeds the largest height of the program table.
    error WrongHeight();
    /// @notice A scalar is not below R, or a coordinate not below Q.
    error NotCanonical();
    /// @notice The proof is for another program, version or height.
    error WrongProgram();
    /// @notice A precompile refused a point, had too little gas, or does not exist on this chain.
    error PrecompileFailed();
    /// @notice The pairing product is not one.
    error InvalidProof();

    /// @dev What is kept in memory between the steps, by offset: the twelve values P that contract and circuit
    /// share (protocol, section 8), behind the tag and d3 with which they are hashed to ξ; then ξ and ω.
    uint256 private constant TAG = 0x1f;
    uint256 private constant D3 = 0x20;
    uint256 private constant SIGMA = 0x40;
    uint256 private constant FP = 0x60;
    uint256 private constant GAMMA = 0x80;
    uint256 private constant ALPHA = 0xc0;
    uint256 private constant ETA = 0xe0;
    uint256 private constant Z = 0x100;
    uint256 private constant D2 = 0x120;
    uint256 private constant BETA = 0x140;
    uint256 private constant ZETA = 0x160;
    uint256 private constant G_Z = 0x180;
    uint256 private constant Y = 0x1a0;
    uint256 private constant XI = 0x1c0;
    uint256 private constant OMEGA = 0x1e0;

    /// @dev Selector of the error PrecompileFailed().
    uint256 private constant PRECOMPILE_FAILED = 0x84e81692;

    /// @dev The version, as `VERSION()` answers it.
    function _version() internal pure virtual returns (bytes32);

    /// @dev The largest number of slots, the largest height of the program table, and the binary logarithm
    /// of b, the side of the opening.
    function _sizes() internal pure virtual returns (uint256 slots, uint256 height, uint256 sideBits);

    /// @dev The input of the pairing check, with zeros where points of the proof and sums go, then
    /// IC_0 … IC_3. The pairs, of 6 words each: (0, 0), (α₁, β₂), (0, γ₂), (0, δ₂), (0, [τ]₂); γ₂ is the
    /// generator of G2.
    function _keys() internal pure virtual returns (uint256[38] memory keys);

    /// @inheritdoc IZkmVerifier
    function verify(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        external
        view
        override
    {
        requireCanonicalCalldata(output, proof);
        uint256 tail = _checkShape(proof);
        uint256[16] memory values;
        _bindStatement(values, programVKey, exitCode, output, proof, tail);
        _drawChallenges(values, tail);
        _checkPairings(values, proof, tail);
    }

    /// @dev Length, height and scalars. Returns where in calldata the tail starts.
    function _checkShape(bytes calldata proof) private pure returns (uint256 tail) {
        (uint256 maxSlots, uint256 maxHeight,) = _sizes();
        uint256 least = 0x20 + 0x40 * PREPROCESSED_SLOTS + TAIL_BYTES;
        uint256 most = 0x20 + 0x40 * maxSlots + TAIL_BYTES;
        if (proof.length < least || proof.length > most || (proof.length - least) % 0x40 != 0) revert WrongLength();
        bool canonical = true;
        uint256 height;
        assembly ("memory-safe") {
            height := calldataload(proof.offset)
            tail := sub(add(proof.offset, proof.length), TAIL_BYTES)
            for { let at := add(tail, AT_GAMMA) } lt(at, add(tail, AT_GROTH16)) { at := add(at, 0x20) } {
                canonical := and(canonical, lt(calldataload(at), R))
            }
            // A is negated below: its y must be below Q by itself.
            canonical := and(canonical, lt(calldataload(add(tail, add(AT_GROTH16, 0x20))), Q))
        }
        if (height > maxHeight) revert WrongHeight();
        if (!canonical) revert NotCanonical();
    }

    /// @dev Recomputes the program key; σ, which binds statement and witness; fp, which binds exit code and
    /// output to the output table (protocol, section 3).
    function _bindStatement(
        uint256[16] memory values,
        bytes32 programVKey,
        uint32 exitCode,
        bytes calldata output,
        bytes calldata proof,
        uint256 tail
    ) private pure {
        bytes32 version = _version();
        bytes32 computed;
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            // keccak256(abi.encode(version, k, C_0, C_1)); k, C_0, C_1 are the first words of the proof.
            let program := add(0x20, mul(0x40, PREPROCESSED_SLOTS))
            mstore(scratch, version)
            calldatacopy(add(scratch, 0x20), proof.offset, program)
            computed := keccak256(scratch, add(0x20, program))

            // σ = keccak256(abi.encode(version, programVKey, exitCode, keccak256(output), C_2 …)) mod R
            calldatacopy(scratch, output.offset, output.length)
            let outputHash := keccak256(scratch, output.length)
            mstore(scratch, version)
            mstore(add(scratch, 0x20), programVKey)
            mstore(add(scratch, 0x40), exitCode)
            mstore(add(scratch, 0x60), outputHash)
            let witness := add(proof.offset, program)
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
            mstore(add(values, FP), addmod(mulmod(sum, sigma, R), calldataload(proof.offset), R))
        }
        if (computed != programVKey) revert WrongProgram();
    }

    /// @dev The chain of challenges (protocol, section 7): each is the hash, modulo R, of a one-byte tag, the
    /// challenge before and the messages since.
    function _drawChallenges(uint256[16] memory values, uint256 tail) private pure {
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

    /// @dev With L1 = Σ γ^s C_s − (z^b − α) C_q − g(z) G + z C_W1,
    /// L2 = (ζ − α) C_g + β (ζ − α) C_S + β² C_h + β³ (zζ − 1)(ζ − α) C_D − y G − Z(ζ) C_W2 + ζ C_W3,
    /// Z(ζ) = (ζ − z)(zζ − 1)(ζ − α):
    /// e(−A, B) e(α₁, β₂) e(vk_x + ω L1 + ω² L2, [1]₂) e(C, δ₂) e(−ω C_W1 − ω² C_W3, [τ]₂) = 1.
    function _checkPairings(uint256[16] memory values, bytes calldata proof, uint256 tail) private view {
        (,, uint256 sideBits) = _sizes();
        uint256[38] memory keys = _keys();
        bool valid;
        assembly ("memory-safe") {
            // A precompile that fails takes all gas it was given: stop at once with what is left. One that
            // does not exist succeeds and returns nothing.
            function require_answer(ok, size) {
                if iszero(and(ok, eq(returndatasize(), size))) {
                    mstore(0x00, PRECOMPILE_FAILED)
                    revert(0x1c, 0x04)
                }
            }
            // The sum += the point behind it.
            function add_point(sum) {
                require_answer(staticcall(gas(), 6, sum, 0x80, sum, 0x40), 0x40)
            }
            // The sum += scalar · (the point behind it).
            function add_product(sum, scalar) {
                mstore(add(sum, 0x80), scalar)
                require_answer(staticcall(gas(), 7, add(sum, 0x40), 0x60, add(sum, 0x40), 0x40), 0x40)
                add_point(sum)
            }
            // The sum += scalar · (point in calldata).
            function add_calldata(sum, at, scalar) {
                calldatacopy(add(sum, 0x40), at, 0x40)
                add_product(sum, scalar)
            }
            // The sum += scalar · (point in memory).
            function add_memory(sum, at, scalar) {
                mstore(add(sum, 0x40), mload(at))
                mstore(add(sum, 0x60), mload(add(at, 0x20)))
                add_product(sum, scalar)
            }
            // The sum *= scalar.
            function scale(sum, scalar) {
                mstore(add(sum, 0x40), scalar)
                require_answer(staticcall(gas(), 7, sum, 0x60, sum, 0x40), 0x40)
            }
            // A pair's first point := the sum.
            function set_point(pair, sum) {
                mstore(pair, mload(sum))
                mstore(add(pair, 0x20), mload(add(sum, 0x20)))
            }
            function subtract(a, b) -> c {
                c := addmod(a, sub(R, b), R)
            }

            let pairs := keys // five pairs of 0xc0 bytes
            let sum := mload(0x40)
            let omega := mload(add(values, OMEGA))
            let z := mload(add(values, Z))

            // sum := ω (L1 + ω L2), by Horner's rule over the slots, the highest first.
            {
                let gamma := mload(add(values, GAMMA))
                let first := add(proof.offset, 0x20)
                let slot := sub(tail, 0x40)
                calldatacopy(sum, slot, 0x40)
                for {} gt(slot, first) {} {
                    slot := sub(slot, 0x40)
                    scale(sum, gamma)
                    calldatacopy(add(sum, 0x40), slot, 0x40)
                    add_point(sum)
                }
                let alpha := mload(add(values, ALPHA))
                let power := z
                for { let i := 0 } lt(i, sideBits) { i := add(i, 1) } { power := mulmod(power, power, R) }
                add_calldata(sum, add(tail, AT_Q), subtract(alpha, power))
                add_calldata(sum, add(tail, AT_W1), z)

                // Weights of L2 start with ω.
                let beta := mload(add(values, BETA))
                let zeta := mload(add(values, ZETA))
                let notAlpha := subtract(zeta, alpha)
                let notInverse := mulmod(subtract(mulmod(z, zeta, R), 1), notAlpha, R)
                let weight := omega
                add_calldata(sum, add(tail, AT_G), mulmod(weight, notAlpha, R))
                weight := mulmod(weight, beta, R)
                add_calldata(sum, add(tail, AT_S), mulmod(weight, notAlpha, R))
                weight := mulmod(weight, beta, R)
                add_calldata(sum, add(tail, AT_H), weight)
                weight := mulmod(weight, beta, R)
                add_calldata(sum, add(tail, AT_D), mulmod(weight, notInverse, R))
                // −ω Z(ζ) = ω (z − ζ) (zζ − 1)(ζ − α)
                weight := mulmod(omega, mulmod(subtract(z, zeta), notInverse, R), R)
                add_calldata(sum, add(tail, AT_W2), weight)
                add_calldata(sum, add(tail, AT_W3), mulmod(omega, zeta, R))
                // −(g(z) + ω y) G; the generator is (1, 2).
                weight := addmod(mload(add(values, G_Z)), mulmod(omega, mload(add(values, Y)), R), R)
                mstore(add(sum, 0x40), 1)
                mstore(add(sum, 0x60), 2)
                add_product(sum, subtract(0, weight))
                scale(sum, omega)
            }

            // sum := sum + vk_x, vk_x = IC_0 + d3 IC_1 + ξ IC_2 + (Σ ξ^i P_i) IC_3
            {
                let ic := add(keys, 0x3c0)
                let xi := mload(add(values, XI))
                let total := 0
                for { let at := add(values, Y) } gt(at, add(values, D3)) { at := sub(at, 0x20) } {
                    total := addmod(mulmod(total, xi, R), mload(at), R)
                }
                mstore(add(sum, 0x40), mload(ic))
                mstore(add(sum, 0x60), mload(add(ic, 0x20)))
                add_point(sum)
                add_memory(sum, add(ic, 0x40), calldataload(add(tail, AT_D3)))
                add_memory(sum, add(ic, 0x80), xi)
                add_memory(sum, add(ic, 0xc0), total)
            }

            set_point(add(pairs, 0x180), sum)

            // −ω (C_W1 + ω C_W3)
            calldatacopy(sum, add(tail, AT_W1), 0x40)
            add_calldata(sum, add(tail, AT_W3), omega)
            scale(sum, subtract(0, omega))
            set_point(add(pairs, 0x300), sum)

            // (−A, B) and C. y = 0 stays 0: that is infinity or no point.
            calldatacopy(pairs, add(tail, AT_GROTH16), 0xc0)
            mstore(add(pairs, 0x20), mod(sub(Q, mload(add(pairs, 0x20))), Q))
            calldatacopy(add(pairs, 0x240), add(tail, add(AT_GROTH16, 0xc0)), 0x40)
            require_answer(staticcall(gas(), 8, pairs, 0x3c0, 0x00, 0x20), 0x20)
            valid := eq(mload(0x00), 1)
        }
        if (!valid) revert InvalidProof();
    }
}
