"""Decisions whose hits are listed together: those of one word, as long as few different keys tell all their profiles apart.

A row then finds the hits of a whole bundle by one look-up, where each decision by itself would read all rows again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yiwang.rules.core.plan.plan import Taken
from yiwang.rules.core.plan.tables import Run

Whole = npt.NDArray[np.int64]
# Keys of one bundle: the table of its hits stays in the processor's nearer memory.
MOST = 16_384


@dataclass(frozen=True)
class Bundle:
    """`masks`: word → the bits of it that make the key; `keys`: what they hold on some row, one array per word.

    `profiles` says of each decision which of its profiles every key stands for.
    """

    taken: tuple[Taken, ...]
    masks: tuple[tuple[int, int], ...]
    keys: tuple[Whole, ...]
    profiles: tuple[Whole, ...]


def bundles(run: Run, wanted: Sequence[Taken]) -> list[Bundle]:
    """Every decision in one bundle; one that fills several words, or none, stands alone."""
    found: list[Bundle] = []
    together: dict[int, list[Taken]] = {}
    for taken in wanted:
        if len(taken.segments) == 1:
            together.setdefault(taken.segments[0].word, []).append(taken)
        else:
            found.append(_alone(run, taken))
    for word, decisions in together.items():
        held = run.held(word)
        found += [_shared(run, held, group) for group in _groups(run, held, decisions)]
    return found


def _groups(run: Run, held: Whole, decisions: Sequence[Taken]) -> list[list[Taken]]:
    if len(held) <= MOST:
        return [list(decisions)]
    groups: list[list[Taken]] = []
    keys = MOST + 1
    for taken in decisions:
        own = len(run.profiles(taken))
        if keys * own > MOST:
            groups.append([])
            keys = 1
        groups[-1].append(taken)
        keys *= own
    return groups


def _shared(run: Run, held: Whole, decisions: Sequence[Taken]) -> Bundle:
    segments = [taken.segments[0] for taken in decisions]
    mask = sum(one.mask << one.shift for one in segments)
    keys = np.unique(held & mask)
    profiles = []
    for taken, segment in zip(decisions, segments, strict=True):
        own = np.array([one.parts[0] for one in run.profiles(taken)], np.int64)
        order = np.argsort(own)
        profiles.append(order[np.searchsorted(own, keys >> segment.shift & segment.mask, sorter=order)])
    return Bundle(tuple(decisions), ((segments[0].word, mask),), (keys,), tuple(profiles))


def _alone(run: Run, taken: Taken) -> Bundle:
    found = run.profiles(taken)
    masks = tuple((one.word, one.mask << one.shift) for one in taken.segments)
    keys = tuple(
        np.array([profile.parts[at] << one.shift for profile in found], np.int64)
        for at, one in enumerate(taken.segments)
    )
    return Bundle((taken,), masks, keys, (np.arange(len(found)),))
