// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IZkmVerifier} from "./IZkmVerifier.sol";

/// @title Records what programs provably did
/// @notice A statement (program key, exit code, output) is settled at most once, by whoever brings a
/// valid proof of it first. Other contracts ask `isSettled` with the id of the statement they need.
/// @dev The id is a hash of the statement, this contract and the chain, never of the proof: a statement can
/// be proven again and a proof can be written in other bytes, and neither must count as a second settlement.
contract Settlement {
    /// @notice One settled statement.
    /// @param submitter Who brought the proof.
    /// @param settledAt The block's time, in seconds.
    /// @param exitCode The exit code of the program.
    /// @dev One storage slot: 160 + 64 + 32 bits. `settledAt` is never 0 for a settled statement.
    struct Record {
        address submitter;
        uint64 settledAt;
        uint32 exitCode;
    }

    /// @notice A statement was settled.
    /// @param id The id of the statement, see `settlementId`.
    /// @param programVKey The program key.
    /// @param submitter Who brought the proof.
    /// @param exitCode The exit code of the program.
    /// @param outputHash keccak256 of the output.
    /// @param output The output itself.
    event Settled(
        bytes32 indexed id,
        bytes32 indexed programVKey,
        address indexed submitter,
        uint32 exitCode,
        bytes32 outputHash,
        bytes output
    );

    /// @notice The statement has been settled before.
    error AlreadySettled(bytes32 id);
    /// @notice No statement with this id has been settled.
    error NotSettled(bytes32 id);
    /// @notice The program has fewer settlements than the index asks for.
    error IndexOutOfRange(uint256 index, uint256 count);
    /// @notice The verifier's address holds no code.
    error NoVerifier(address verifier);

    /// @notice The verifier that every proof has to satisfy.
    IZkmVerifier public immutable verifier;

    mapping(bytes32 id => Record) private _records;
    mapping(bytes32 programVKey => bytes32[] ids) private _ids;

    /// @param verifier_ A deployed verifier.
    constructor(IZkmVerifier verifier_) {
        // A call to an address without code would succeed without checking anything.
        if (address(verifier_).code.length == 0) revert NoVerifier(address(verifier_));
        verifier = verifier_;
    }

    /// @notice Verifies the proof and records the statement; reverts if the proof is invalid or the statement
    /// is settled already.
    /// @return id The id of the statement.
    function settle(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        external
        returns (bytes32 id)
    {
        bytes32 outputHash = keccak256(output);
        id = _id(programVKey, exitCode, outputHash);
        if (_records[id].settledAt != 0) revert AlreadySettled(id);
        verifier.verify(programVKey, exitCode, output, proof);
        _records[id] =
            Record({submitter: msg.sender, settledAt: uint64(block.timestamp), exitCode: exitCode});
        _ids[programVKey].push(id);
        emit Settled(id, programVKey, msg.sender, exitCode, outputHash, output);
    }

    /// @notice Checks a proof without recording anything; reverts as `settle` would for an invalid one.
    function verify(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        external
        view
    {
        verifier.verify(programVKey, exitCode, output, proof);
    }

    /// @notice The id under which a statement is settled on this contract and chain.
    function settlementId(bytes32 programVKey, uint32 exitCode, bytes calldata output)
        external
        view
        returns (bytes32)
    {
        return _id(programVKey, exitCode, keccak256(output));
    }

    /// @notice True if the statement with this id has been settled.
    function isSettled(bytes32 id) external view returns (bool) {
        return _records[id].settledAt != 0;
    }

    /// @notice The record of a settled statement; reverts if there is none.
    function settlement(bytes32 id) external view returns (Record memory) {
        Record memory record = _records[id];
        if (record.settledAt == 0) revert NotSettled(id);
        return record;
    }

    /// @notice How many statements of a program have been settled.
    function settlementCount(bytes32 programVKey) external view returns (uint256) {
        return _ids[programVKey].length;
    }

    /// @notice The id of a program's settlement number `index`, in order of settlement from 0.
    function settlementAt(bytes32 programVKey, uint256 index) public view returns (bytes32) {
        bytes32[] storage ids = _ids[programVKey];
        if (index >= ids.length) revert IndexOutOfRange(index, ids.length);
        return ids[index];
    }

    /// @notice The id of a program's latest settlement; reverts if there is none.
    function latestSettlement(bytes32 programVKey) external view returns (bytes32) {
        uint256 count = _ids[programVKey].length;
        if (count == 0) revert IndexOutOfRange(0, 0);
        return settlementAt(programVKey, count - 1);
    }

    function _id(bytes32 programVKey, uint32 exitCode, bytes32 outputHash) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), programVKey, exitCode, outputHash));
    }
}
