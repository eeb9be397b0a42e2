"""Clocks of cases and works: rows say what the law gave and what happened, the due moment is derived by the kernel.

Past the calendar's coverage nothing is guessed: the due moment is unknown, the problem is shown, and the tick looks again
each day until a notice is installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from yiwang.flow.answers import ClockView, Extension
from yiwang.flow.models import CaseClock, Due, Pause
from yiwang.kernel.core.calendar import ZONE, Calendar, CalendarCoverageError
from yiwang.kernel.core.clock import Budget, Clock, Reason, Rung, RungKind, Suspension, due, rungs_due, state
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import InputError

LOOK_AGAIN = timedelta(days=1)
SECOND = timedelta(seconds=1)
# Later than any rung: asked of the kernel it gives the moment of each.
NEVER = timedelta(days=3660)
COVERAGE = "coverage"
PAST_COVERAGE = "uncovered"


@dataclass(frozen=True)
class Looked:
    """A rung and when to look at it; None while a suspension keeps it unknown."""

    key: str
    look_at: datetime | None


def budget_of(row: CaseClock) -> Budget:
    """The budget with what was added to it."""
    budget = Budget.parse(row.budget)
    for added in row.extended:
        budget = budget.extended(Budget.parse(added[0]).amount)
    return budget


def suspensions_of(start: datetime, pauses: Iterable[Pause]) -> tuple[Suspension, ...]:
    """The case's pauses as the kernel knows them. Those over before the clock began, or shorter than a second, stop nothing."""
    found = []
    for pause in pauses:
        begin, end = pause.begin.replace(microsecond=0), pause.end and pause.end.replace(microsecond=0)
        if end is None or (end > begin and end > start.replace(microsecond=0)):
            found.append(Suspension(begin, end, Reason(pause.reason), pause.text))
    return tuple(found)


def clock_of(row: CaseClock, pauses: Iterable[Pause], calendar: Calendar) -> Clock:
    return Clock(
        budget_of(row),
        row.started_at,
        calendar,
        suspensions_of(row.started_at, pauses),
        tuple(Rung(one["key"], RungKind(one["kind"]), one["when"]) for one in row.rungs),
    )


def due_of(row: CaseClock, pauses: Iterable[Pause], calendar: Calendar) -> datetime | None:
    """For sorting and for looking; None while it is unknown, also past the calendar's coverage."""
    budget, start = budget_of(row), row.started_at.astimezone(ZONE)
    stops = suspensions_of(row.started_at, pauses)
    if budget.unit.in_days and not stops:
        return _day_due(budget, start.date(), calendar.digest, _Days(calendar))
    try:
        return due(Clock(budget, start, calendar, stops))
    except CalendarCoverageError:
        return None


class _Days:
    """A calendar that its digest stands for already: no part of the key under which a due moment is remembered."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Days)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=1 << 16)
def _day_due(budget: Budget, start: date, digest: str, days: _Days) -> datetime | None:
    """Undisturbed, a budget in days ends alike for all that began on one day: a page of a list asks for the same few."""
    try:
        return due(Clock(budget, datetime.combine(start, time.min, ZONE), days.calendar))
    except CalendarCoverageError:
        return None


def looks(row: CaseClock, pauses: Sequence[Pause], calendar: Calendar, now: datetime) -> tuple[Looked, ...]:
    """When to look at each of the clock's rungs. Past coverage one look a day from now, at all of them together."""
    found = []
    budget, stops = budget_of(row), suspensions_of(row.started_at, pauses)
    by_day = budget.unit.in_days and not stops
    start = row.started_at.astimezone(ZONE)
    for one in row.rungs:
        rung = Rung(one["key"], RungKind(one["kind"]), one["when"])
        try:
            if by_day:
                at = _day_rung(budget, start.date(), rung, calendar.digest, _Days(calendar))
            else:
                at = _rung_moment(Clock(budget, start, calendar, stops, (rung,)))
        except CalendarCoverageError:
            at = now + LOOK_AGAIN
        found.append(Looked(rung.key, at))
    if due_of(row, pauses, calendar) is None and uncovered(row, pauses, calendar):
        found.append(Looked(COVERAGE, now + LOOK_AGAIN))
    return tuple(found)


def _rung_moment(clock: Clock) -> datetime | None:
    """Of a clock's only rung. A breach comes when the due moment is over, not at it."""
    fires = rungs_due(clock, clock.start + NEVER, ())
    return fires[0].at + (SECOND if fires[0].rung.kind is RungKind.BREACH else timedelta()) if fires else None


@lru_cache(maxsize=1 << 16)
def _day_rung(budget: Budget, start: date, rung: Rung, digest: str, days: _Days) -> datetime | None:
    """As `_day_due`, for a rung. Raises CalendarCoverageError, each time anew."""
    return _rung_moment(Clock(budget, datetime.combine(start, time.min, ZONE), days.calendar, (), (rung,)))


def uncovered(row: CaseClock, pauses: Iterable[Pause], calendar: Calendar) -> Text | None:
    """Why the due moment cannot be worked out, or None."""
    try:
        due(clock_of(row, pauses, calendar))
    except CalendarCoverageError as error:
        return _problem(error)
    return None


def due_key(clock: CaseClock, rung: str) -> str:
    """One key for a rung of a case: `work` clocks carry the number of their work."""
    work = clock.work
    return f"{'case' if work is None else f'work-{work.number}'}:{rung}"


def rung_dues(row: CaseClock, pauses: Sequence[Pause], calendar: Calendar, now: datetime) -> list[Due]:
    """The rows the tick looks at, for a clock that has begun; not saved."""
    return [
        Due(
            case_id=row.case_id,
            kind=Due.Kind.RUNG,
            key=due_key(row, one.key),
            clock=row,
            spec={"rung": one.key},
            look_at=one.look_at,
        )
        for one in looks(row, pauses, calendar, now)
    ]


def clock_view(row: CaseClock, pauses: Sequence[Pause], calendar: Calendar, now: datetime) -> ClockView:
    """The clock as it stands now, or stood when it stopped."""
    at = row.stopped_at or now
    name = budget_of(row).name
    common: dict[str, Any] = {
        "budget": Text(zh=name.zh, en=name.en),
        "basis": row.basis,
        "started_at": row.started_at,
        "stopped_at": row.stopped_at,
        "extended": tuple(_extension(*one) for one in row.extended),
    }
    try:
        found = state(clock_of(row, pauses, calendar), max(at, row.started_at))
    except CalendarCoverageError as error:
        problem = _problem(error)
        return ClockView(
            due=None, standing=PAST_COVERAGE, overdue=timedelta(), reason=problem, problem=problem, **common
        )
    return ClockView(
        due=found.due,
        standing=found.standing.value,
        overdue=found.overdue,
        reason=Text(zh=found.reason.zh, en=found.reason.en),
        **common,
    )


def _problem(error: CalendarCoverageError) -> Text:
    """What is missing, then what to do about it."""
    zh, en = error.zh + error.hint_zh, " ".join((error.en, error.hint_en))
    return Text(zh=zh, en=en)


def _extension(budget: str, reason: str, basis: str, by: str, at: str) -> Extension:
    return Extension(budget, reason, basis, by, datetime.fromisoformat(at))


def extended_by(row: CaseClock, budget: str) -> Budget:
    """The budget after adding `budget`, which must count in the same unit. Raises InputError."""
    own, added = budget_of(row), Budget.parse(budget)
    if own.unit is not added.unit:
        raise InputError(
            zh=f"延长须与原期限同一单位（{own.name.zh}），不能是{added.name.zh}",
            en=f"an extension counts in the unit of the limit ({own.name.en}), not in {added.name.en}",
            where="budget",
        )
    return own.extended(added.amount)
