// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IBlockHashOracle} from "./IBlockHashOracle.sol";

/// @title Block hashes by the word of one owner
/// @notice FOR DEMONSTRATIONS AND TESTS. The owner is believed: who holds its key can make every contract that relies on
/// this oracle learn anything, by posting the hash of a block of its own making. Nothing here checks a signature, a
/// proof of work or a vote. A bridge that holds value needs a light client in this place.
contract OwnedBlockHashOracle is Ownable2Step, IBlockHashOracle {
    /// @notice The owner posted a block's hash.
    event Posted(bytes32 indexed blockHash);
    /// @notice The owner took a block's hash back. What was learned from the block stays learned.
    event Revoked(bytes32 indexed blockHash);

    /// @notice No block has the hash zero.
    error NoBlock();
    /// @notice The hash was posted before.
    error AlreadyKnown(bytes32 blockHash);
    /// @notice The hash was not posted.
    error NotKnown(bytes32 blockHash);

    /// @inheritdoc IBlockHashOracle
    uint256 public immutable sourceChainId;
    /// @inheritdoc IBlockHashOracle
    mapping(bytes32 blockHash => bool) public isKnown;

    /// @param sourceChainId_ The chain id of the blockchain whose blocks the owner posts.
    /// @param owner_ Who is believed.
    constructor(uint256 sourceChainId_, address owner_) Ownable(owner_) {
        sourceChainId = sourceChainId_;
    }

    /// @notice Makes a block known.
    function post(bytes32 blockHash) external onlyOwner {
        if (blockHash == 0) revert NoBlock();
        if (isKnown[blockHash]) revert AlreadyKnown(blockHash);
        isKnown[blockHash] = true;
        emit Posted(blockHash);
    }

    /// @notice Takes a block back.
    function revoke(bytes32 blockHash) external onlyOwner {
        if (!isKnown[blockHash]) revert NotKnown(blockHash);
        isKnown[blockHash] = false;
        emit Revoked(blockHash);
    }
}
