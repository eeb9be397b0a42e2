"""Dates, times and durations from texts and parts, and questions to the calendar (DMN 1.5, tables 70, 74, 80, 81)."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any

from yiwang.rules.core.feel import calendar, temporal, zones
from yiwang.rules.core.feel.builtins.registry import builtin
from yiwang.rules.core.feel.values import (
    NANOS,
    Date,
    DateTime,
    MonthsDuration,
    NoValue,
    Time,
    TimeDuration,
    Zone,
)

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _unreadable(text: str, zh: str, en: str) -> NoValue:
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    return NoValue(f"“{shown}”不是{zh}", f'"{shown}" is no {en}')


def _whole(number: Decimal, zh: str, en: str) -> int:
    """A part of a date or time as an int; raises NoValue for a fraction or a number no part can have."""
    if abs(number) > calendar.LAST_YEAR or number != number.to_integral_value():
        raise NoValue(f"{zh}不是可用的整数", f"the {en} is no whole number in range")
    return int(number)


# From texts and parts ---------------------------------------------------------------------------------------------------


@builtin("date", "from: string|date|date and time", "year: number, month: number, day: number")
def date(first: Any, month: Decimal | None = None, day: Decimal | None = None) -> Date:
    if isinstance(first, Decimal) and month is not None and day is not None:
        parts = _whole(first, "年", "year"), _whole(month, "月", "month"), _whole(day, "日", "day")
        if not calendar.is_date(*parts):
            raise NoValue("没有这一天", "there is no such day")
        return Date(*parts)
    if isinstance(first, DateTime):
        return first.date
    if isinstance(first, Date):
        return first
    found = temporal.date_read(first)
    if found is None:
        raise _unreadable(first, "日期", "date")
    return found


@builtin(
    "time",
    "from: string|time|date|date and time",
    "hour: number, minute: number, second: number",
    "hour: number, minute: number, second: number, offset: days and time duration?",
)
def time(
    first: Any, minute: Decimal | None = None, second: Decimal | None = None, offset: TimeDuration | None = None
) -> Time:
    if isinstance(first, Decimal) and minute is not None and second is not None:
        return _time_of(first, minute, second, offset)
    if isinstance(first, Date):
        return temporal.at_midnight(first).time
    if isinstance(first, DateTime):
        return first.time
    if isinstance(first, Time):
        return first
    found = temporal.time_read(first)
    if found is None:
        raise _unreadable(first, "时间", "time")
    return found


def _time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: TimeDuration | None) -> Time:
    hours, minutes = _whole(hour, "时", "hour"), _whole(minute, "分", "minute")
    if not (0 <= hours <= 23 and 0 <= minutes <= 59 and 0 <= second < 60):
        raise NoValue("没有这个时间", "there is no such time")
    # A fraction of a nanosecond is dropped: rounding up could give a 60th second.
    nanos = int((second * NANOS).to_integral_value(rounding=ROUND_DOWN))
    return Time(hours, minutes, nanos // NANOS, nanos % NANOS, None if offset is None else _zone_of(offset))


def _zone_of(offset: TimeDuration) -> Zone:
    seconds, rest = divmod(offset.nanos, NANOS)
    if rest or abs(seconds) > zones.LAST_OFFSET:
        raise NoValue("时差须为整秒且不超过 18 小时", "an offset is whole seconds and at most 18 hours")
    return Zone(offset=seconds)


@builtin(
    "date and time",
    "from: string|date and time",
    "date: date|date and time, time: time",
    "date: date|date and time, time: time, timezone: string?",
)
def date_and_time(first: Any, clock: Time | None = None, timezone: str | None = None) -> DateTime:
    """A text that holds a date only is midnight without a zone."""
    if clock is not None:
        if timezone is not None:
            clock = _rezoned(clock, timezone)
        return DateTime(first.date if isinstance(first, DateTime) else first, clock)
    if isinstance(first, DateTime):
        return first
    found = temporal.datetime_read(first)
    if found is not None:
        return found
    day = temporal.date_read(first)
    if day is None:
        raise _unreadable(first, "日期时间", "date and time")
    return DateTime(day, Time(0, 0, 0))


def _rezoned(clock: Time, timezone: str) -> Time:
    """The same clock in another zone: an IANA name, or an offset as a time is written with."""
    mark = timezone if timezone[:1] in ("Z", "+", "-") else f"@{timezone}"
    read = temporal.time_read(f"00:00:00{mark}")
    if read is None or read.zone is None:
        read = temporal.time_read(f"00:00:00@{timezone}")
    if read is None or read.zone is None:
        raise _unreadable(timezone, "时区", "time zone")
    return Time(clock.hour, clock.minute, clock.second, clock.nano, read.zone)


@builtin("duration", "from: string|days and time duration|years and months duration")
def duration(text: Any) -> MonthsDuration | TimeDuration:
    if isinstance(text, (MonthsDuration, TimeDuration)):
        return text
    found = temporal.duration_read(text)
    if found is None:
        raise _unreadable(text, "时长", "duration")
    return found


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("years and months duration", "from: date|date and time, to: date|date and time")
def years_and_months_duration(start: Date | DateTime, end: Date | DateTime) -> MonthsDuration:
    """Full months between the two days as their calendars show them: times of day and zones play no part."""
    return MonthsDuration(temporal.months_between(_day(start), _day(end)))


# The calendar -----------------------------------------------------------------------------------------------------------


@builtin("day of year", "date: date|date and time")
def day_of_year(value: Date | DateTime) -> Decimal:
    return Decimal(calendar.day_of_year(_day(value)))


@builtin("day of week", "date: date|date and time")
def day_of_week(value: Date | DateTime) -> str:
    return _WEEKDAYS[calendar.weekday(_day(value)) - 1]


@builtin("month of year", "date: date|date and time")
def month_of_year(value: Date | DateTime) -> str:
    return _MONTHS[_day(value).month - 1]


@builtin("week of year", "date: date|date and time")
def week_of_year(value: Date | DateTime) -> Decimal:
    return Decimal(calendar.week_of_year(_day(value)))


# The moment a decision is taken for -------------------------------------------------------------------------------------


@builtin("now", "", run=True)
def now(run: Any) -> DateTime:
    moment: DateTime = run.now
    return moment


@builtin("today", "", run=True)
def today(run: Any) -> Date:
    moment: DateTime = run.now
    return moment.date
