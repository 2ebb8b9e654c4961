// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {R} from "./ProofLayout.sol";

// Sums of points of BN254's G1 by the precompiles of EIP-196. Points are not checked one by one: each goes into a
// precompile, which fails for a coordinate that is not below Q and for a point off the curve. A precompile that
// fails takes all gas it was given; one that does not exist succeeds and returns nothing: both end here.

/// @notice A precompile refused a point, had too little gas, or does not exist on this chain.
error PrecompileFailed();

/// @dev A sum, in the form that the precompiles want: what is added next stands behind it.
struct Sum {
    uint256 x;
    uint256 y;
    uint256 nextX;
    uint256 nextY;
    uint256 scalar;
}

/// @dev The next point *= scalar.
function multiplyNext(Sum memory sum, uint256 scalar) view {
    bool ok;
    assembly ("memory-safe") {
        let next := add(sum, 0x40)
        mstore(add(sum, 0x80), scalar)
        ok := staticcall(gas(), 7, next, 0x60, next, 0x40)
        ok := and(ok, eq(returndatasize(), 0x40))
    }
    if (!ok) revert PrecompileFailed();
}

/// @dev The sum += the next point.
function addNext(Sum memory sum) view {
    bool ok;
    assembly ("memory-safe") {
        ok := staticcall(gas(), 6, sum, 0x80, sum, 0x40)
        ok := and(ok, eq(returndatasize(), 0x40))
    }
    if (!ok) revert PrecompileFailed();
}

/// @dev The sum += scalar · (the point in calldata at `offset`).
function addCalldata(Sum memory sum, uint256 offset, uint256 scalar) view {
    assembly ("memory-safe") {
        calldatacopy(add(sum, 0x40), offset, 0x40)
    }
    multiplyNext(sum, scalar);
    addNext(sum);
}

/// @dev The sum := the point in memory at `offset`; it is checked when something is added.
function setPoint(Sum memory sum, uint256 offset) pure {
    assembly ("memory-safe") {
        mstore(sum, mload(offset))
        mstore(add(sum, 0x20), mload(add(offset, 0x20)))
    }
}

/// @dev The sum += scalar · (the point in memory at `offset`).
function addMemory(Sum memory sum, uint256 offset, uint256 scalar) view {
    assembly ("memory-safe") {
        mstore(add(sum, 0x40), mload(offset))
        mstore(add(sum, 0x60), mload(add(offset, 0x20)))
    }
    multiplyNext(sum, scalar);
    addNext(sum);
}

/// @dev The sum += scalar · G, G = (1, 2) the generator.
function addGenerator(Sum memory sum, uint256 scalar) view {
    (sum.nextX, sum.nextY) = (1, 2);
    multiplyNext(sum, scalar);
    addNext(sum);
}

/// @dev −x modulo R, for x < R.
function negative(uint256 x) pure returns (uint256) {
    return x == 0 ? 0 : R - x;
}

/// @dev x − y modulo R, for y ≤ R.
function difference(uint256 x, uint256 y) pure returns (uint256) {
    return addmod(x, R - y, R);
}

/// @dev x · y modulo R.
function product(uint256 x, uint256 y) pure returns (uint256) {
    return mulmod(x, y, R);
}
