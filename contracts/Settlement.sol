// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IZkmVerifier} from "./IZkmVerifier.sol";
import {requireCanonicalCalldata} from "./CanonicalCalldata.sol";

/// @title Records what programs provably did
/// @notice A statement (program key, exit code, output) is settled at most once, by whoever brings a
/// valid proof of it first. Other contracts ask `isSettled` with the id of the statement they need.
/// @dev The id is a hash of the statement, this contract and the chain, never of the proof: a statement can
/// be proven again and a proof can be written in other bytes, and neither must count as a second settlement.
contract Settlement {
    /// @notice One settled statement.
    /// @param submitter Who brought the proof.
    /// @param settledAt The block's time in seconds, modulo 2^32.
    /// @param exitCode The exit code of the program.
    /// @param number Which of its program's settlements this is, from 1.
    /// @dev One storage slot. `number` is never 0 for a settled statement.
    struct Record {
        address submitter;
        uint32 settledAt;
        uint32 exitCode;
        uint32 number;
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
    /// @notice No statement of this program has been settled.
    error NoSettlement(bytes32 programVKey);
    /// @notice The verifier's address holds no code.
    error NoVerifier(address verifier);

    /// @notice The verifier that every proof has to satisfy.
    IZkmVerifier public immutable verifier;

    mapping(bytes32 id => Record) private _records;
    /// @dev The latest only: a list of all would cost one more slot in each settlement, and the events are
    /// that list.
    mapping(bytes32 programVKey => bytes32 id) private _latest;

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
        requireCanonicalCalldata(output, proof);
        bytes32 outputHash = keccak256(output);
        id = _id(programVKey, exitCode, outputHash);
        if (_records[id].number != 0) revert AlreadySettled(id);
        verifier.verify(programVKey, exitCode, output, proof);
        bytes32 previous = _latest[programVKey];
        _records[id] = Record({
            submitter: msg.sender,
            settledAt: uint32(block.timestamp),
            exitCode: exitCode,
            number: previous == 0 ? 1 : _records[previous].number + 1
        });
        _latest[programVKey] = id;
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
        return _records[id].number != 0;
    }

    /// @notice The record of a settled statement; reverts if there is none.
    function settlement(bytes32 id) external view returns (Record memory) {
        Record memory record = _records[id];
        if (record.number == 0) revert NotSettled(id);
        return record;
    }

    /// @notice How many statements of a program have been settled.
    function settlementCount(bytes32 programVKey) external view returns (uint32) {
        return _records[_latest[programVKey]].number;
    }

    /// @notice The id of a program's latest settlement; reverts if there is none.
    function latestSettlement(bytes32 programVKey) external view returns (bytes32 id) {
        id = _latest[programVKey];
        if (id == 0) revert NoSettlement(programVKey);
    }

    function _id(bytes32 programVKey, uint32 exitCode, bytes32 outputHash) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), programVKey, exitCode, outputHash));
    }
}
