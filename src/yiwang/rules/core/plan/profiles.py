"""Profiles: the distinct words of a decision, how many rows have each, and the tables that say what each comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from yiwang.rules.core.plan import places
from yiwang.rules.core.plan.outcomes import Outcome
from yiwang.rules.core.plan.plan import Taken
from yiwang.rules.core.plan.typed import text_of

Parts = tuple[int, ...]


@dataclass(frozen=True)
class Profile:
    """What the segments of a decision hold on some rows, how many rows that are, and what it comes to."""

    parts: Parts
    rows: int
    outcome: Outcome


@dataclass
class Count:
    """One decision over a population. `rules` are 1-based: rows in which the rule counts; `matched`: in which it applies at all.

    `results` are rows by constant result, of the output shown as such.
    """

    decision: str
    rows: int = 0
    hits: int = 0
    none: int = 0
    violated: int = 0
    unsound: int = 0
    rules: Counter[int] = field(default_factory=Counter)
    matched: Counter[int] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)


def profiles_of(taken: Taken, found: Iterable[tuple[Parts, int]]) -> tuple[Profile, ...]:
    judged = taken.judged
    made = []
    for parts, rows in found:
        if parts not in judged:
            judged[parts] = taken.judge.outcome(places.hits(taken.segments, parts))
        made.append(Profile(parts, rows, judged[parts]))
    return tuple(made)


def counted(taken: Taken, profiles: Sequence[Profile]) -> Count:
    count = Count(taken.asked.id)
    shown = result_place(taken)
    for one in profiles:
        outcome, rows = one.outcome, one.rows
        count.rows += rows
        setattr(count, _FIELDS[outcome.state], getattr(count, _FIELDS[outcome.state]) + rows)
        if outcome.state == "hit":
            for rule in outcome.rules:
                count.rules[rule + 1] += rows
        for bit in places.hits(taken.segments, one.parts):
            if bit != taken.judge.sound:
                count.matched[bit + 1] += rows
        for row in (outcome.values,) if outcome.values is not None else outcome.listed:
            if shown is not None and row[shown].constant and row[shown].value is not None:
                count.results[text_of(row[shown].value)] += rows
    return count


_FIELDS = {"hit": "hits", "none": "none", "violated": "violated", "unsound": "unsound"}


def _output(taken: Taken, name: str | None, kinds: tuple[str, ...]) -> int | None:
    table = taken.judge.table
    names = [one.name for one in table.outputs] if table is not None else [""]
    if name is not None and name in names:
        return names.index(name)
    for place in range(len(names)):
        if {row[place].kind for row in taken.rows.rules if row is not None} - {"null"} & set(kinds):
            return place
    return None


def result_place(taken: Taken) -> int | None:
    """Which output a hit list shows as the result: the one named so, else the first that is no number."""
    if taken.judge.table is not None and taken.judge.table.aggregation is not None:
        return None
    return _output(taken, taken.asked.result, ("string", "boolean", "date"))


def amount_place(taken: Taken) -> int | None:
    """Which output a hit list shows as the amount: the one named so, else the first number."""
    return _output(taken, taken.asked.amount, ("number",))
