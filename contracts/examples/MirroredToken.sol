// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {StateBridge} from "./StateBridge.sol";

/// @title Stands for ether that is locked on another blockchain
/// @notice FOR DEMONSTRATIONS, as the lock box. Whoever has ether locked there can be given as many tokens here, once
/// the bridge has learned of it.
contract MirroredToken is ERC20 {
    /// @notice Everything that is known to be locked for somebody has been minted.
    error NothingToMint(address beneficiary);

    /// @notice Where the lock box's storage is learned.
    StateBridge public immutable bridge;
    /// @notice The lock box on the other blockchain.
    address public immutable lockBox;
    /// @notice How much was minted for whom, ever.
    mapping(address beneficiary => uint256 amount) public minted;

    constructor(StateBridge bridge_, address lockBox_) ERC20("Mirrored ether", "mETH") {
        bridge = bridge_;
        lockBox = lockBox_;
    }

    /// @notice The storage slot of the lock box that holds what is locked for somebody.
    function slotOf(address beneficiary) public pure returns (bytes32) {
        return keccak256(abi.encode(beneficiary, uint256(0)));
    }

    /// @notice Mints what is known to be locked for somebody and was not minted before. Anybody may call it.
    /// @return amount How much.
    function mint(address beneficiary) external returns (uint256 amount) {
        uint256 total = uint256(bridge.valueOf(lockBox, slotOf(beneficiary)));
        // What is locked never becomes less, and what is known never older.
        amount = total - minted[beneficiary];
        if (amount == 0) revert NothingToMint(beneficiary);
        minted[beneficiary] = total;
        _mint(beneficiary, amount);
    }
}
