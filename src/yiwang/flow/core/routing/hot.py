"""Hot topics: which messages of a window tell of one matter, and how many people it moves.

Messages are joined by the mean likeness of all their pairs of messages, so that a chain of half-alike ones does not become
one topic. Same messages in, same topics out, in whatever order they come.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from yiwang.flow.core.routing.grams import BITS, counts, folded, matrix, vocabulary
from yiwang.flow.core.routing.words import pieces

# Two groups become one while the mean likeness across them is at least this.
JOINED = 0.15
# Pairs of messages less alike than this count as not alike at all.
FAINT = 0.05
# A pair of characters in more than this share of the messages is the city's way of speaking, not a matter.
USUAL = 0.05
BLOCK = 512
MOST_TERMS, LONGEST = 4, 6
# A word this many characters into a message says half as much more as the first one.
EARLY = 30.0
LIKES_OF_A_PERSON, MONTH = 10, 30


@dataclass(frozen=True)
class Message:
    """`who` tells people apart and is never shown; "" is somebody nobody else is."""

    key: str
    text: str
    who: str = ""
    on: date | None = None
    likes: int = 0


@dataclass(frozen=True)
class Topic:
    """`heat` = (people + likes / 10) / (1 + days / 30): many, soon after each other, and seconded by others.

    `days` lie between the first message and the last; `members` are keys, the one most like all others first.
    """

    title: str
    terms: tuple[str, ...]
    members: tuple[str, ...]
    people: int
    likes: int
    first: date | None
    last: date | None
    days: int
    heat: float


def topics(messages: Sequence[Message], least: int = 3, joined: float = JOINED) -> list[Topic]:
    """Every group of at least `least` messages, hottest first. A key given twice raises ValueError."""
    ordered = sorted(messages, key=lambda message: message.key)
    if len({message.key for message in ordered}) != len(ordered):
        raise ValueError("two messages have the same key")
    texts = [folded(message.text) for message in ordered]
    alike = _alike(texts)
    groups = [group for group in _grouped(len(ordered), alike, joined) if len(group) >= least]
    usual = _usual(texts)
    found = [_topic([ordered[at] for at in group], [texts[at] for at in group], usual) for group in groups]
    return sorted(found, key=lambda topic: (-topic.heat, topic.members))


def _alike(texts: Sequence[str]) -> dict[tuple[int, int], float]:
    """The likeness of every two texts that are not faint, under (lower, higher)."""
    known = vocabulary(texts, 2)
    of = counts(texts, known[known >> BITS > 0])
    if not len(of.rows):
        return {}
    held = np.bincount(of.columns, minlength=of.width)
    rarity = np.where(held > max(3, USUAL * len(texts)), 0.0, np.log((1 + len(texts)) / (1 + held)) + 1)
    weights = of.damped * rarity[of.columns]
    length = np.sqrt(of.sums(weights * weights))
    length[length == 0] = 1.0
    rows = matrix(of, weights / length[of.rows])
    found = {}
    for start in range(0, len(texts), BLOCK):
        block = (rows[start : start + BLOCK] @ rows.T).tocoo()
        there = (block.data >= FAINT) & (block.row + start < block.col)
        for low, high, value in zip(block.row[there] + start, block.col[there], block.data[there], strict=True):
            found[int(low), int(high)] = float(value)
    return found


def _grouped(size: int, alike: dict[tuple[int, int], float], joined: float) -> list[list[int]]:
    """Join the two groups of the highest mean likeness, again and again; of equals those of the lowest numbers."""
    groups = {at: [at] for at in range(size)}
    sums: dict[int, dict[int, float]] = {at: {} for at in range(size)}
    for (low, high), value in alike.items():
        sums[low][high] = sums[high][low] = value
    queue = [(-value, low, high, 1) for (low, high), value in alike.items() if value >= joined]
    heapq.heapify(queue)
    while queue:
        _, low, high, pairs = heapq.heappop(queue)
        # A group that has grown since stands in the queue again with its new mean.
        if low not in groups or high not in groups or pairs != len(groups[low]) * len(groups[high]):
            continue
        groups[low] += groups.pop(high)
        for other, value in sums.pop(high).items():
            del sums[other][high]
            if other != low:
                sums[low][other] = sums[other][low] = sums[low].get(other, 0.0) + value
        for other, value in sums[low].items():
            between = len(groups[low]) * len(groups[other])
            if value / between >= joined:
                heapq.heappush(queue, (-value / between, min(low, other), max(low, other), between))
    return [sorted(group) for group in groups.values()]


def _topic(messages: Sequence[Message], texts: Sequence[str], usual: Counter[str]) -> Topic:
    people = len({message.who or f"\0{message.key}" for message in messages})
    likes = sum(message.likes for message in messages)
    dates = sorted(message.on for message in messages if message.on)
    days = (dates[-1] - dates[0]).days if dates else 0
    terms = _terms(texts, usual)
    return Topic(
        title="·".join(terms),
        terms=terms,
        members=tuple(messages[at].key for at in _central(texts)),
        people=people,
        likes=likes,
        first=dates[0] if dates else None,
        last=dates[-1] if dates else None,
        days=days,
        heat=round((people + likes / LIKES_OF_A_PERSON) / (1 + days / MONTH), 6),
    )


def _central(texts: Sequence[str]) -> list[int]:
    """The places of the texts, the one first that shares the most with the others."""
    known = vocabulary(texts, 2)
    of = counts(texts, known)
    shared = of.sums(np.bincount(of.columns, minlength=of.width)[of.columns].astype(np.float64))
    width = np.maximum(1, np.sqrt(np.bincount(of.rows, minlength=of.texts)))
    central: list[int] = np.argsort(-shared / width, kind="stable").tolist()
    return central


def _terms(texts: Sequence[str], usual: Counter[str]) -> tuple[str, ...]:
    """The words that most of the texts share and others do not, none inside another; the most telling first."""
    held: Counter[str] = Counter()
    weight: dict[str, float] = {}
    for text in texts:
        for term, (times, at) in _placed(text).items():
            held[term] += 1
            # What is said early and again is what a message is about.
            weight[term] = weight.get(term, 0.0) + (1 + math.log(times)) * (1 + EARLY / (EARLY + at))
    ranked = sorted(
        (term for term, count in held.items() if count * 2 >= len(texts)),
        key=lambda term: (-weight[term] / usual[term] ** 0.5, term),
    )
    chosen: list[str] = []
    for term in ranked:
        if not any(_overlap(term, one) for one in chosen):
            chosen.append(term)
        if len(chosen) == MOST_TERMS:
            break
    return tuple(chosen)


def _overlap(one: str, other: str) -> bool:
    """Whether two terms share two neighbours: then one of them is enough."""
    return any(one[at : at + 2] in other for at in range(len(one) - 1))


def _usual(texts: Sequence[str]) -> Counter[str]:
    """In how many texts of the window each phrase stands."""
    return Counter(term for text in texts for term in _placed(text))


def _placed(text: str) -> dict[str, tuple[int, int]]:
    """How often each phrase stands in a text, and where first."""
    found: dict[str, tuple[int, int]] = {}
    for term, at in _phrases(text):
        times, first = found.get(term, (0, at))
        found[term] = (times + 1, first)
    return found


def _phrases(text: str) -> Iterator[tuple[str, int]]:
    """Words that say something, and two neighbours together, with their place: names are often cut in two."""
    before, start = "", 0
    for piece, told in pieces(text):
        if told:
            yield piece, start
        if told and before and len(before) + len(piece) <= LONGEST:
            yield before + piece, start - len(before)
        before = piece if told else ""
        start += len(piece)
