// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IZkmVerifier} from "../IZkmVerifier.sol";

/// @title A verifier for tests of the contracts around it: it knows the valid proofs it was told
/// @dev Never a stand-in for the real verifier: it checks nothing but equality.
contract StatementVerifier is IZkmVerifier {
    error InvalidProof();

    bytes32 public constant VERSION = keccak256("StatementVerifier");
    bool public constant DEVELOPMENT_KEYS = true;
    mapping(bytes32 => bool) private _accepted;

    function accept(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof) external {
        _accepted[keccak256(abi.encode(programVKey, exitCode, output, proof))] = true;
    }

    function verify(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        external
        view
    {
        if (!_accepted[keccak256(abi.encode(programVKey, exitCode, output, proof))]) {
            revert InvalidProof();
        }
    }
}
