"""Which part of a space of finite dimensions a set of boxes leaves uncovered: exact, by a decision diagram that is never drawn whole.

A box holds one bit mask per dimension, a bit per region. For every region the boxes that admit it are again one mask, so that walking
one dimension is one AND per region; equal remains are looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Box = tuple[int, ...]
MAX_SHOWN = 60


class OutOfWork(Exception):
    """Raised when the budget is spent before the answer is known."""


@dataclass(slots=True)
class Work:
    """How many steps a proof may still take."""

    left: int

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise OutOfWork


def bits(mask: int) -> Iterator[int]:
    """The places of the ones of a mask, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def meet(one: Box, other: Box) -> Box | None:
    """What two boxes share; None when nothing."""
    shared = tuple(a & b for a, b in zip(one, other, strict=True))
    return shared if all(shared) else None


def uncovered(space: Box, boxes: Sequence[Box], work: Work) -> list[Box]:
    """Boxes that together are `space` without `boxes`; at most MAX_SHOWN of them, and none only when all is covered."""
    if not all(space):
        return []
    met = [shared for box in boxes if (shared := meet(space, box)) is not None]
    order = sorted(range(len(space)), key=lambda place: -sum(box[place] != space[place] for box in met))
    # Dimensions that no box narrows say nothing.
    used = [place for place in order if any(box[place] != space[place] for box in met)]
    found = _Walk(space, used, met, work).run()
    return [_restored(space, used, part) for part in found]


def _restored(space: Box, used: list[int], part: Box) -> Box:
    whole = list(space)
    for place, mask in zip(used, part, strict=True):
        whole[place] = mask
    return tuple(whole)


@dataclass(slots=True)
class _Walk:
    space: Box
    used: list[int]
    boxes: list[Box]
    work: Work
    admits: list[dict[int, int]] = field(default_factory=list)
    full_from: list[int] = field(default_factory=list)
    known: dict[tuple[int, int], list[Box]] = field(default_factory=dict)

    def run(self) -> list[Box]:
        for place in self.used:
            by_region = dict.fromkeys(bits(self.space[place]), 0)
            for number, box in enumerate(self.boxes):
                for region in bits(box[place]):
                    by_region[region] |= 1 << number
            self.admits.append(by_region)
        full = (1 << len(self.boxes)) - 1
        self.full_from = [full]
        for place in reversed(self.used):
            full &= sum(1 << number for number, box in enumerate(self.boxes) if box[place] == self.space[place])
            self.full_from.append(full)
        self.full_from.reverse()
        return self.left_of(0, (1 << len(self.boxes)) - 1)

    def left_of(self, depth: int, alive: int) -> list[Box]:
        """What of the dimensions from `depth` on is left by the boxes still alive."""
        if alive & self.full_from[depth]:
            return []
        if not alive:
            return [tuple(self.space[place] for place in self.used[depth:])]
        key = (depth, alive)
        found = self.known.get(key)
        if found is None:
            self.work.spend()
            found = self.known[key] = self._split(depth, alive)
        return found

    def _split(self, depth: int, alive: int) -> list[Box]:
        groups: dict[int, int] = {}
        for region, admitted in self.admits[depth].items():
            still = alive & admitted
            groups[still] = groups.get(still, 0) | 1 << region
        by_rest: dict[tuple[Box, ...], int] = {}
        for still, regions in groups.items():
            rest = tuple(self.left_of(depth + 1, still))
            if rest:
                by_rest[rest] = by_rest.get(rest, 0) | regions
        return [(regions, *part) for rest, regions in by_rest.items() for part in rest][:MAX_SHOWN]
