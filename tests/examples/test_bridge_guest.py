"""The bridge's guest beside py-trie: true proofs of presence and absence, and cheating ones."""

import random
import struct
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import rlp
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples.blocks import ADDRESS, EMPTY_CODE, EMPTY_ROOT, SLOT, State, header_fields, near, rpc_block
from zkm import api
from zkm.examples.bridge.header import BridgeError, encode_header
from zkm.examples.bridge.witness import BridgeOutput, StorageWitness

GUEST = Path(__file__).parents[2] / "examples" / "guests" / "bridge"
ELF = GUEST / "bridge.elf"
REFUSED = (1, b"")
KEY = keccak(SLOT)
ACCOUNT_KEY = keccak(ADDRESS)


def run(witness):
    witness = witness if isinstance(witness, bytes) else witness.encode()
    result = api.run(ELF, stdin=witness, max_instructions=50_000_000)
    return result.exit_code, result.output


def witness_of(state, slot=SLOT):
    return StorageWitness.from_rpc(rpc_block(state.header), state.rpc_proof(slot), slot)


def said(state, value, slot=SLOT):
    address = to_checksum_address(state.address)
    output = BridgeOutput(keccak(state.header), state.number, address, slot, value)
    return 0, output.encode()


@cache
def example():
    """A slot below two branches and an extension; its account among others."""
    rng = random.Random(5)
    storage = {near(KEY, n, rng): rng.randrange(1 << 200) for n in (0, 0, 0, 5, 5, 9)}
    others = {near(ACCOUNT_KEY, n, rng): rng.randbytes(70) for n in (0, 0, 1, 4)}
    return State({KEY: 123_456_789, **storage}, others)


VALUES = st.one_of(st.integers(1, 300), st.integers(1, (1 << 256) - 1))
NEIGHBOURS = st.lists(st.tuples(st.integers(0, 63), VALUES), max_size=8)


@settings(max_examples=60)
@given(
    neighbours=NEIGHBOURS,
    value=st.one_of(st.none(), VALUES),
    accounts=st.lists(st.integers(0, 63), max_size=6),
    exists=st.booleans(),
    number=st.one_of(st.just(0), st.integers(1, (1 << 64) - 1)),
    random_=st.randoms(use_true_random=False),
)
def test_says_what_the_trie_library_says(neighbours, value, accounts, exists, number, random_):
    """Branches, extensions, leaves and embedded nodes at every depth; keys that are there, or not."""
    storage = {near(KEY, nibbles, random_): other for nibbles, other in neighbours}
    if value is not None:
        storage[KEY] = value
    others = {near(ACCOUNT_KEY, nibbles, random_): random_.randbytes(70) for nibbles in accounts}
    state = State(storage, others, exists, number=number)
    assert run(witness_of(state)) == said(state, state.value())


def embedded_state():
    """Two slots whose keys differ in the last nibbles only: their leaves stand inside their branch."""
    rng = random.Random(1)
    keys = [KEY, near(KEY, 62, rng), near(KEY, 63, rng), near(KEY, 20, rng)]
    return State({key: 1 + i for i, key in enumerate(keys)})


def test_embedded_nodes_are_followed():
    state = embedded_state()
    nodes = [bytes.fromhex(node[2:]) for node in state.rpc_proof()["storageProof"][0]["proof"]]
    assert any(len(node) < 32 for node in nodes), "the library lists the embedded nodes, too"
    witness = witness_of(state)
    assert len(witness.storage_nodes) < len(nodes)
    assert run(witness) == said(state, (1).to_bytes(32, "big"))
    # Listed again they are left over.
    assert run(replace(witness, storage_nodes=tuple(nodes))) == REFUSED


def test_the_manifest_runs_the_example():
    state = example()
    witness = witness_of(state)
    assert (GUEST / "proof.bin").read_bytes() == witness.encode()
    exit_code, output = run(witness)
    assert (exit_code, output) == said(state, (123_456_789).to_bytes(32, "big"))
    assert (GUEST / "expected.bin").read_bytes() == output
    assert BridgeOutput.decode(output).encode() == output


@settings(max_examples=80)
@given(data=st.data())
def test_any_flipped_bit_is_refused_or_is_about_something_else(data):
    state = example()
    witness = bytearray(witness_of(state).encode())
    honest = run(bytes(witness))
    position = data.draw(st.integers(0, 8 * len(witness) - 1))
    witness[position // 8] ^= 1 << position % 8
    exit_code, output = run(bytes(witness))
    if exit_code != 0:
        assert (exit_code, output) == REFUSED
        return
    first, now = BridgeOutput.decode(honest[1]), BridgeOutput.decode(output)
    # Another header; another address or slot, of which these nodes prove that it is not there; or padding.
    if now.block_hash == first.block_hash:
        same = (now.address, now.slot) == (first.address, first.slot)
        assert now.value == (first.value if same else bytes(32)) and now.block_number == first.block_number


@settings(max_examples=30)
@given(data=st.data())
def test_an_input_cut_or_extended_is_refused(data):
    witness = witness_of(example()).encode()
    assert run(witness[: data.draw(st.integers(0, len(witness) - 1))]) == REFUSED
    assert run(witness + data.draw(st.binary(min_size=1, max_size=8))) == REFUSED


def test_nodes_of_another_path_are_refused():
    state = example()
    witness = witness_of(state)
    other_slot = (8).to_bytes(32, "big")
    other = witness_of(state, other_slot)
    for nodes in ("account_nodes", "storage_nodes"):
        path = getattr(witness, nodes)
        assert len(path) >= 3
        for changed in (path[1:], path[:-1], path[::-1], (*path, path[-1]), (path[0], *path), ()):
            assert run(replace(witness, **{nodes: changed})) == REFUSED
    # The sibling: a proof for one slot does not serve another.
    assert run(replace(witness, slot=other_slot)) == REFUSED
    assert run(replace(other, slot=SLOT)) == REFUSED
    assert run(replace(witness, account_nodes=other.account_nodes))[0] == 0, "they are the same"
    assert run(replace(witness, address=bytes(20))) == REFUSED
    # A storage trie without the account that has it.
    absent = State(exists=False, others={near(ACCOUNT_KEY, 0, random.Random(1)): b"x" * 70})
    assert run(witness_of(absent)) == said(absent, bytes(32))
    assert run(replace(witness_of(absent), storage_nodes=witness.storage_nodes)) == REFUSED
    # Another block's state.
    assert run(replace(witness, header=absent.header)) == REFUSED


# From here on: nodes of our own making. The block hash is whatever the header hashes to, so that an attacker
# is free to build all of it; only a light client would refuse the hash. Here the guest itself has to refuse.


def hex_prefix(digits, leaf, odd_pad=0, flags=None):
    """The path of a leaf or an extension, from hexadecimal digits."""
    flag = (2 if leaf else 0) + len(digits) % 2 if flags is None else flags
    return bytes.fromhex(f"{flag:x}" + ("" if len(digits) % 2 else f"{odd_pad:x}") + digits)


def whole_witness(storage_nodes, storage_root=None, account=None, account_nodes=None, header=None):
    """A block whose state is one leaf: our account."""
    root = keccak(storage_nodes[0]) if storage_root is None else storage_root
    if account is None:
        account = rlp.encode([b"\1", b"", root, EMPTY_CODE])
    if account_nodes is None:
        account_nodes = (rlp.encode([hex_prefix(ACCOUNT_KEY.hex(), True), account]),)
    if header is None:
        header = rlp.encode(header_fields(keccak(account_nodes[0])))
    return StorageWitness(ADDRESS, SLOT, header, tuple(account_nodes), tuple(storage_nodes))


DIGITS = KEY.hex()
LEAF = rlp.encode([hex_prefix(DIGITS, True), rlp.encode(5)])
FIVE = (5).to_bytes(32, "big")


def branch(depth, child, value=b""):
    """A branch with one child, on our path."""
    items = [b""] * 16 + [value]
    items[int(DIGITS[depth], 16)] = child
    return items


def value_of(witness):
    exit_code, output = run(witness)
    return BridgeOutput.decode(output).value if exit_code == 0 else None


def test_our_own_nodes_are_good_where_they_are_right():
    deep_leaf = rlp.encode([hex_prefix(DIGITS[4:], True), rlp.encode(5)])
    middle = rlp.encode(branch(3, keccak(deep_leaf)))
    extension = rlp.encode([hex_prefix(DIGITS[:3], False), keccak(middle)])
    assert value_of(whole_witness([LEAF])) == FIVE
    assert value_of(whole_witness([extension, middle, deep_leaf])) == FIVE
    small = [hex_prefix(DIGITS[63:], True), b"\x05"]
    inner = rlp.encode([hex_prefix(DIGITS[:62], False), keccak(rlp.encode(branch(62, small)))])
    assert value_of(whole_witness([inner, rlp.encode(branch(62, small))])) == FIVE
    assert value_of(whole_witness([rlp.encode([hex_prefix(DIGITS, True), b"\x80"])])) == bytes(32)
    assert value_of(whole_witness([], EMPTY_ROOT)) == bytes(32)


CANONICAL = hex_prefix(DIGITS, True)
LONG_PATH = b"\xa1" + CANONICAL  # 33 bytes
BAD_STORAGE = {
    "nothing": b"",
    "the empty node": b"\x80",
    "an empty list": b"\xc0",
    "a string": rlp.encode(b"a" * 40),
    "one item": rlp.encode([CANONICAL]),
    "three items": rlp.encode([CANONICAL, b"\x05", b""]),
    "sixteen items": rlp.encode([b""] * 16),
    "eighteen items": rlp.encode([b""] * 18),
    "bytes behind": LEAF + b"\0",
    "cut": LEAF[:-1],
    "a long list's length for a short list": b"\xf8" + bytes([len(LEAF) - 1]) + LEAF[1:],
    "a list's length with a zero in front": b"\xf9\0" + bytes([len(LEAF) - 1]) + LEAF[1:],
    "four bytes of length": b"\xfb\0\0\0" + bytes([len(LEAF) - 1]) + LEAF[1:],
    "eight bytes of length": b"\xff" + b"\xff" * 8 + LEAF,
    "a long string's length for a short one": b"\xe4" + b"\xb8\x21" + CANONICAL + b"\x05",
    "a byte with a length": b"\xe4" + LONG_PATH + b"\x81\x05",
    "an item beyond the end": b"\xe3" + LONG_PATH + b"\x82",
    "a path that is a list": rlp.encode([[CANONICAL], b"\x05"]),
    "no path": rlp.encode([b"", b"\x05"]),
    "flags beyond 3": rlp.encode([hex_prefix(DIGITS, True, flags=4), b"\x05"]),
    "a padding that is not zero": rlp.encode([hex_prefix(DIGITS, True, odd_pad=1), b"\x05"]),
    "a leaf's path too short": rlp.encode([hex_prefix(DIGITS[:63], True), b"\x05"]),
    "a leaf's path too long": rlp.encode([hex_prefix(DIGITS + "0", True), b"\x05"]),
    "a leaf without a value": rlp.encode([CANONICAL, b""]),
    "a value that is a list": rlp.encode([CANONICAL, [b"\x05"]]),
    "a value in a list": rlp.encode([CANONICAL, rlp.encode([b"\x05"])]),
    "two values": rlp.encode([CANONICAL, b"\x05\x06"]),
    "a value with a zero in front": rlp.encode([CANONICAL, rlp.encode(b"\0\x05")]),
    "a zero byte": rlp.encode([CANONICAL, b"\0"]),
    "a value of 33 bytes": rlp.encode([CANONICAL, rlp.encode(b"\x05" * 33)]),
    "an extension of nothing": rlp.encode([hex_prefix("", False), bytes(32)]),
    "an extension to the end": rlp.encode([hex_prefix(DIGITS, False), bytes(32)]),
    "an extension to no node": rlp.encode([hex_prefix(DIGITS[:2], False), b""]),
    "an extension elsewhere to no node": rlp.encode([hex_prefix("0" * 8, False), b""]),
    "a child of 31 bytes": rlp.encode(branch(0, b"\1" * 31)),
    "a child of 33 bytes": rlp.encode(branch(0, b"\1" * 33)),
    "an embedded child of 32 bytes": rlp.encode(branch(0, [hex_prefix(DIGITS[1:50], True), b"\x85" * 5])),
    "an embedded leaf of another depth": rlp.encode(branch(0, [hex_prefix(DIGITS[60:], True), b"\x05"])),
    "an embedded string": rlp.encode(branch(0, b"\x05")),
    "a branch with a value": rlp.encode(branch(0, b"", b"\x05")),
    "a branch whose value is a list": rlp.encode([*[b""] * 16, []]),
}


@pytest.mark.parametrize("name", BAD_STORAGE)
def test_bad_storage_nodes_are_refused(name):
    assert run(whole_witness([BAD_STORAGE[name]])) == REFUSED


def account_with(*fields):
    return rlp.encode(list(fields))


ROOT = keccak(LEAF)
BAD_ACCOUNTS = {
    "no list": rlp.encode(b"account"),
    "three fields": account_with(b"\1", b"", ROOT),
    "five fields": account_with(b"\1", b"", ROOT, EMPTY_CODE, b""),
    "a nonce with a zero in front": account_with(b"\0\1", b"", ROOT, EMPTY_CODE),
    "a nonce of 9 bytes": account_with(b"\1" * 9, b"", ROOT, EMPTY_CODE),
    "a balance of 33 bytes": account_with(b"\1", b"\1" * 33, ROOT, EMPTY_CODE),
    "a short root": account_with(b"\1", b"", ROOT[:31], EMPTY_CODE),
    "no code": account_with(b"\1", b"", ROOT, b""),
    "a root that is a list": account_with(b"\1", b"", [ROOT[:31]], EMPTY_CODE),
    "bytes behind": account_with(b"\1", b"", ROOT, EMPTY_CODE) + b"\0",
}


@pytest.mark.parametrize("name", BAD_ACCOUNTS)
def test_bad_accounts_are_refused(name):
    assert run(whole_witness([LEAF], account=BAD_ACCOUNTS[name])) == REFUSED


def header_with(**changes):
    """A good header but for some fields by number, or cut to some number of fields."""
    leaf = rlp.encode([hex_prefix(ACCOUNT_KEY.hex(), True), account_with(b"\1", b"", ROOT, EMPTY_CODE)])
    fields = header_fields(keccak(leaf))
    for name, value in changes.items():
        fields[int(name.removeprefix("field"))] = value
    return fields


GOOD = rlp.encode(header_with())
BAD_HEADERS = {
    "nothing": b"",
    "a string": rlp.encode(bytes(500)),
    "fourteen fields": rlp.encode(header_with()[:14]),
    "a short parent": rlp.encode(header_with(field0=bytes(31))),
    "a short address": rlp.encode(header_with(field2=bytes(19))),
    "a short state root": rlp.encode(header_with(field3=bytes(31))),
    "a short bloom": rlp.encode(header_with(field6=bytes(255))),
    "a number of nine bytes": rlp.encode(header_with(field8=b"\1" * 9)),
    "a number with a zero in front": rlp.encode(header_with(field8=b"\0\1")),
    "a number that is a list": rlp.encode(header_with(field8=[b"\1"])),
    "a nonce of seven bytes": rlp.encode(header_with(field14=bytes(7))),
    "a list among the later fields": rlp.encode([*header_with(), [b""]]),
    "bytes behind": GOOD + b"\0",
    "cut": GOOD[:-1],
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_bad_headers_are_refused(name):
    assert run(whole_witness([LEAF], header=BAD_HEADERS[name])) == REFUSED


def test_headers_of_later_forks_are_read():
    header = rlp.encode([*header_with(), bytes(32), b"", b"\x05", bytes(32), bytes(32), b"\1"])
    assert value_of(whole_witness([LEAF], header=header)) == FIVE
    assert value_of(whole_witness([LEAF], header=rlp.encode(header_with()[:15]))) == FIVE


def test_absurd_counts_and_lengths_are_refused():
    witness = whole_witness([LEAF])
    start = witness.address + witness.slot
    for length in (1 << 31, (1 << 32) - 1, 1 << 20):
        assert run(start + struct.pack(">I", length) + bytes(600)) == REFUSED
    blob = struct.pack(">I", len(witness.header)) + witness.header + bytes(-len(witness.header) % 4)
    for count in (0, 2, 1 << 31, (1 << 32) - 1):
        rest = witness.encode()[len(start + blob) + 4 :]
        assert run(start + blob + struct.pack(">I", count) + rest) == REFUSED


def test_answers_of_a_node_are_checked():
    state = example()
    block, proof = rpc_block(state.header), state.rpc_proof()
    assert encode_header(block) == state.header
    for name, value in [("number", "0x1"), ("gasUsed", hex(10**6)), ("stateRoot", "0x" + "00" * 32)]:
        with pytest.raises(BridgeError, match="hashes to"):
            encode_header({**block, name: value})
    with pytest.raises(BridgeError, match="hashes to"):
        encode_header({**block, "withdrawalsRoot": "0x" + "00" * 32})
    for name, value in [("number", "one"), ("number", -1), ("number", None), ("miner", 5), ("hash", "0xzz")]:
        with pytest.raises(BridgeError, match=f"{name} is no"):
            encode_header({**block, name: value})
    with pytest.raises(BridgeError, match="has no mixHash"):
        encode_header({name: value for name, value in block.items() if name != "mixHash"})
    for changes in ({"storageProof": []}, {"address": "0x00"}, {"accountProof": None}, {"accountProof": [5]}):
        with pytest.raises(BridgeError, match=r"is no|not hexadecimal"):
            StorageWitness.from_rpc(block, {**proof, **changes}, SLOT)
    for output in (bytes(159), bytes(161), b"\1" * 160):
        with pytest.raises(BridgeError, match="none of the bridge"):
            BridgeOutput.decode(output)
