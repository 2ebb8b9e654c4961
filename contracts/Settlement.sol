// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim, IZkmVerifier} from "./IZkmVerifier.sol";
import {requireCanonicalCalldata} from "./CanonicalCalldata.sol";
import {forward} from "./Forward.sol";

/// @title Records what programs provably did
/// @notice A statement (program key, exit code, output) is settled at most once, by whoever brings a valid proof
/// of it first: `settle`. Other contracts ask `isSettled` with the id of the statement they need.
///
/// Beside these facts there are *root chains*: a program whose output begins with an old and a new root, and of
/// which each proof moves a root that this contract holds: `registerProgram`, then `advance`.
/// @dev Nobody owns this contract, and nothing in it can be changed or stopped. Ids are hashes of the statement,
/// this contract and the blockchain, never of the proof: a statement can be proven again and a proof can be
/// written in other bytes, and neither must count as a second settlement.
///
/// Verifiers are called without a right to change state, so that none can come back in. Where a race is likely
/// to be lost (a batch, a root), the cheap checks and the records come before the verification, which undoes
/// them if it fails.
contract Settlement {
    /// @notice One settled statement or transition.
    /// @param submitter Who brought the proof.
    /// @param settledAt The block's time in seconds, modulo 2^32.
    /// @param exitCode The exit code of the program.
    /// @param number Which one it is, from 1: among its program's statements, or in its root chain.
    /// @dev One storage slot. `number` is never 0 for what was settled.
    struct Record {
        address submitter;
        uint32 settledAt;
        uint32 exitCode;
        uint32 number;
    }

    /// @notice What somebody registered about a program.
    /// @param registeredAt The block's time in seconds.
    /// @param rooted Whether this is a root chain.
    /// @param transitions How many proofs have moved the root.
    /// @param root The present root; 0 if this is no root chain.
    /// @param name A name for people.
    /// @param uri Where sources, build instructions and documentation are.
    struct Program {
        uint64 registeredAt;
        bool rooted;
        uint32 transitions;
        bytes32 root;
        string name;
        string uri;
    }

    /// @notice A statement was settled, or a transition of a root chain.
    /// @param id The id, see `settlementId` and `transitionId`.
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

    /// @notice A root chain moved on; `Settled` with the same id comes with it.
    /// @param registrar Whose root chain.
    /// @param programVKey The program key.
    /// @param id The id of the transition.
    /// @param number Which transition it is, from 1.
    /// @param oldRoot The root before.
    /// @param newRoot The root from now on.
    event Advanced(
        address indexed registrar,
        bytes32 indexed programVKey,
        bytes32 indexed id,
        uint32 number,
        bytes32 oldRoot,
        bytes32 newRoot
    );

    /// @notice Somebody registered a program.
    /// @param programVKey The program key.
    /// @param registrar Who: anybody may register any program, so that it counts only from whom one trusts.
    /// @param rooted Whether a root chain begins with it.
    /// @param genesisRoot The first root; 0 without a root chain.
    /// @param name A name for people.
    /// @param uri Where sources, build instructions and documentation are.
    event ProgramRegistered(
        bytes32 indexed programVKey,
        address indexed registrar,
        bool rooted,
        bytes32 genesisRoot,
        string name,
        string uri
    );

    /// @notice The statement, or each of the batch, has been settled before.
    error AlreadySettled(bytes32 id);
    /// @notice Nothing with this id has been settled.
    error NotSettled(bytes32 id);
    /// @notice No statement of this program has been settled.
    error NoSettlement(bytes32 programVKey);
    /// @notice The verifier's address holds no code.
    error NoVerifier(address verifier);
    /// @notice A batch without claims.
    error EmptyBatch();
    /// @notice This registrar has registered the program already.
    error AlreadyRegistered(address registrar, bytes32 programVKey);
    /// @notice This registrar has not registered the program.
    error NotRegistered(address registrar, bytes32 programVKey);
    /// @notice This registrar has no root chain of the program.
    error NotRooted(address registrar, bytes32 programVKey);
    /// @notice A program without a root chain has no first root.
    error UnusedRoot(bytes32 genesisRoot);
    /// @notice The output of a transition holds two roots: at least 64 bytes.
    error OutputTooShort(uint256 length);
    /// @notice A program that failed moves no root.
    error ProgramFailed(uint32 exitCode);
    /// @notice The transition starts at another root than the present one.
    error WrongRoot(bytes32 present, bytes32 old);

    /// @notice The verifier, or router, that every proof has to satisfy.
    IZkmVerifier public immutable verifier;

    mapping(bytes32 id => Record) private _records;
    /// @dev The latest only: a list of all would cost one more slot in each settlement, and the events are
    /// that list.
    mapping(bytes32 programVKey => bytes32 id) private _latest;
    /// @dev By registrar, so that nobody can take a program, or the start of its chain, from anybody else.
    mapping(address registrar => mapping(bytes32 programVKey => Program)) private _programs;

    /// @param verifier_ A deployed verifier or router.
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
        requireCanonicalCalldata(4, output, proof);
        bytes32 outputHash = keccak256(output);
        id = _settlementId(programVKey, exitCode, outputHash);
        if (_records[id].number != 0) revert AlreadySettled(id);
        forward(address(verifier), IZkmVerifier.verify.selector);
        _recordStatement(id, programVKey, exitCode, outputHash, output);
    }

    /// @notice Verifies all proofs in one pairing check and records what is not settled yet; reverts if a proof
    /// is invalid or all statements are settled already.
    /// @dev A statement that somebody else settled just before is passed over: it must not cost its submitter
    /// the others. For the same reason a statement may stand in the batch twice.
    /// @return ids The ids of the statements, in order, those that were settled before too.
    function settleBatch(Claim[] calldata claims) external returns (bytes32[] memory ids) {
        if (claims.length == 0) revert EmptyBatch();
        requireCanonicalCalldata(1, claims);
        ids = new bytes32[](claims.length);
        bool anyNew;
        for (uint256 i = 0; i < claims.length; ++i) {
            Claim calldata claim = claims[i];
            bytes32 outputHash = keccak256(claim.output);
            bytes32 id = _settlementId(claim.programVKey, claim.exitCode, outputHash);
            ids[i] = id;
            if (_records[id].number != 0) continue;
            anyNew = true;
            _recordStatement(id, claim.programVKey, claim.exitCode, outputHash, claim.output);
        }
        if (!anyNew) revert AlreadySettled(ids[0]);
        forward(address(verifier), IZkmVerifier.verifyBatch.selector);
    }

    /// @notice Registers a program under the caller's address, once, with a root chain if wanted.
    /// @param programVKey The program key.
    /// @param name A name for people.
    /// @param uri Where sources, build instructions and documentation are.
    /// @param rooted Whether to begin a root chain.
    /// @param genesisRoot Its first root; 0 without a root chain.
    function registerProgram(
        bytes32 programVKey,
        string calldata name,
        string calldata uri,
        bool rooted,
        bytes32 genesisRoot
    ) external {
        Program storage entry = _programs[msg.sender][programVKey];
        if (entry.registeredAt != 0) revert AlreadyRegistered(msg.sender, programVKey);
        if (!rooted && genesisRoot != 0) revert UnusedRoot(genesisRoot);
        entry.registeredAt = uint64(block.timestamp);
        entry.rooted = rooted;
        entry.root = genesisRoot;
        entry.name = name;
        entry.uri = uri;
        emit ProgramRegistered(programVKey, msg.sender, rooted, genesisRoot, name, uri);
    }

    /// @notice Moves a root: verifies that the program ended with exit code 0 and the output (old root, new root,
    /// anything), and that the old root is the present one. Anybody may bring the proof.
    /// @dev The id holds the number of the transition: where the roots go in a circle, the same output can be
    /// settled again, as another transition, and only where it fits. A program for which that would be a
    /// replay keeps a counter in its state, so that no root returns.
    /// @return id The id of the transition.
    function advance(address registrar, bytes32 programVKey, bytes calldata output, bytes calldata proof)
        external
        returns (bytes32 id)
    {
        requireCanonicalCalldata(4, output, proof);
        id = _advance(registrar, programVKey, output);
        verifier.verify(programVKey, 0, output, proof);
    }

    /// @notice Moves the roots of one registrar by several transitions, in order; all share one pairing check.
    /// @return ids The ids of the transitions.
    function advanceBatch(address registrar, Claim[] calldata claims) external returns (bytes32[] memory ids) {
        if (claims.length == 0) revert EmptyBatch();
        requireCanonicalCalldata(2, claims);
        ids = new bytes32[](claims.length);
        for (uint256 i = 0; i < claims.length; ++i) {
            Claim calldata claim = claims[i];
            if (claim.exitCode != 0) revert ProgramFailed(claim.exitCode);
            ids[i] = _advance(registrar, claim.programVKey, claim.output);
        }
        verifier.verifyBatch(claims);
    }

    /// @notice Checks a proof without recording anything; reverts as `settle` would for an invalid one.
    function verify(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        external
        view
    {
        verifier.verify(programVKey, exitCode, output, proof);
    }

    /// @notice The id under which a statement is settled on this contract and blockchain.
    function settlementId(bytes32 programVKey, uint32 exitCode, bytes calldata output)
        external
        view
        returns (bytes32)
    {
        return _settlementId(programVKey, exitCode, keccak256(output));
    }

    /// @notice The id of a transition on this contract and blockchain.
    /// @param number Which transition of the root chain it is, from 1.
    function transitionId(address registrar, bytes32 programVKey, uint32 number, bytes calldata output)
        external
        view
        returns (bytes32)
    {
        return _transitionId(registrar, programVKey, number, keccak256(output));
    }

    /// @notice True if the statement or transition with this id has been settled.
    function isSettled(bytes32 id) external view returns (bool) {
        return _records[id].number != 0;
    }

    /// @notice The record of a settled statement or transition; reverts if there is none.
    function settlement(bytes32 id) external view returns (Record memory) {
        Record memory record = _records[id];
        if (record.number == 0) revert NotSettled(id);
        return record;
    }

    /// @notice How many statements of a program have been settled; transitions are counted by their root chain.
    function settlementCount(bytes32 programVKey) external view returns (uint32) {
        return _records[_latest[programVKey]].number;
    }

    /// @notice The id of a program's latest settled statement; reverts if there is none.
    function latestSettlement(bytes32 programVKey) external view returns (bytes32 id) {
        id = _latest[programVKey];
        if (id == 0) revert NoSettlement(programVKey);
    }

    /// @notice What a registrar says about a program; reverts if it has not registered the program.
    function program(address registrar, bytes32 programVKey) external view returns (Program memory) {
        Program memory entry = _programs[registrar][programVKey];
        if (entry.registeredAt == 0) revert NotRegistered(registrar, programVKey);
        return entry;
    }

    /// @notice The present root of a registrar's root chain; reverts if there is no such chain.
    function root(address registrar, bytes32 programVKey) external view returns (bytes32) {
        return _rootChain(registrar, programVKey).root;
    }

    /// @dev Records a statement that is not settled yet; its proof is checked in the same call.
    function _recordStatement(
        bytes32 id,
        bytes32 programVKey,
        uint32 exitCode,
        bytes32 outputHash,
        bytes calldata output
    ) private {
        bytes32 previous = _latest[programVKey];
        _latest[programVKey] = id;
        _record(id, programVKey, exitCode, previous == 0 ? 1 : _records[previous].number + 1, outputHash, output);
    }

    /// @dev Moves the root; the proof is checked in the same call. The id is new, as no number comes twice.
    function _advance(address registrar, bytes32 programVKey, bytes calldata output) private returns (bytes32 id) {
        Program storage chain = _rootChain(registrar, programVKey);
        if (output.length < 64) revert OutputTooShort(output.length);
        bytes32 oldRoot = bytes32(output[:32]);
        bytes32 newRoot = bytes32(output[32:64]);
        if (oldRoot != chain.root) revert WrongRoot(chain.root, oldRoot);
        uint32 number = chain.transitions + 1;
        chain.transitions = number;
        chain.root = newRoot;
        bytes32 outputHash = keccak256(output);
        id = _transitionId(registrar, programVKey, number, outputHash);
        _record(id, programVKey, 0, number, outputHash, output);
        emit Advanced(registrar, programVKey, id, number, oldRoot, newRoot);
    }

    function _record(
        bytes32 id,
        bytes32 programVKey,
        uint32 exitCode,
        uint32 number,
        bytes32 outputHash,
        bytes calldata output
    ) private {
        _records[id] = Record({
            submitter: msg.sender,
            settledAt: uint32(block.timestamp),
            exitCode: exitCode,
            number: number
        });
        emit Settled(id, programVKey, msg.sender, exitCode, outputHash, output);
    }

    function _rootChain(address registrar, bytes32 programVKey) private view returns (Program storage chain) {
        chain = _programs[registrar][programVKey];
        if (!chain.rooted) revert NotRooted(registrar, programVKey);
    }

    function _settlementId(bytes32 programVKey, uint32 exitCode, bytes32 outputHash) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), programVKey, exitCode, outputHash));
    }

    /// @dev Two words longer than the preimage of a statement's id, so that the two never meet.
    function _transitionId(address registrar, bytes32 programVKey, uint32 number, bytes32 outputHash)
        private
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(block.chainid, address(this), programVKey, uint32(0), outputHash, registrar, number)
        );
    }
}
