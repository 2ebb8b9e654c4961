// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Claim, IVersionedVerifier, IZkmVerifier} from "./IZkmVerifier.sol";
import {forward} from "./Forward.sol";

/// @title One address for the verifiers of all versions
/// @notice The first four bytes of a proof, those of its version, select the verifier. The owner adds verifiers
/// and removes them for ever; no selector is ever used for a second verifier, so that what a selector means
/// never changes.
/// @dev The router decides nothing about a statement. A program key is a hash that begins with the version, and
/// each verifier recomputes it: a verifier that is added cannot say anything about the programs of another
/// version, nor change the id of any statement.
contract VerifierRouter is IZkmVerifier, Ownable2Step, Pausable {
    /// @dev One storage slot.
    struct Entry {
        address verifier;
        bool removed;
    }

    /// @notice Proofs of this version are accepted from now on.
    event VerifierAdded(bytes4 indexed selector, address indexed verifier, bytes32 version);
    /// @notice Proofs of this version are refused for ever.
    event VerifierRemoved(bytes4 indexed selector, address indexed verifier);
    /// @notice Every proof is refused for ever.
    event Stopped(address account);

    /// @notice No verifier was ever added for this selector.
    error UnknownVerifier(bytes4 selector);
    /// @notice The verifier of this selector was removed.
    error VerifierWasRemoved(bytes4 selector);
    /// @notice The selector has, or had, a verifier.
    error SelectorTaken(bytes4 selector);
    /// @notice The address holds no code.
    error NoVerifier(address verifier);
    /// @notice The verifier's keys were made for development, and this router takes none such.
    error DevelopmentKeys(address verifier);
    /// @notice A proof of fewer than four bytes selects nothing.
    error NoSelector();
    /// @notice A batch without claims.
    error EmptyBatch();
    /// @notice The proofs of one batch are of several versions.
    error MixedVersions();
    /// @notice The router was stopped for ever.
    error RouterStopped();

    /// @inheritdoc IZkmVerifier
    /// @dev Whether verifiers with development keys may be added, decided once.
    bool public immutable override DEVELOPMENT_KEYS;

    /// @notice True once `stop` was called.
    bool public stopped;

    mapping(bytes4 selector => Entry) private _entries;

    /// @param owner_ Who adds and removes verifiers, pauses and stops.
    /// @param developmentKeys Whether verifiers with development keys may be added: never where anything of
    /// value depends on the router.
    constructor(address owner_, bool developmentKeys) Ownable(owner_) {
        DEVELOPMENT_KEYS = developmentKeys;
    }

    /// @notice Accepts proofs of the verifier's version from now on.
    /// @return selector The first four bytes of the version.
    function addVerifier(IVersionedVerifier verifier) external onlyOwner returns (bytes4 selector) {
        if (stopped) revert RouterStopped();
        if (address(verifier).code.length == 0) revert NoVerifier(address(verifier));
        if (verifier.DEVELOPMENT_KEYS() && !DEVELOPMENT_KEYS) revert DevelopmentKeys(address(verifier));
        bytes32 version = verifier.VERSION();
        selector = bytes4(version);
        if (_entries[selector].verifier != address(0)) revert SelectorTaken(selector);
        _entries[selector] = Entry(address(verifier), false);
        emit VerifierAdded(selector, address(verifier), version);
    }

    /// @notice Refuses proofs of a version for ever.
    function removeVerifier(bytes4 selector) external onlyOwner {
        address verifier = verifierOf(selector);
        _entries[selector].removed = true;
        emit VerifierRemoved(selector, verifier);
    }

    /// @notice Refuses every proof until `unpause`.
    function pause() external onlyOwner {
        _pause();
    }

    /// @notice Ends a pause; impossible after `stop`.
    function unpause() external onlyOwner {
        if (stopped) revert RouterStopped();
        _unpause();
    }

    /// @notice Refuses every proof for ever. There is no way back.
    function stop() external onlyOwner {
        if (stopped) revert RouterStopped();
        stopped = true;
        emit Stopped(msg.sender);
    }

    /// @notice The verifier of a selector; reverts if there is none, or none any more.
    function verifierOf(bytes4 selector) public view returns (address) {
        Entry memory entry = _entries[selector];
        if (entry.verifier == address(0)) revert UnknownVerifier(selector);
        if (entry.removed) revert VerifierWasRemoved(selector);
        return entry.verifier;
    }

    /// @inheritdoc IZkmVerifier
    /// @dev The verifier gets the very calldata, and checks that it is canonical.
    function verify(bytes32, uint32, bytes calldata, bytes calldata proof) external view override {
        forward(_route(_selector(proof)), msg.sig);
    }

    /// @inheritdoc IZkmVerifier
    /// @dev The verifier gets the very calldata, and checks that it is canonical.
    function verifyBatch(Claim[] calldata claims) external view override {
        if (claims.length == 0) revert EmptyBatch();
        bytes4 selector = _selector(claims[0].proof);
        for (uint256 i = 1; i < claims.length; ++i) {
            if (_selector(claims[i].proof) != selector) revert MixedVersions();
        }
        forward(_route(selector), msg.sig);
    }

    function _selector(bytes calldata proof) private pure returns (bytes4) {
        if (proof.length < 4) revert NoSelector();
        return bytes4(proof[:4]);
    }

    function _route(bytes4 selector) private view returns (address) {
        if (stopped) revert RouterStopped();
        _requireNotPaused();
        return verifierOf(selector);
    }
}
