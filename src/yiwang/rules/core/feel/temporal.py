"""Dates, times and durations: comparing, computing, properties (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8 and tables 54, 57, 58, 65).

A date counts as midnight UTC wherever a moment is asked for. A value with a zone and one without have no order and no difference.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Any

from yiwang.rules.core.feel import calendar, zones
from yiwang.rules.core.feel.calendar import months_between
from yiwang.rules.core.feel.literals import (
    LAST_MONTHS,
    LAST_NANOS,
    Temporal,
    date_read,
    datetime_read,
    duration_read,
    temporal_read,
    text,
    time_read,
)
from yiwang.rules.core.feel.values import (
    ARITHMETIC,
    NANOS,
    Date,
    DateTime,
    MonthsDuration,
    NoValue,
    Time,
    TimeDuration,
    Value,
    Zone,
)

__all__ = [
    "UTC_ZONE",
    "Temporal",
    "add",
    "at_midnight",
    "date_read",
    "datetime_read",
    "divide",
    "duration_read",
    "instant",
    "is_temporal",
    "member",
    "months_between",
    "multiply",
    "negate",
    "order",
    "subtract",
    "temporal_read",
    "text",
    "time_read",
]

UTC_ZONE = Zone(offset=0)
_MIDNIGHT = Time(0, 0, 0, 0, UTC_ZONE)
_DAY = 86_400
_DAY_NANOS = _DAY * NANOS


def is_temporal(value: Value) -> bool:
    return isinstance(value, (Date, Time, DateTime, MonthsDuration, TimeDuration))


# Moments ----------------------------------------------------------------------------------------------------------------


def at_midnight(date: Date) -> DateTime:
    """A date where a date and time is asked for: midnight UTC (DMN 1.5, 10.3.2.9.4)."""
    return DateTime(date, _MIDNIGHT)


def _clock(time: Time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second


def _seconds(moment: DateTime) -> int:
    """Whole seconds since 1970-01-01T00:00:00, in UTC when the moment has a zone, else as its clock shows."""
    local = calendar.days_of(moment.date) * _DAY + _clock(moment.time)
    return local if moment.time.zone is None else local - zones.offset_of_local(moment.time.zone, local)


def instant(moment: DateTime) -> int:
    """Nanoseconds since 1970-01-01T00:00:00Z; a moment without a zone is taken as UTC."""
    return _seconds(moment) * NANOS + moment.time.nano


def _clock_in_utc(time: Time) -> int:
    return _clock(time) - (0 if time.zone is None else zones.offset_of_time(time.zone))


def _same_zonedness(left: Time, right: Time) -> bool:
    return (left.zone is None) == (right.zone is None)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def order(left: Value, right: Value) -> int | None:
    """-1, 0 or 1 by whole seconds, which is all that a moment's value has in FEEL; None when only one has a zone.

    None too unless both are times, or both dates and times.
    """
    if isinstance(left, DateTime) and isinstance(right, DateTime):
        return _sign(_seconds_between(left, right)) if _same_zonedness(left.time, right.time) else None
    if isinstance(left, Time) and isinstance(right, Time):
        return _sign(_clocks_between(left, right)) if _same_zonedness(left, right) else None
    return None


def _seconds_between(left: DateTime, right: DateTime) -> int:
    zone = left.time.zone
    if zone == right.time.zone and (zone is None or zone.name is None):
        days = 0 if left.date == right.date else calendar.days_of(left.date) - calendar.days_of(right.date)
        return days * _DAY + _clock(left.time) - _clock(right.time)
    return _seconds(left) - _seconds(right)


def _clocks_between(left: Time, right: Time) -> int:
    if left.zone == right.zone:
        return _clock(left) - _clock(right)
    return _clock_in_utc(left) - _clock_in_utc(right)


def _time_at(nanos: int, zone: Zone | None) -> Time:
    seconds, nano = divmod(nanos, NANOS)
    minutes, second = divmod(seconds, 60)
    return Time(minutes // 60, minutes % 60, second, nano, zone)


def _moment_at(nanos: int, zone: Zone | None) -> DateTime:
    """The moment whose clock shows `nanos` after 1970-01-01T00:00:00."""
    days, rest = divmod(nanos, _DAY_NANOS)
    return DateTime(calendar.date_of(days), _time_at(rest, zone))


# Operators --------------------------------------------------------------------------------------------------------------


def _none(sign: str, zh: str) -> NoValue:
    return NoValue(f"这两种值不能相{zh}", f"these two kinds of values have no {sign}")


def _months(months: int) -> MonthsDuration:
    if abs(months) > LAST_MONTHS:
        raise NoValue("时长超出范围", "the duration is too long")
    return MonthsDuration(months)


def _span(nanos: int) -> TimeDuration:
    if abs(nanos) > LAST_NANOS:
        raise NoValue("时长超出范围", "the duration is too long")
    return TimeDuration(nanos)


def _later(value: Value, months: int) -> Value:
    if isinstance(value, Date):
        return calendar.months_added(value, months)
    if isinstance(value, DateTime):
        return DateTime(calendar.months_added(value.date, months), value.time)
    if isinstance(value, MonthsDuration):
        return _months(value.months + months)
    raise _none("+ or -", "加减")


def _after(value: Value, nanos: int) -> Value:
    if isinstance(value, Date):
        return calendar.date_of((calendar.days_of(value) * _DAY_NANOS + nanos) // _DAY_NANOS)
    if isinstance(value, DateTime):
        return _moment_after(value, nanos)
    if isinstance(value, Time):
        clock = _clock(value) * NANOS + value.nano + nanos
        return _time_at(clock % _DAY_NANOS, value.zone)
    if isinstance(value, TimeDuration):
        return _span(value.nanos + nanos)
    raise _none("+ or -", "加减")


def _moment_after(moment: DateTime, nanos: int) -> DateTime:
    """Durations run on the line of instants: a day later may be another hour where clocks are moved."""
    zone = moment.time.zone
    moved = instant(moment) + nanos
    if zone is not None:
        moved += zones.offset_of_instant(zone, moved // NANOS) * NANOS
    return _moment_at(moved, zone)


def add(left: Value, right: Value) -> Value:
    """`left + right` with a duration on one side at least; raises NoValue when FEEL gives null."""
    if isinstance(right, MonthsDuration):
        return _later(left, right.months)
    if isinstance(right, TimeDuration):
        return _after(left, right.nanos)
    if isinstance(left, MonthsDuration):
        return _later(right, left.months)
    if isinstance(left, TimeDuration):
        return _after(right, left.nanos)
    raise _none("+", "加")


def subtract(left: Value, right: Value) -> Value:
    """`left - right`; raises NoValue when FEEL gives null."""
    if isinstance(right, MonthsDuration):
        return _later(left, -right.months)
    if isinstance(right, TimeDuration):
        return _after(left, -right.nanos)
    if isinstance(left, Time) and isinstance(right, Time):
        return TimeDuration(_checked(left, right, _clocks_between(left, right)))
    one = at_midnight(left) if isinstance(left, Date) else left
    other = at_midnight(right) if isinstance(right, Date) else right
    if isinstance(one, DateTime) and isinstance(other, DateTime):
        return _span(_checked(one.time, other.time, _seconds_between(one, other)))
    raise _none("-", "减")


def _checked(left: Time, right: Time, seconds: int) -> int:
    """The nanoseconds between two moments, from the difference of their whole seconds; raises NoValue when only one has a zone."""
    if not _same_zonedness(left, right):
        raise NoValue("一个带时区，一个不带", "one has a time zone and the other has none")
    return seconds * NANOS + left.nano - right.nano


def _whole(number: Decimal, rounding: str, limit: int) -> int:
    # Compared before it is made an int: a Decimal may have six thousand digits.
    if abs(number) > limit:
        raise NoValue("时长超出范围", "the duration is too long")
    return int(number.to_integral_value(rounding=rounding))


def _scaled(duration: Value, scale: Callable[[Decimal], Decimal]) -> Value:
    """Months drop their fraction, as the standard's own function does; a fraction of a nanosecond is rounded."""
    try:
        if isinstance(duration, MonthsDuration):
            return MonthsDuration(_whole(scale(Decimal(duration.months)), ROUND_DOWN, LAST_MONTHS))
        if isinstance(duration, TimeDuration):
            return TimeDuration(_whole(scale(Decimal(duration.nanos)), ROUND_HALF_EVEN, LAST_NANOS))
    except ArithmeticError as error:
        raise NoValue("时长无法这样计算", "the duration has no such multiple") from error
    raise _none("* or /", "乘除")


def multiply(left: Value, right: Value) -> Value:
    """A duration times a number, in either order; raises NoValue when FEEL gives null."""
    duration, number = (right, left) if isinstance(left, Decimal) else (left, right)
    if not isinstance(number, Decimal):
        raise _none("*", "乘")
    return _scaled(duration, lambda size: ARITHMETIC.multiply(size, number))


def divide(left: Value, right: Value) -> Value:
    """A duration over a number is a duration, over a duration of its kind a number; raises NoValue when FEEL gives null."""
    if isinstance(right, Decimal):
        if not right:
            raise NoValue("除以零", "division by zero")
        return _scaled(left, lambda size: ARITHMETIC.divide(size, right))
    if isinstance(left, MonthsDuration) and isinstance(right, MonthsDuration):
        one, other = left.months, right.months
    elif isinstance(left, TimeDuration) and isinstance(right, TimeDuration):
        one, other = left.nanos, right.nanos
    else:
        raise _none("/", "除")
    if other == 0:
        raise NoValue("除以零时长", "division by a duration of zero")
    return ARITHMETIC.divide(Decimal(one), Decimal(other))


def negate(value: Value) -> Value:
    if isinstance(value, MonthsDuration):
        return MonthsDuration(-value.months)
    if isinstance(value, TimeDuration):
        return TimeDuration(-value.nanos)
    raise NoValue("只有数和时长有相反数", "only numbers and durations can be negated")


# Properties -------------------------------------------------------------------------------------------------------------


def _cut(size: int, unit: int, of: int | None = None) -> int:
    """Whole units in a size, within the larger unit when one is given; both carry the sign of the duration."""
    whole = abs(size) // unit if of is None else abs(size) % of // unit
    return -whole if size < 0 else whole


def _offset(value: Time | DateTime) -> Value:
    time = value.time if isinstance(value, DateTime) else value
    if time.zone is None:
        return None
    if isinstance(value, DateTime):
        local = calendar.days_of(value.date) * _DAY + _clock(time)
        return TimeDuration(zones.offset_of_local(time.zone, local) * NANOS)
    return TimeDuration(zones.offset_of_time(time.zone) * NANOS)


def _of(part: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: read(getattr(value, part))


_OF_DATE: dict[str, Callable[[Any], Any]] = {
    "year": lambda date: date.year,
    "month": lambda date: date.month,
    "day": lambda date: date.day,
    "weekday": calendar.weekday,
}
_OF_TIME: dict[str, Callable[[Any], Any]] = {
    "hour": lambda time: time.hour,
    "minute": lambda time: time.minute,
    "second": lambda time: time.second,
    "timezone": lambda time: None if time.zone is None else time.zone.name,
}
_PROPERTIES: dict[type, dict[str, Callable[[Any], Any]]] = {
    Date: _OF_DATE,
    Time: {**_OF_TIME, "time offset": _offset},
    DateTime: {
        **{name: _of("date", read) for name, read in _OF_DATE.items()},
        **{name: _of("time", read) for name, read in _OF_TIME.items()},
        "time offset": _offset,
    },
    MonthsDuration: {
        "years": lambda value: _cut(value.months, 12),
        "months": lambda value: _cut(value.months, 1, 12),
    },
    TimeDuration: {
        "days": lambda value: _cut(value.nanos, _DAY_NANOS),
        "hours": lambda value: _cut(value.nanos, 3600 * NANOS, _DAY_NANOS),
        "minutes": lambda value: _cut(value.nanos, 60 * NANOS, 3600 * NANOS),
        "seconds": lambda value: _cut(value.nanos, NANOS, 60 * NANOS),
    },
}


def member(value: Value, name: str) -> Value:
    """A property of a date, time or duration; null for a zone it was not given. Raises NoValue when it has no such property."""
    read = _PROPERTIES.get(type(value), {}).get(name)
    if read is None:
        raise NoValue(f"该值没有属性 {name}", f"the value has no property {name}")
    found: Value | int = read(value)
    return Decimal(found) if isinstance(found, int) else found
