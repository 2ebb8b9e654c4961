"""The accounts as a Merkle tree, and the subtrees beside some of its leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zkm.examples.ledger.hashing import EMPTY, tree_node

__all__ = ["AccountTree"]


class AccountTree:
    """Leaves by number; what is not there is empty. Hashes are kept until a leaf below changes."""

    def __init__(self, leaves: Mapping[int, bytes] | None = None) -> None:
        self._leaves: dict[int, bytes] = {}
        self._nodes: dict[tuple[int, int], bytes] = {}
        for index, leaf in (leaves or {}).items():
            self.set(index, leaf)

    def set(self, index: int, leaf: bytes) -> None:
        """Put a leaf at a number."""
        self._leaves[index] = leaf
        for level in range(1, 33):
            self._nodes.pop((level, index >> level), None)

    @property
    def height(self) -> int:
        """Levels above which everything is empty."""
        return max(self._leaves, default=0).bit_length()

    @property
    def root(self) -> bytes:
        """The hash of the whole tree, EMPTY without leaves."""
        return self.subtree(self.height, 0)

    def subtree(self, level: int, index: int) -> bytes:
        """The hash of subtree `index` of 2^level leaves."""
        if level == 0:
            return self._leaves.get(index, EMPTY)
        if index << level > max(self._leaves, default=-1):
            return EMPTY
        known = self._nodes.get((level, index))
        if known is None:
            left, right = (self.subtree(level - 1, 2 * index + side) for side in (0, 1))
            known = self._nodes[level, index] = tree_node(level - 1, left, right)
        return known

    def siblings(self, indices: list[int], height: int) -> Iterator[bytes]:
        """The subtrees beside the leaves (distinct numbers below 2^height), level by level, ascending."""
        nodes = sorted(indices)
        for level in range(height):
            present = set(nodes)
            yield from (self.subtree(level, node ^ 1) for node in nodes if node ^ 1 not in present)
            nodes = sorted({node >> 1 for node in nodes})
