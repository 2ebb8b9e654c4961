"""The generated contract holds the key's constants, and unsafe keys get no contract."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from zkm.contract.generate import contract_source
from zkm.contract.layout import solidity_constants
from zkm.curve import G2_GENERATOR
from zkm.errors import SetupError

LAYOUT = Path(__file__).parents[2] / "contracts" / "ProofLayout.sol"


def constants(source):
    """The 32 words of IC and the key's pairs; words without a line are zero."""
    found = re.findall(r"mstore\(add\(key, (0x[0-9a-f]+)\), 0x([0-9a-f]{64})\)", source)
    words = {int(offset, 16): word for offset, word in found}
    assert len(words) == len(found)
    return b"".join(bytes.fromhex(words.pop(32 * i, "00" * 32)) for i in range(32))


def test_constants(prover):
    d = prover.description
    source = contract_source(d)
    key = d.key
    empty = bytes(64)
    pairs = [key.alpha + key.beta, empty + G2_GENERATOR, empty + key.delta, empty + d.tau_g2]
    assert constants(source) == b"".join([*key.ic, *pairs])
    assert f"VERSION = 0x{d.version.hex()};" in source
    assert "return (16, 4, 4);" in source
    assert contract_source(d) == source


def test_development_keys_are_marked(prover):
    assert "INSECURE" in contract_source(prover.description)
    assert "DEVELOPMENT_KEYS = true" in contract_source(prover.description)
    real = contract_source(replace(prover.description, development=False))
    assert "INSECURE" not in real
    assert "DEVELOPMENT_KEYS = false" in real


def test_unsafe_keys_are_refused(prover):
    d = prover.description
    key = d.key
    off = key.alpha[:63] + bytes([key.alpha[63] ^ 1])
    for unsafe in (
        replace(d, key=replace(key, gamma=key.beta)),
        replace(d, key=replace(key, delta=key.gamma)),
        replace(d, key=replace(key, ic=key.ic[:-1])),
        replace(d, key=replace(key, ic=(*key.ic, key.alpha))),
        replace(d, key=replace(key, alpha=off)),
        replace(d, tau_g2=G2_GENERATOR),
        replace(d, tau_g2=bytes(128)),
        replace(d, tau_g2=d.tau_g2[:127] + bytes([d.tau_g2[127] ^ 1])),
        replace(d, version=bytes(31)),
    ):
        with pytest.raises(SetupError):
            contract_source(unsafe)


def test_the_layout_in_the_contract_is_the_one_in_python():
    text = LAYOUT.read_text()
    block = re.search(r"// layout begin[^\n]*\n(.*?)// layout end", text, re.DOTALL)
    assert block and block.group(1) == solidity_constants()
