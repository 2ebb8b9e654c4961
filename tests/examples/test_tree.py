"""The tree of accounts against its definition, on 2^6 leaves."""

from hypothesis import given
from hypothesis import strategies as st

from zkm.examples.ledger.hashing import EMPTY, tree_node
from zkm.examples.ledger.tree import AccountTree

LEAVES = st.dictionaries(st.integers(0, 63), st.binary(min_size=32, max_size=32), max_size=12)


def definition(leaves, level=32, index=0):
    """The hash of a subtree, from the definition; only the lowest 2^6 leaves are looked at."""
    if level > 6:
        return tree_node(level - 1, definition(leaves, level - 1), EMPTY)
    if level == 0:
        return leaves.get(index, EMPTY)
    left, right = (definition(leaves, level - 1, 2 * index + side) for side in (0, 1))
    return tree_node(level - 1, left, right)


def climb(nodes, siblings, height):
    """What the guest does with one version of the leaves."""
    for level in range(height):
        parents = {}
        for index in sorted(nodes):
            if index >> 1 in parents:
                continue
            other = nodes[index ^ 1] if index ^ 1 in nodes else next(siblings)
            pair = (other, nodes[index]) if index & 1 else (nodes[index], other)
            parents[index >> 1] = tree_node(level, *pair)
        nodes = parents
    assert list(nodes) == [0] and next(siblings, None) is None
    return nodes[0]


@given(leaves=LEAVES, changes=LEAVES)
def test_the_root_is_that_of_the_definition(leaves, changes):
    tree = AccountTree(leaves)
    assert tree.root == definition(leaves)
    for index, leaf in changes.items():
        tree.set(index, leaf)
        assert tree.root == definition({**leaves, **{i: tree.subtree(0, i) for i in range(64)}})


@given(leaves=LEAVES, touched=st.sets(st.integers(0, 63), min_size=1, max_size=8), more=st.integers(0, 2))
def test_the_siblings_lead_to_the_root(leaves, touched, more):
    tree = AccountTree(leaves)
    height = max(tree.height, max(touched).bit_length()) + more
    nodes = {index: leaves.get(index, EMPTY) for index in touched}
    assert climb(nodes, tree.siblings(list(touched), height), height) == tree.root


def test_an_empty_tree_and_one_of_one_leaf():
    leaf = b"\1" * 32
    assert AccountTree().root == EMPTY
    assert AccountTree({0: leaf}).root == leaf
    assert AccountTree({1: leaf}).root == tree_node(0, EMPTY, leaf) != leaf
