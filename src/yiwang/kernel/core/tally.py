"""Counting a clock: which days or hours use up its budget.

Days. The day of intake does not count; counting begins on the next (民法典 art. 201). A day counts when it is of
the budget's kind (working days: 行政许可法 art. 82, 行政处罚法 art. 85, 行政强制法 art. 69, 行政复议法 art. 88)
and no suspension touches it before its close. The last unit of a rolling natural-day budget can only be used up by a
working day (民法典 art. 203 para. 1). A day's close is midnight, said as 23:59:59, or the end of office hours
(art. 203 para. 2).

Hours run from the moment of intake (art. 201 para. 2), working hours inside office hours only;
suspended time is cut out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from yiwang.kernel.core.budget import Budget, ClockError, Unit
from yiwang.kernel.core.calendar import DAY, Calendar, Name, moment
from yiwang.kernel.core.rung import Rung
from yiwang.kernel.core.suspension import Stretch, Suspension, city_moment, merged

SECOND = timedelta(seconds=1)
NATURAL_DAY = Name("自然日", "natural day")


@dataclass(frozen=True)
class Clock:
    """What the law gives and what happened. The due moment is derived from it and kept nowhere.

    A suspension that begins before intake is cut to it; one that was over by then is refused.
    """

    budget: Budget
    start: datetime
    calendar: Calendar
    suspensions: tuple[Suspension, ...] = ()
    rungs: tuple[Rung, ...] = ()
    stretches: tuple[Stretch, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        start = city_moment(self.start, "clock.start")
        object.__setattr__(self, "start", start)
        for suspension in self.suspensions:
            if suspension.end is not None and suspension.end <= start:
                raise ClockError(
                    zh=f"暂停在收件（{start.isoformat()}）之前就已结束。",
                    en=f"The suspension was over before intake ({start.isoformat()}).",
                    where=f"suspension {suspension.begin.isoformat()}",
                    hint_zh="请核对收件时刻和暂停时段。",
                    hint_en="Check the moment of intake and the suspension.",
                )
        if len({rung.key for rung in self.rungs}) != len(self.rungs):
            raise ClockError(
                zh="两个阶梯用了同一个名字。",
                en="Two rungs carry one key.",
                where="clock.rungs",
                hint_zh="每个阶梯只触发一次，名字须唯一。",
                hint_en="Each rung fires once, so keys must differ.",
            )
        object.__setattr__(self, "stretches", merged(self.suspensions, start))


@dataclass(frozen=True)
class DayMark:
    """One day looked at: whether it used up a unit, and why (not)."""

    day: date
    counted: bool
    reason: Name


def day_marks(clock: Clock) -> Iterator[DayMark]:
    """The days after intake in order, up to the one that uses up the budget, or the first of an open suspension.

    Days wholly suspended are not looked up, so an open suspension never runs past the calendar's coverage.
    """
    day, left = clock.start.date(), clock.budget.amount
    waiting = deque(clock.stretches)
    while left:
        day += DAY
        begin = moment(day)
        while waiting and waiting[0].over_by(begin):
            waiting.popleft()
        still = waiting[0] if waiting else None
        if still is None or not still.covers(begin, begin + DAY):
            off = _day_off(clock, day, last=left == 1)
            if off is not None:
                yield DayMark(day, False, off)
                continue
            if still is None or still.begin >= _window_end(clock, day):
                left -= 1
                yield DayMark(day, True, _why_counted(clock, day))
                continue
        yield DayMark(day, False, still.name)
        if still.end is None:
            return


def running_spans(clock: Clock, until: datetime | None = None) -> Iterator[tuple[datetime, datetime | None]]:
    """For hour budgets: when the clock runs, in order; days after `until` are not looked at.

    The last span has no end unless a suspension is open.
    """
    for begin, end in _between_suspensions(clock):
        if clock.budget.unit is Unit.HOURS:
            yield begin, end
            continue
        day = begin.date()
        while end is None or moment(day) < end:
            if until is not None and moment(day) > until:
                return
            for opens, closes in clock.calendar.office_spans(day):
                low, high = max(opens, begin), closes if end is None else min(closes, end)
                if low < high:
                    yield low, high
            day += DAY


def reached(clock: Clock, units: int) -> datetime | None:
    """When `units` (days or seconds, at most the budget) are used up; None while an open suspension prevents it."""
    if clock.budget.unit.in_days:
        counted = (mark.day for mark in day_marks(clock) if mark.counted)
        day = next((day for number, day in enumerate(counted, 1) if number == units), None)
        return None if day is None else close_of(clock, day)
    left = timedelta(seconds=units)
    for begin, end in running_spans(clock):
        if end is None or end - begin >= left:
            return begin + left
        left -= end - begin
    return None


def used(clock: Clock, now: datetime | None) -> int:
    """Units used up by `now` (by the end, or the open suspension, when None); never more than the budget."""
    if clock.budget.unit.in_days:
        total = 0
        for mark in day_marks(clock):
            if now is None or mark.day < now.date():
                total += mark.counted
            else:
                return total + (mark.day == now.date() and mark.counted and close_of(clock, mark.day) <= now)
        return total
    spent, whole = timedelta(), timedelta(seconds=clock.budget.units)
    for begin, end in running_spans(clock, now):
        if now is not None:
            if begin >= now:
                break
            end = now if end is None else min(end, now)
        spent = whole if end is None else spent + (end - begin)
        if spent >= whole:
            return clock.budget.units
    return int(spent.total_seconds())


def close_of(clock: Clock, day: date) -> datetime:
    """The last moment of the day that is still in time."""
    end = _window_end(clock, day)
    return end - SECOND if end == moment(day + DAY) else end


def too_late(begin: datetime, due: datetime | None) -> bool:
    """Whether a suspension beginning then comes once the time is up, and so changes nothing."""
    return due is not None and begin >= due


def _window_end(clock: Clock, day: date) -> datetime:
    """End of the day's window, exclusive: midnight or the close of office hours."""
    spans = clock.calendar.office_spans(day) if clock.budget.office else ()
    return spans[-1][1] if spans else moment(day + DAY)


def _day_off(clock: Clock, day: date, *, last: bool) -> Name | None:
    """Why the day is not of the budget's kind, or None. Natural days ask the calendar for the last one only."""
    if clock.budget.unit is Unit.DAYS and not (last and clock.budget.rolls):
        return None
    verdict = clock.calendar.verdict(day)
    return None if verdict.working else verdict.reason


def _why_counted(clock: Clock, day: date) -> Name:
    return clock.calendar.verdict(day).reason if clock.budget.unit is Unit.WORKING_DAYS else NATURAL_DAY


def _between_suspensions(clock: Clock) -> Iterator[tuple[datetime, datetime | None]]:
    cursor = clock.start
    for stretch in clock.stretches:
        if stretch.begin > cursor:
            yield cursor, stretch.begin
        if stretch.end is None:
            return
        cursor = stretch.end
    yield cursor, None
