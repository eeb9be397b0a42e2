"""Examples cut into parts: plainly, and so that texts nearly the same never stand on both sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yiwang.flow.core.routing.router import Example
from yiwang.flow.core.routing.similar import Earlier, Ticket

PARTS = 5
# Texts at least so alike count as one.
ALIKE = 0.5


def plain_parts(examples: Sequence[Example], seed: int) -> list[int]:
    """The part of each example, labels spread evenly."""
    return _dealt([example.label for example in examples], list(range(len(examples))), seed)


def kept_together(examples: Sequence[Example]) -> list[int]:
    """For each example the first one that it is like, through however many between."""
    earlier = Earlier()
    leader = list(range(len(examples)))

    def led(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    for at, example in enumerate(examples):
        for one in earlier.like(Ticket(str(at), example.text), least=ALIKE):
            first, second = sorted((led(int(one.key)), led(at)))
            leader[second] = first
        earlier.add([Ticket(str(at), example.text)])
    return [led(at) for at in range(len(examples))]


def parts_apart(examples: Sequence[Example], leaders: Sequence[int], seed: int) -> list[int]:
    """The part of each example, labels spread evenly and those of one leader together."""
    return _dealt([example.label for example in examples], leaders, seed)


def _dealt(labels: Sequence[str], leaders: Sequence[int], seed: int) -> list[int]:
    part = [0] * len(labels)
    dealt: dict[str, int] = {}
    for at in np.random.default_rng(seed).permutation(len(labels)).tolist():
        if leaders[at] == at:
            dealt[labels[at]] = dealt.get(labels[at], -1) + 1
            part[at] = dealt[labels[at]] % PARTS
    return [part[leader] for leader in leaders]
