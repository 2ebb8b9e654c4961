// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim} from "../IZkmVerifier.sol";

/// @title A verifier for tests that accepts everything and calls back into whoever asks it
/// @dev Its functions are not `view` here: the caller's interface says so, and calls without a right to change
/// state. If a call back succeeds, it reverts: then the test sees it.
contract ReentrantVerifier {
    error CameIn();

    bool public constant DEVELOPMENT_KEYS = true;
    bytes private _callback;

    function setCallback(bytes calldata callback) external {
        _callback = callback;
    }

    function verify(bytes32, uint32, bytes calldata, bytes calldata) external {
        _callBack();
    }

    function verifyBatch(Claim[] calldata) external {
        _callBack();
    }

    function _callBack() private {
        (bool success,) = msg.sender.call(_callback);
        if (success) revert CameIn();
    }
}
