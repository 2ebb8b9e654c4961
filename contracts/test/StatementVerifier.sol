// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IZkmVerifier} from "../IZkmVerifier.sol";

/// @title A verifier for tests of the contracts around it: it knows the valid proof of one statement
/// @dev Never a stand-in for the real verifier: it checks nothing but equality with what it was made for.
contract StatementVerifier is IZkmVerifier {
    error InvalidProof();

    bytes32 public constant VERSION = keccak256("StatementVerifier");
    bool public constant DEVELOPMENT_KEYS = true;
    bytes32 private immutable _accepted;

    constructor(bytes32 programVKey, uint32 exitCode, bytes memory output, bytes memory proof) {
        _accepted = keccak256(abi.encode(programVKey, exitCode, output, proof));
    }

    function verify(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        external
        view
    {
        if (keccak256(abi.encode(programVKey, exitCode, output, proof)) != _accepted) {
            revert InvalidProof();
        }
    }
}
