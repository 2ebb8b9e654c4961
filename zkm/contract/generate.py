"""The generated part of the verifier contract: keys and sizes. The logic is contracts/Verifier.sol."""

from __future__ import annotations

from typing import Final

from zkm.contract.description import Description
from zkm.contract.layout import POINT, WORD

__all__ = ["CONTRACT", "contract_source"]

CONTRACT: Final = "ZkmVerifier"
"""Name of the generated contract."""

TEMPLATE: Final = """\
// SPDX-License-Identifier: MIT OR Apache-2.0
// Made by `zkm contract`: do not edit.
pragma solidity ^0.8.24;

import {{Verifier}} from "../Verifier.sol";

/// @title zkm's verifier for one set of keys
{notice}\
/// @dev Parameter set "{name}": tables of up to 2^{table_bits} rows, up to {slots} slots of up to \
2^{slot_bits} cells.
contract {contract} is Verifier {{
    /// @notice Binds circuit, tables, kernel and structured reference string.
    bytes32 public constant VERSION = 0x{version};

    /// @notice {development_notice}
    bool public constant DEVELOPMENT_KEYS = {development};

    /// @notice Name of the parameter set.
    string public constant PARAMETERS = "{name}";

    function _version() internal pure override returns (bytes32) {{
        return VERSION;
    }}

    function _sizes() internal pure override returns (uint256 slots, uint256 height, uint256 sideBits) {{
        return ({slots}, {max_height}, {side_bits});
    }}

    function _writeKey(uint256 key) internal pure override {{
        assembly ("memory-safe") {{
{key}\
        }}
    }}
}}
"""

DEVELOPMENT_NOTICE: Final = """\
/// @notice INSECURE: made from development keys. Their secrets are public, and anybody can forge a proof of
/// anything for this contract. Never let anything of value depend on it.
"""


def contract_source(description: Description) -> str:
    """The Solidity source of the verifier for these keys.

    Raises:
        SetupError: keys that no verifier must be made from (γ₂ ≠ generator, δ₂ = γ₂, wrong number of points
            IC, points that are infinite, off the curve or outside the group).
    """
    description.check()
    params, key = description.params, description.key
    empty = bytes(POINT)
    # The layout that Verifier._writeKey asks for: IC, then four pairs. Sums take the place of the zeros.
    parts = [
        *((f"IC_{i}", point) for i, point in enumerate(key.ic)),
        ("α₁", key.alpha),
        ("β₂", key.beta),
        ("γ₂", empty + key.gamma),
        ("δ₂", empty + key.delta),
        ("[τ]₂", empty + description.tau_g2),
    ]
    lines, offset = [], 0
    for name, data in parts:
        lines.append(f"            // {name}\n")
        for start in range(0, len(data), WORD):
            word = data[start : start + WORD]
            if any(word):
                lines.append(f"            mstore(add(key, {offset:#x}), 0x{word.hex()})\n")
            offset += WORD
    return TEMPLATE.format(
        contract=CONTRACT,
        notice=DEVELOPMENT_NOTICE if description.development else "",
        development_notice=(
            "Anybody can forge proofs for this contract."
            if description.development
            else "Not for development."
        ),
        development="true" if description.development else "false",
        name=params.name,
        table_bits=params.table_bits,
        slot_bits=params.slot_bits,
        slots=params.slots,
        version=description.version.hex(),
        max_height=description.max_height,
        side_bits=params.opening_side.bit_length() - 1,
        key="".join(lines),
    )
