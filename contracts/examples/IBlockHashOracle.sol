// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title Knows blocks of another blockchain
/// @notice A light client: of sync committees, of validators' signatures, or of whatever makes that blockchain's blocks
/// final. Whoever relies on it relies on it never to call a block known that can still go away.
interface IBlockHashOracle {
    /// @notice The chain id of the blockchain whose blocks it knows.
    function sourceChainId() external view returns (uint256);

    /// @notice True if the block with this hash is a final one of that blockchain.
    function isKnown(bytes32 blockHash) external view returns (bool);
}
