// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title What every zkm verifier offers
/// @notice A verifier is immutable and stateless. It answers for one version: one circuit, one set of
/// tables, one kernel and one structured reference string.
interface IZkmVerifier {
    /// @notice The version that program keys and proofs of this verifier are bound to.
    function VERSION() external view returns (bytes32);

    /// @notice True if the keys were made for development: their secrets are public, and anybody can
    /// forge proofs for them.
    function DEVELOPMENT_KEYS() external view returns (bool);

    /// @notice Returns if the proof is valid and reverts otherwise, whatever is wrong with it.
    /// @param programVKey The program key, as `zkm program` prints it.
    /// @param exitCode The exit code of the program.
    /// @param output Every byte that the program wrote to standard output.
    /// @param proof The proof, of exactly the length that its number of slots demands.
    function verify(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        external
        view;
}
