// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @dev Order of BN254's groups: scalars are taken modulo R.
uint256 constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
/// @dev Modulus of the coordinates of points.
uint256 constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;

/// @dev A proof is a head (a word: 4 bytes of the version, then k), the slots' commitments (64 bytes each) and a
/// tail: offsets in the tail.
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
