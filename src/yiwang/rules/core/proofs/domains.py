"""What a proof is told besides the table: which values an input may have, what parameters were on which day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.values import Date, Value
from yiwang.rules.core.feel.wording import Words


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of an input, by its label or by its expression as written.

    `type` is a FEEL type, empty: as the column says. `nullable` None: as `allowed` says of null; without `allowed` when a cell asks for
    null, else taken as never null, and said so. `step` 1 for whole numbers, 0.01 for money in fen; None: any number.
    """

    type: str = ""
    allowed: n.UnaryTests | None = None
    nullable: bool | None = None
    step: Decimal | None = None
    unit: Words = Words("", "")


@dataclass(frozen=True, slots=True)
class Dated:
    """A value in force from `start` to before `end`; without `end` until the next one begins."""

    start: Date
    value: Value
    end: Date | None = None


Parameters = Mapping[str, Iterable[Dated]]


@dataclass(frozen=True, slots=True)
class Period:
    """The days decisions are taken for, both ends included; without `last` for ever."""

    first: Date
    last: Date | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A parameter without a value from `since` on, until before `until`."""

    name: str
    since: Date
    until: Date | None


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which no parameter changes, from `since` on."""

    since: Date
    values: Mapping[str, Value]


def value_on(values: Iterable[Dated], day: Date) -> Dated | None:
    """What is in force on a day."""
    begun = [dated for dated in values if dated.start <= day]
    latest = max(begun, key=lambda dated: dated.start, default=None)
    return None if latest is None or (latest.end is not None and latest.end <= day) else latest


def changes(parameters: Parameters, period: Period) -> list[Date]:
    """The first day and each later one on which a parameter begins or ends."""
    days = {period.first}
    for values in parameters.values():
        for dated in values:
            days.update(day for day in (dated.start, dated.end) if day is not None)
    return sorted(day for day in days if day >= period.first and (period.last is None or day <= period.last))


def spans(parameters: Parameters, period: Period) -> Iterator[Span | Missing]:
    """Every stretch of days with the values in force; for each parameter without one, what is missing."""
    days = changes(parameters, period)
    told: set[str] = set()
    for place, day in enumerate(days):
        held: dict[str, Value] = {}
        for name, values in parameters.items():
            found = value_on(list(values), day)
            if found is not None:
                held[name] = found.value
                told.discard(name)
            elif name not in told:
                told.add(name)
                later = (d for d in days[place + 1 :] if value_on(list(values), d) is not None)
                yield Missing(name, day, next(later, None))
        yield Span(day, held)
