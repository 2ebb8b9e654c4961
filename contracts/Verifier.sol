// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim, IVersionedVerifier, IZkmVerifier} from "./IZkmVerifier.sol";
import {requireCanonicalCalldata} from "./CanonicalCalldata.sol";
import {
    ALPHA,
    BETA,
    D3,
    G_Z,
    GAMMA,
    XI,
    Y,
    Z,
    ZETA,
    bindStatement,
    drawChallenges,
    drawWeight,
    word
} from "./Challenges.sol";
import {PrecompileFailed, Sum, addCalldata, addGenerator, addMemory, difference, multiplyNext, negative, product, setPoint} from "./Curve.sol";
import {
    AT_D,
    AT_G,
    AT_GAMMA,
    AT_GROTH16,
    AT_H,
    AT_Q,
    AT_S,
    AT_W1,
    AT_W2,
    AT_W3,
    PREPROCESSED_SLOTS,
    Q,
    R,
    TAIL_BYTES
} from "./ProofLayout.sol";

/// @dev What the proofs of a call are added up in.
/// @param one What is paired with [1]₂.
/// @param delta What is paired with δ₂: Σ w C.
/// @param tau What is paired with [τ]₂.
/// @param w Σ w, the scalar of α₁ and IC_0.
/// @param d3 Scalar of IC_1.
/// @param xi Scalar of IC_2.
/// @param e Scalar of IC_3.
/// @param g Scalar of the generator of G1.
/// @param c0 Scalar of C_0 of the proofs since the last change of program.
/// @param c1 Scalar of C_1 of these.
/// @param key Where in memory the points of the key are, see `_writeKey`; the pairs (−w A, B) follow.
struct Sums {
    Sum one;
    Sum delta;
    Sum tau;
    uint256 w;
    uint256 d3;
    uint256 xi;
    uint256 e;
    uint256 g;
    uint256 c0;
    uint256 c1;
    uint256 key;
}

/// @title The group part of zkm's verifier, and the statement
/// @notice A proof is valid if (1) the Groth16 proof shows that the field part of the argument accepts, for
/// the challenges computed here, and (2) the commitments open to the values that the field part used. The
/// equations of all proofs of a call end in one product of pairings. The page "protocol" of the documentation
/// has them.
/// @dev Everything that is specific to a key (points, version, sizes) is in the generated contract that
/// derives from this one. Whatever is wrong ends in a revert; there is no return value to forget.
///
/// Points are not checked one by one: each goes into a precompile, which fails for a coordinate that is not
/// below Q, for a point off its curve and, in G2, for one outside the subgroup of order R.
abstract contract Verifier is IVersionedVerifier {
    /// @notice No proof has this length, or it has more slots than the parameter set.
    error WrongLength();
    /// @notice The proof's first four bytes are not those of this verifier's version.
    error WrongVersion();
    /// @notice k exceeds the largest height of the program table.
    error WrongHeight();
    /// @notice A scalar is not below R, or a coordinate not below Q.
    error NotCanonical();
    /// @notice The pairing product is not one.
    error InvalidProof();
    /// @notice A batch without claims.
    error EmptyBatch();

    /// @dev Bytes of a pair of points: G1 and G2.
    uint256 private constant PAIR = 0xc0;
    /// @dev Bytes of the key: IC_0 … IC_3, then four pairs.
    uint256 private constant KEY = 0x400;

    /// @dev The version, as `VERSION()` answers it.
    function _version() internal pure virtual returns (bytes32);

    /// @dev The largest number of slots, the largest height of the program table, and the binary logarithm
    /// of b, the side of the opening.
    function _sizes() internal pure virtual returns (uint256 slots, uint256 height, uint256 sideBits);

    /// @dev Writes the key to memory: IC_0 … IC_3, then the pairs (α₁, β₂), (0, γ₂), (0, δ₂), (0, [τ]₂); γ₂ is the
    /// generator of G2.
    function _writeKey(uint256 key) internal pure virtual;

    /// @inheritdoc IZkmVerifier
    function verify(bytes32 programVKey, uint32 exitCode, bytes calldata output, bytes calldata proof)
        external
        view
        override
    {
        requireCanonicalCalldata(4, output, proof);
        uint256[16][] memory values = new uint256[16][](1);
        _read(values[0], programVKey, exitCode, output, proof);
        Sums memory sums = _newSums(1);
        _addProof(sums, values[0], proof, 0, 1, drawWeight(values));
        _addProgram(sums, proof);
        _checkPairings(sums, 1);
    }

    /// @inheritdoc IZkmVerifier
    /// @dev The three equations of proof i (from 0) have the weights Ω^(3i), Ω^(3i+1), Ω^(3i+2).
    function verifyBatch(Claim[] calldata claims) external view override {
        uint256 count = claims.length;
        if (count == 0) revert EmptyBatch();
        requireCanonicalCalldata(1, claims);
        uint256[16][] memory values = new uint256[16][](count);
        for (uint256 i = 0; i < count; ++i) {
            Claim calldata claim = claims[i];
            _read(values[i], claim.programVKey, claim.exitCode, claim.output, claim.proof);
        }
        uint256 weight = drawWeight(values);
        uint256 cube = product(product(weight, weight), weight);
        uint256 first = 1;
        Sums memory sums = _newSums(count);
        for (uint256 i = 0; i < count; ++i) {
            Claim calldata claim = claims[i];
            _addProof(sums, values[i], claim.proof, i, first, weight);
            first = product(first, cube);
            // Equal keys are hashes of equal C_0 and C_1: these are multiplied once for all their proofs.
            if (i + 1 == count || claims[i + 1].programVKey != claim.programVKey) _addProgram(sums, claim.proof);
        }
        _checkPairings(sums, count);
    }

    /// @dev Checks the shape of a proof and its program, and computes its challenges.
    function _read(
        uint256[16] memory values,
        bytes32 programVKey,
        uint32 exitCode,
        bytes calldata output,
        bytes calldata proof
    ) private pure {
        (uint256 height, uint256 tail) = _checkShape(proof);
        bindStatement(values, _version(), programVKey, exitCode, output, proof, height, tail);
        drawChallenges(values, tail);
    }

    /// @dev Length, version, height and scalars. Returns k and where in calldata the tail starts.
    function _checkShape(bytes calldata proof) private pure returns (uint256 height, uint256 tail) {
        (uint256 maxSlots, uint256 maxHeight,) = _sizes();
        uint256 least = 0x20 + 0x40 * PREPROCESSED_SLOTS + TAIL_BYTES;
        uint256 most = 0x20 + 0x40 * maxSlots + TAIL_BYTES;
        if (proof.length < least || proof.length > most || (proof.length - least) % 0x40 != 0) revert WrongLength();
        bool canonical = true;
        uint256 head;
        assembly ("memory-safe") {
            head := calldataload(proof.offset)
            tail := sub(add(proof.offset, proof.length), TAIL_BYTES)
            for { let at := add(tail, AT_GAMMA) } lt(at, add(tail, AT_GROTH16)) { at := add(at, 0x20) } {
                canonical := and(canonical, lt(calldataload(at), R))
            }
            // A may be negated below: its y must be below Q by itself.
            canonical := and(canonical, lt(calldataload(add(tail, add(AT_GROTH16, 0x20))), Q))
        }
        if (bytes4(bytes32(head)) != bytes4(_version())) revert WrongVersion();
        height = head & (type(uint256).max >> 32);
        if (height > maxHeight) revert WrongHeight();
        if (!canonical) revert NotCanonical();
    }

    /// @dev Sums of nothing, with memory for the pairs of `count` proofs.
    function _newSums(uint256 count) private pure returns (Sums memory sums) {
        uint256 key;
        assembly ("memory-safe") {
            key := mload(0x40)
            mstore(0x40, add(key, add(KEY, mul(PAIR, count))))
        }
        _writeKey(key);
        sums.key = key;
        // The weight of an only proof is 1.
        if (count == 1) setPoint(sums.one, key);
    }

    /// @dev Adds a proof's three equations: Groth16's with the weight `first` = w, and those of its openings with
    /// w ω and w ω². With
    /// L1 = Σ γ^s C_s − (z^b − α) C_q − g(z) G + z C_W1,
    /// L2 = (ζ − α) C_g + β (ζ − α) C_S + β² C_h + β³ (zζ − 1)(ζ − α) C_D − y G − Z(ζ) C_W2 + ζ C_W3,
    /// Z(ζ) = (ζ − z)(zζ − 1)(ζ − α), the logarithm of the product of pairings grows by
    /// w (−A·B + α₁·β₂ + vk_x·[1]₂ + C·δ₂) + w ω (L1·[1]₂ − C_W1·[τ]₂) + w ω² (L2·[1]₂ − C_W3·[τ]₂).
    /// The points that proofs share come later, their scalars are added up here.
    function _addProof(
        Sums memory sums,
        uint256[16] memory values,
        bytes calldata proof,
        uint256 index,
        uint256 first,
        uint256 omega
    ) private view {
        uint256 tail;
        assembly ("memory-safe") {
            tail := sub(add(proof.offset, proof.length), TAIL_BYTES)
        }
        uint256 second = product(first, omega);
        uint256 third = product(second, omega);
        _addSlots(sums, proof, tail, second, word(values, GAMMA));
        _addOpening(sums, values, tail, second, third);
        _addGroth16(sums, values, tail, index, first);
    }

    /// @dev w ω Σ γ^s C_s.
    function _addSlots(Sums memory sums, bytes calldata proof, uint256 tail, uint256 scalar, uint256 gamma)
        private
        view
    {
        unchecked {
            uint256 slot;
            assembly ("memory-safe") {
                slot := add(proof.offset, add(0x20, mul(0x40, PREPROCESSED_SLOTS)))
            }
            Sum memory one = sums.one;
            sums.c0 = addmod(sums.c0, scalar, R);
            scalar = product(scalar, gamma);
            sums.c1 = addmod(sums.c1, scalar, R);
            for (; slot < tail; slot += 0x40) {
                scalar = product(scalar, gamma);
                addCalldata(one, slot, scalar);
            }
        }
    }

    /// @dev The rest of the equations of L1, with the weight `second`, and of L2, with the weight `third`.
    function _addOpening(
        Sums memory sums,
        uint256[16] memory values,
        uint256 tail,
        uint256 second,
        uint256 third
    ) private view {
        unchecked {
            Sum memory one = sums.one;
            uint256 z = word(values, Z);
            uint256 alpha = word(values, ALPHA);
            uint256 zeta = word(values, ZETA);

            (,, uint256 sideBits) = _sizes();
            uint256 power = z;
            for (uint256 i = 0; i < sideBits; ++i) {
                power = product(power, power);
            }
            addCalldata(one, tail + AT_Q, product(second, difference(alpha, power)));
            addCalldata(one, tail + AT_W1, product(second, z));
            addCalldata(sums.tau, tail + AT_W1, negative(second));

            addCalldata(one, tail + AT_W3, product(third, zeta));
            addCalldata(sums.tau, tail + AT_W3, negative(third));
            sums.g = addmod(
                sums.g, negative(addmod(product(second, word(values, G_Z)), product(third, word(values, Y)), R)), R
            );

            uint256 notAlpha = difference(zeta, alpha);
            uint256 notInverse = product(difference(product(z, zeta), 1), notAlpha);
            // −Z(ζ) = (z − ζ)(zζ − 1)(ζ − α)
            addCalldata(one, tail + AT_W2, product(third, product(difference(z, zeta), notInverse)));
            uint256 beta = word(values, BETA);
            addCalldata(one, tail + AT_G, product(third, notAlpha));
            third = product(third, beta);
            addCalldata(one, tail + AT_S, product(third, notAlpha));
            third = product(third, beta);
            addCalldata(one, tail + AT_H, third);
            third = product(third, beta);
            addCalldata(one, tail + AT_D, product(third, notInverse));
        }
    }

    /// @dev Groth16's equation with the weight `first`: scalars of vk_x = IC_0 + d3 IC_1 + ξ IC_2 + e IC_3,
    /// e = Σ ξ^i P_i, then w C, and the pair (−w A, B).
    function _addGroth16(
        Sums memory sums,
        uint256[16] memory values,
        uint256 tail,
        uint256 index,
        uint256 first
    ) private view {
        unchecked {
            uint256 xi = word(values, XI);
            uint256 e = 0;
            for (uint256 offset = Y; offset > D3; offset -= 0x20) {
                e = addmod(product(e, xi), word(values, offset), R);
            }
            sums.w = addmod(sums.w, first, R);
            sums.d3 = addmod(sums.d3, product(first, word(values, D3)), R);
            sums.xi = addmod(sums.xi, product(first, xi), R);
            sums.e = addmod(sums.e, product(first, e), R);

            Sum memory delta = sums.delta;
            uint256 groth16 = tail + AT_GROTH16;
            uint256 pair = sums.key + KEY + PAIR * index;
            assembly ("memory-safe") {
                calldatacopy(pair, groth16, PAIR)
            }
            if (index == 0) {
                // The weight is 1. A's y was checked to be below Q; a y of 0 stays: that is infinity or no point.
                assembly ("memory-safe") {
                    mstore(add(pair, 0x20), mod(sub(Q, mload(add(pair, 0x20))), Q))
                    calldatacopy(delta, add(groth16, 0xc0), 0x40)
                }
            } else {
                assembly ("memory-safe") {
                    calldatacopy(add(delta, 0x40), groth16, 0x40)
                }
                multiplyNext(delta, negative(first));
                assembly ("memory-safe") {
                    mstore(pair, mload(add(delta, 0x40)))
                    mstore(add(pair, 0x20), mload(add(delta, 0x60)))
                }
                addCalldata(delta, groth16 + 0xc0, first);
            }
        }
    }

    /// @dev C_0 and C_1 of the proofs since the last change of program.
    function _addProgram(Sums memory sums, bytes calldata proof) private view {
        uint256 point;
        assembly ("memory-safe") {
            point := add(proof.offset, 0x20)
        }
        addCalldata(sums.one, point, sums.c0);
        addCalldata(sums.one, point + 0x40, sums.c1);
        sums.c0 = 0;
        sums.c1 = 0;
    }

    /// @dev Adds the points that all proofs share, and checks that the product is one.
    function _checkPairings(Sums memory sums, uint256 count) private view {
        Sum memory one = sums.one;
        uint256 key = sums.key;
        uint256 pairs = key + 0x100;
        if (count > 1) {
            addMemory(one, key, sums.w);
            Sum memory alpha;
            addMemory(alpha, pairs, sums.w);
            _setPoint(pairs, alpha);
        }
        addMemory(one, key + 0x40, sums.d3);
        addMemory(one, key + 0x80, sums.xi);
        addMemory(one, key + 0xc0, sums.e);
        addGenerator(one, sums.g);
        _setPoint(pairs + PAIR, one);
        _setPoint(pairs + 2 * PAIR, sums.delta);
        _setPoint(pairs + 3 * PAIR, sums.tau);
        uint256 size = (4 + count) * PAIR;
        bool ok;
        bool valid;
        assembly ("memory-safe") {
            ok := staticcall(gas(), 8, pairs, size, 0x00, 0x20)
            ok := and(ok, eq(returndatasize(), 0x20))
            valid := eq(mload(0x00), 1)
        }
        if (!ok) revert PrecompileFailed();
        if (!valid) revert InvalidProof();
    }

    function _setPoint(uint256 pair, Sum memory sum) private pure {
        (uint256 x, uint256 y) = (sum.x, sum.y);
        assembly ("memory-safe") {
            mstore(pair, x)
            mstore(add(pair, 0x20), y)
        }
    }
}
