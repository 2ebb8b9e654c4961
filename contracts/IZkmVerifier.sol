// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @notice A statement and its proof.
/// @param programVKey The program key, as `zkm program` prints it.
/// @param exitCode The exit code of the program.
/// @param output Every byte that the program wrote to standard output.
/// @param proof The proof.
struct Claim {
    bytes32 programVKey;
    uint32 exitCode;
    bytes output;
    bytes proof;
}

/// @title What accepts proofs: the verifier of one version, or a router to several
/// @notice Nothing here returns whether a proof is valid: what is not valid reverts.
interface IZkmVerifier {
    /// @notice True if keys made for development may decide: their secrets are public, and anybody can forge
    /// proofs for them.
    function DEVELOPMENT_KEYS() external view returns (bool);

    /// @notice Returns if the proof is valid and reverts otherwise, whatever is wrong with it.
    /// @param programVKey The program key, as `zkm program` prints it.
    /// @param exitCode The exit code of the program.
    /// @param output Every byte that the program wrote to standard output.
    /// @param proof The proof, of exactly the length that its number of slots demands. Its first four bytes
    /// are those of the version that it was made for.
    function verify(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        external
        view;

    /// @notice Returns if every claim's proof is valid and reverts otherwise. All share one pairing check.
    /// @param claims At least one, all for the same version.
    function verifyBatch(Claim[] calldata claims) external view;
}

/// @title What the verifier of one version offers
/// @notice Immutable and stateless. It answers for one version: one circuit, one set of tables, one kernel and
/// one structured reference string.
interface IVersionedVerifier is IZkmVerifier {
    /// @notice The version that program keys and proofs of this verifier are bound to.
    function VERSION() external view returns (bytes32);
}
