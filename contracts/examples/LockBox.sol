// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title Takes ether out of use on this blockchain, for a mirrored token on another
/// @notice FOR DEMONSTRATIONS: there is no way back. One would look the same, with the two blockchains exchanged.
contract LockBox {
    /// @notice So many wei were locked for somebody.
    event Locked(address indexed beneficiary, uint256 amount, uint256 total);

    /// @notice How much was locked for whom, ever.
    /// @dev Storage slot 0: MirroredToken reads this mapping from afar.
    mapping(address beneficiary => uint256 amount) public locked;

    /// @notice Locks the value of the call for somebody.
    function lock(address beneficiary) external payable {
        locked[beneficiary] += msg.value;
        emit Locked(beneficiary, msg.value, locked[beneficiary]);
    }
}
