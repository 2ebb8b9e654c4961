// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim, IVersionedVerifier} from "../IZkmVerifier.sol";

/// @title A verifier for tests of the contracts around it: it knows the valid proofs it was told
/// @dev Never a stand-in for the real verifier: it checks nothing but equality.
abstract contract ToldStatements is IVersionedVerifier {
    error InvalidProof();

    mapping(bytes32 => bool) private _accepted;

    function accept(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof) external {
        _accepted[keccak256(abi.encode(programVKey, exitCode, output, proof))] = true;
    }

    function verify(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        public
        view
    {
        if (!_accepted[keccak256(abi.encode(programVKey, exitCode, output, proof))]) {
            revert InvalidProof();
        }
    }

    function verifyBatch(Claim[] calldata claims) external view {
        for (uint256 i = 0; i < claims.length; ++i) {
            verify(claims[i].programVKey, claims[i].exitCode, claims[i].output, claims[i].proof);
        }
    }
}

/// @dev As the real verifier, it needs no arguments.
contract StatementVerifier is ToldStatements {
    bytes32 public constant VERSION = keccak256("StatementVerifier");
    bool public constant DEVELOPMENT_KEYS = true;
}

/// @dev One of several behind a router.
contract VersionedVerifier is ToldStatements {
    bytes32 public immutable VERSION;
    bool public immutable DEVELOPMENT_KEYS;

    constructor(bytes32 version, bool developmentKeys) {
        VERSION = version;
        DEVELOPMENT_KEYS = developmentKeys;
    }
}
