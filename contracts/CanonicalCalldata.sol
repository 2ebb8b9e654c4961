// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @notice The calldata is not the canonical ABI encoding of its arguments: an offset elsewhere, bits set in
/// padding, or bytes left over.
error NonCanonicalCalldata();

/// @dev Reverts unless the calldata of a call with the arguments (bytes32, uint32, bytes output, bytes proof)
/// is the one canonical encoding: four head words, output, proof, zero padding, nothing else. Solidity's own
/// decoder lets the offsets overlap and ignores padding and trailing bytes, so that one call has many
/// encodings.
function requireCanonicalCalldata(bytes calldata output, bytes calldata proof) pure {
    bool canonical;
    assembly ("memory-safe") {
        function paddedEnd(offset, length) -> end, clean {
            end := add(offset, and(add(length, 31), not(31)))
            // The bytes from the last one to the end of its word. A shift by 256 gives 0.
            let unused := sub(end, add(offset, length))
            clean := iszero(shl(sub(256, shl(3, unused)), calldataload(sub(end, 32))))
        }
        // Selector and head take 4 + 128 bytes; an array's length stands before its first byte. Lengths were
        // checked against the calldata's size by the decoder, so that no sum overflows.
        let outputEnd, outputClean := paddedEnd(output.offset, output.length)
        let proofEnd, proofClean := paddedEnd(proof.offset, proof.length)
        canonical := and(
            and(eq(output.offset, 164), eq(proof.offset, add(outputEnd, 32))),
            and(eq(proofEnd, calldatasize()), and(outputClean, proofClean))
        )
    }
    if (!canonical) revert NonCanonicalCalldata();
}
