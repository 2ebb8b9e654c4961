// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {PrivateLedger} from "../examples/PrivateLedger.sol";

/// @title Asks again while it is being paid
contract GreedyReceiver {
    /// @notice What the second claim reverted with.
    bytes public answer;

    receive() external payable {
        try PrivateLedger(msg.sender).claim(address(this)) {
            answer = "paid twice";
        } catch (bytes memory reason) {
            answer = reason;
        }
    }
}

/// @title Takes no payment
contract RefusingReceiver {
    receive() external payable {
        revert();
    }
}
