"""The Merkle tree of RFC 9162 with SHA-256: hashes, proofs, and their checks on bytes alone.

A tree over leaf hashes splits at the largest power of two below its size. `Nodes` gives the hash of a whole subtree by
(level, index): level 0 are the leaves, a node at (l, i) covers leaves i·2^l to (i+1)·2^l. Checks answer False to anything
malformed; they never raise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SIZE = 32
EMPTY = hashlib.sha256().digest()
Nodes = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below `size` (size ≥ 2)."""
    return 1 << (size - 1).bit_length() - 1


@dataclass(frozen=True)
class Frontier:
    """The whole subtrees a tree of `size` leaves consists of, the largest first: all that appending needs to know."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        return self.extend((leaf,))

    def extend(self, leaves: Sequence[bytes]) -> Frontier:
        """The frontier after these leaf hashes."""
        peaks, size = list(self.peaks), self.size
        for hashed in leaves:
            at = size
            while at & 1:
                hashed = node_hash(peaks.pop(), hashed)
                at >>= 1
            peaks.append(hashed)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    return Frontier().extend(leaves).root()


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """Subtrees of a list held in memory; each is hashed once."""
    levels: list[list[bytes]] = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]


def range_root(nodes: Nodes, start: int, end: int) -> bytes:
    """The root of leaves `start` to `end`, which a proof asks for: `start` is a multiple of the subtree it begins."""
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        parts.append(nodes(level, start >> level))
        start += 1 << level
    found = parts[-1]
    for part in reversed(parts[:-1]):
        found = node_hash(part, found)
    return found


def inclusion_proof(nodes: Nodes, index: int, size: int) -> tuple[bytes, ...]:
    """The hashes that lead from leaf `index` to the root of the first `size` leaves. Raises IndexError."""
    if not 0 <= index < size:
        raise IndexError(f"no leaf {index} among {size}")
    return _path(nodes, index, 0, size)


def _path(nodes: Nodes, index: int, start: int, end: int) -> tuple[bytes, ...]:
    if end - start == 1:
        return ()
    middle = start + split(end - start)
    if index < middle:
        return (*_path(nodes, index, start, middle), range_root(nodes, middle, end))
    return (*_path(nodes, index, middle, end), range_root(nodes, start, middle))


def consistency_proof(nodes: Nodes, size1: int, size2: int) -> tuple[bytes, ...]:
    """The hashes that show that the first `size2` leaves begin with the first `size1`. Raises IndexError."""
    if not 0 <= size1 <= size2:
        raise IndexError(f"{size1} of {size2}")
    return () if size1 in (0, size2) else _old(nodes, size1, 0, size2, True)


def _old(nodes: Nodes, size1: int, start: int, end: int, whole: bool) -> tuple[bytes, ...]:
    if size1 == end:
        return () if whole else (range_root(nodes, start, end),)
    middle = start + split(end - start)
    if size1 <= middle:
        return (*_old(nodes, size1, start, middle, whole), range_root(nodes, middle, end))
    return (*_old(nodes, size1, middle, end, False), range_root(nodes, start, middle))


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """True when `proof` leads from the leaf hash at `index` to the root of a tree of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not (_hashes((leaf_hash, root)) and _hashes(proof) and _numbers(index, size) and 0 <= index < size):
        return False
    at, last, found = index, size - 1, leaf_hash
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> bool:
    """True when a tree of `size2` leaves begins with the one of `size1` (RFC 9162, 2.1.4.2).

    Equal sizes are equal roots and no proof. That a tree begins with an empty one says nothing and is not affirmed.
    """
    if not (_hashes(proof) and _numbers(size1, size2) and 0 < size1 <= size2):
        return False
    if size1 == size2:
        return not proof and isinstance(root1, bytes) and root1 == root2
    if not _hashes((root1, root2)):
        return False
    steps = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    if not steps:
        return False
    at, last = size1 - 1, size2 - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == root1 and new == root2


def _hashes(values: object) -> bool:
    return isinstance(values, Sequence) and all(isinstance(one, bytes) and len(one) == SIZE for one in values)


def _numbers(*values: object) -> bool:
    return all(isinstance(one, int) and not isinstance(one, bool) for one in values)
