// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @notice There is no code where a verifier should be.
error NoCode(address target);

/// @dev Calls `target` with this call's own arguments, under `selector`, without a right to change state; reverts
/// as it does. What it returns is dropped.
///
/// # Soundness: an address without code would accept everything, so that code is demanded here. The two
/// functions must take the same arguments; the called one then decodes the same bytes.
function forward(address target, bytes4 selector) view {
    if (target.code.length == 0) revert NoCode(target);
    assembly ("memory-safe") {
        let data := mload(0x40)
        calldatacopy(data, 0, calldatasize())
        mstore(data, or(selector, shr(32, shl(32, mload(data)))))
        if iszero(staticcall(gas(), target, data, calldatasize(), 0, 0)) {
            returndatacopy(data, 0, returndatasize())
            revert(data, returndatasize())
        }
    }
}
