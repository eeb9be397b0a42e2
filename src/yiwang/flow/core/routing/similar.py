"""Earlier tickets that are like a new one: the same again, or only of the same matter.

Likeness is the cosine of the texts' pairs of characters, rare pairs weighing more; 1 is the same text. Tickets can be added
at any time; how rare a pair is follows.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

import numpy as np

from yiwang.flow.core.routing.grams import BITS, Codes, Reals, folded, stream, summed
from yiwang.flow.core.routing.words import telling, words

# From here on two texts tell of the same thing in nearly the same words.
NEAR = 0.7
LEAST = 0.15
# Something reported again later than this is a new ticket, however alike.
AGAIN_DAYS = 30
# A place that is known to be another makes a ticket less alike; so does every year that lies between.
ELSEWHERE, HALF_LIFE_DAYS = 0.6, 365
# How many hits of rare pairs choose the tickets that are compared whole, and how many those are.
HITS, COMPARED = 200_000, 200
MOST_REASONS = 5


@dataclass(frozen=True)
class Ticket:
    """`place` is an address or a code, compared as spelt; "" and None are unknown."""

    key: str
    text: str
    place: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Similar:
    """`likeness` is of the texts alone, `score` heeds place and day too; both 0 to 1.

    A duplicate is nearly the same text, not known to be of another place or of another time.
    """

    key: str
    score: float
    likeness: float
    duplicate: bool
    same_place: bool | None
    days: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Held:
    ticket: Ticket
    folded: str
    pairs: Codes
    times: Reals


@dataclass
class Earlier:
    """The tickets to compare with. Adding a key again raises ValueError."""

    _held: list[_Held] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _number: dict[int, int] = field(default_factory=dict)
    _where: list[array[int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._held)

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """In the order they were added."""
        return tuple(held.ticket for held in self._held)

    def add(self, tickets: Iterable[Ticket]) -> None:
        for ticket in tickets:
            if ticket.key in self._keys:
                raise ValueError(f"ticket {ticket.key!r} is here already")
            self._keys.add(ticket.key)
            text = folded(ticket.text)
            grams, times = _pairs(text)
            numbers = np.array([self._numbered(gram) for gram in grams.tolist()], dtype=np.int64)
            for number in numbers.tolist():
                self._where[number].append(len(self._held))
            self._held.append(_Held(ticket, text, numbers, 1.0 + np.log(times)))

    def like(self, ticket: Ticket, limit: int = 10, least: float = LEAST) -> tuple[Similar, ...]:
        """Those at least so alike, best first; of equals the one added first. The ticket itself is not among them."""
        text = folded(ticket.text)
        grams, times = _pairs(text)
        known = [self._number.get(gram, -1) for gram in grams.tolist()]
        mine, rarity = np.array(known, dtype=np.int64), self._rarity()
        # A pair nobody used before is as rare as can be: it makes the new text longer, and like nothing.
        weights = (1.0 + np.log(times)) * np.where(mine >= 0, np.append(rarity, 0.0)[mine], np.log(1 + len(self)) + 1)
        length = float(np.sqrt((weights * weights).sum()))
        dense = np.zeros(len(rarity))
        dense[mine[mine >= 0]] = weights[mine >= 0]
        found = []
        for at in self._candidates(mine[mine >= 0], rarity):
            held = self._held[at]
            if held.ticket.key == ticket.key:
                continue
            theirs = held.times * rarity[held.pairs]
            shared = dense[held.pairs] * theirs
            below = length * float(np.sqrt((theirs * theirs).sum()))
            likeness = 1.0 if held.folded == text else min(float(shared.sum()) / below, 1.0)
            if likeness >= least:
                found.append((_compared(ticket, held.ticket, likeness), at, shared))
        found.sort(key=lambda one: (-one[0].score, one[1]))
        return tuple(_explained(one, text, self._held[at], shared, self._number) for one, at, shared in found[:limit])

    def _numbered(self, gram: int) -> int:
        number = self._number.setdefault(gram, len(self._where))
        if number == len(self._where):
            self._where.append(array("l"))
        return number

    def _rarity(self) -> Reals:
        held = np.fromiter((len(places) for places in self._where), dtype=np.int64, count=len(self._where))
        rarity: Reals = np.log((1 + len(self)) / (1 + held)) + 1
        return rarity

    def _candidates(self, mine: Codes, rarity: Reals) -> Sequence[int]:
        """The tickets that share the most of the rarest pairs, in the order they were added."""
        reached, hits = np.zeros(len(self)), 0
        for number in mine[np.argsort(-rarity[mine], kind="stable")].tolist():
            places = np.frombuffer(self._where[number], dtype="l").copy()
            reached[places] += rarity[number] ** 2
            hits += len(places)
            if hits > HITS:
                break
        best = np.argsort(-reached, kind="stable")[:COMPARED]
        chosen: list[int] = np.sort(best[reached[best] > 0]).tolist()
        return chosen


def _pairs(text: str) -> tuple[Codes, Codes]:
    """The pairs of a folded text and how often each stands there."""
    grams = stream([text]).grams
    found, times = np.unique(grams[grams >> BITS > 0], return_counts=True)
    return found, times


def _compared(new: Ticket, old: Ticket, likeness: float) -> Similar:
    days = abs((new.on - old.on).days) if new.on and old.on else None
    same_place = new.place == old.place if new.place and old.place else None
    score = likeness * (ELSEWHERE if same_place is False else 1.0) * 0.5 ** ((days or 0) / HALF_LIFE_DAYS)
    duplicate = likeness >= NEAR and same_place is not False and (days is None or days <= AGAIN_DAYS)
    return Similar(old.key, score, likeness, duplicate, same_place, days, ())


def _explained(one: Similar, text: str, held: _Held, shared: Reals, number: dict[int, int]) -> Similar:
    """With the words that both texts hold, by what their pairs add to the likeness."""
    laid = stream([text])
    added = dict(zip(held.pairs.tolist(), shared.tolist(), strict=True))
    each = np.array([added.get(number.get(gram, -1), 0.0) for gram in laid.grams.tolist()])
    spoken = summed(laid.at, each, laid.length)[: len(text)]
    terms = (word for word, _ in words(text, spoken) if telling(word) and word in held.folded)
    return replace(one, reasons=tuple(islice(terms, MOST_REASONS)))
