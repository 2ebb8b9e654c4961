// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Settlement} from "../Settlement.sol";
import {IBlockHashOracle} from "./IBlockHashOracle.sol";

/// @title Storage of contracts on another blockchain
/// @notice Learns what a storage slot held after a block of another blockchain: from a proof that the block with a
/// certain hash says so, and from an oracle that knows the hash as one of that blockchain. Anybody may bring a proof.
/// @dev A proven statement names its block by hash and says nothing about where it is used: it is as true on every
/// blockchain and for every bridge, and cannot be replayed to say something else. Which blockchain the block belongs to
/// is the oracle's to say, as a block's header does not name it.
contract StateBridge {
    /// @notice What a slot held after a block.
    /// @param value The slot's 32 bytes; zero too if there is no such slot or contract.
    /// @param blockHash The block.
    /// @param blockNumber Its number.
    /// @param known Whether anything was learned of the slot.
    struct Entry {
        bytes32 value;
        bytes32 blockHash;
        uint64 blockNumber;
        bool known;
    }

    /// @notice A slot's value was learned.
    event Learned(
        address indexed account, bytes32 indexed slot, bytes32 indexed blockHash, uint64 blockNumber, bytes32 value
    );

    /// @notice The output is not that of the bridge's program.
    error MalformedOutput(uint256 length);
    /// @notice The oracle does not know the block.
    error UnknownBlock(bytes32 blockHash);
    /// @notice The slot's value is known from a block that is not older.
    error Stale(uint64 known, uint64 given);
    /// @notice Nothing was learned of this slot.
    error Unknown(address account, bytes32 slot);

    uint256 private constant LENGTH = 160;

    /// @notice Where the proofs are settled.
    Settlement public immutable settlement;
    /// @notice The key of the bridge's program.
    bytes32 public immutable programVKey;
    /// @notice Which blocks are believed.
    IBlockHashOracle public immutable oracle;

    mapping(address account => mapping(bytes32 slot => Entry)) private _entries;

    /// @param settlement_ Where the proofs are settled. Its verifier must not have development keys where anything of
    /// value depends on what is learned.
    /// @param programVKey_ The key of the bridge's program.
    /// @param oracle_ Which blocks are believed.
    constructor(Settlement settlement_, bytes32 programVKey_, IBlockHashOracle oracle_) {
        settlement = settlement_;
        programVKey = programVKey_;
        oracle = oracle_;
    }

    /// @notice Learns a slot's value.
    /// @dev Values only become newer: an old proof, however true, does not take a newer value's place.
    /// @param output What the program wrote: block hash, block number, account, slot and value, a word each.
    /// @param proof Its proof with exit code 0; ignored if the statement is settled already.
    function learn(bytes calldata output, bytes calldata proof) external {
        bytes32 id = settlement.settlementId(programVKey, 0, output);
        if (!settlement.isSettled(id)) settlement.settle(programVKey, 0, output, proof);

        if (output.length != LENGTH) revert MalformedOutput(output.length);
        (bytes32 blockHash, uint64 blockNumber, address account, bytes32 slot, bytes32 value) =
            abi.decode(output, (bytes32, uint64, address, bytes32, bytes32));
        if (!oracle.isKnown(blockHash)) revert UnknownBlock(blockHash);
        Entry storage entry = _entries[account][slot];
        if (entry.known && blockNumber <= entry.blockNumber) revert Stale(entry.blockNumber, blockNumber);
        _entries[account][slot] = Entry(value, blockHash, blockNumber, true);
        emit Learned(account, slot, blockHash, blockNumber, value);
    }

    /// @notice The chain id of the blockchain that this bridge learns from.
    function sourceChainId() external view returns (uint256) {
        return oracle.sourceChainId();
    }

    /// @notice What is known of a slot; reverts if nothing is.
    function entryOf(address account, bytes32 slot) external view returns (Entry memory) {
        return _entry(account, slot);
    }

    /// @notice The latest known value of a slot; reverts if none is.
    function valueOf(address account, bytes32 slot) external view returns (bytes32) {
        return _entry(account, slot).value;
    }

    function _entry(address account, bytes32 slot) private view returns (Entry memory entry) {
        entry = _entries[account][slot];
        if (!entry.known) revert Unknown(account, slot);
    }
}
