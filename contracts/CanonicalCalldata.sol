// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim} from "./IZkmVerifier.sol";

/// @notice The calldata is not the canonical ABI encoding of its arguments: an offset elsewhere, bits set in
/// padding, or bytes left over.
error NonCanonicalCalldata();

// Solidity's own decoder lets offsets overlap and ignores padding and trailing bytes, so that one call has many
// encodings. These functions leave one.

/// @dev Reverts unless the calldata of a call whose last four arguments are (…, bytes output, bytes proof) is the
/// canonical encoding: `words` head words, output, proof, zero padding, nothing else.
function requireCanonicalCalldata(uint256 words, bytes calldata output, bytes calldata proof) pure {
    uint256 start;
    assembly ("memory-safe") {
        start := add(4, shl(5, words))
    }
    if (_canonicalEnd(start, output, proof) != msg.data.length) revert NonCanonicalCalldata();
}

/// @dev Reverts unless the calldata of a call whose last argument is the array `claims` is the canonical
/// encoding: `words` head words, the number of claims, the offset of each, the claims in order, nothing else.
function requireCanonicalCalldata(uint256 words, Claim[] calldata claims) pure {
    uint256 end;
    bool canonical;
    assembly ("memory-safe") {
        canonical := eq(claims.offset, add(36, shl(5, words)))
        end := add(claims.offset, shl(5, claims.length))
    }
    for (uint256 i = 0; i < claims.length; ++i) {
        Claim calldata claim = claims[i];
        uint256 start;
        assembly ("memory-safe") {
            canonical := and(canonical, eq(claim, end))
            start := add(end, 128)
        }
        end = _canonicalEnd(start, claim.output, claim.proof);
    }
    if (!canonical || end != msg.data.length) revert NonCanonicalCalldata();
}

/// @dev Where two byte arrays end that must be encoded one behind the other from `start`, with zero padding; 0 if
/// they are not. Lengths were checked against the calldata's size by the decoder: no sum overflows.
function _canonicalEnd(uint256 start, bytes calldata first, bytes calldata second) pure returns (uint256 end) {
    assembly ("memory-safe") {
        function paddedEnd(offset, length) -> past, clean {
            past := add(offset, and(add(length, 31), not(31)))
            // The bytes from the last one to the end of its word. A shift by 256 gives 0.
            let unused := sub(past, add(offset, length))
            clean := iszero(shl(sub(256, shl(3, unused)), calldataload(sub(past, 32))))
        }
        // An array's length stands before its first byte.
        let firstEnd, firstClean := paddedEnd(first.offset, first.length)
        let secondEnd, secondClean := paddedEnd(second.offset, second.length)
        let placed := and(eq(first.offset, add(start, 32)), eq(second.offset, add(firstEnd, 32)))
        end := mul(secondEnd, and(placed, and(firstClean, secondClean)))
    }
}
