"""How dates, times and durations are written (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8): the lexical forms of XML Schema, and `@Zone/Name`.

A reader gives None for a text that is no such literal. A fraction of a second has at most nine digits: more would be lost.
"""

from __future__ import annotations

import re

from yiwang.rules.core.feel import calendar, zones
from yiwang.rules.core.feel.values import NANOS, Date, DateTime, MonthsDuration, NoValue, Time, TimeDuration, Zone

Temporal = Date | Time | DateTime | MonthsDuration | TimeDuration

# What any two moments of FEEL's years lie apart is within these; more is no value.
LAST_MONTHS = 12 * 2_000_000_000
LAST_NANOS = 366 * 2_000_000_000 * 86_400 * NANOS

_DATE = re.compile(r"(-?(?:[1-9][0-9]{3,8}|0[0-9]{3}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+/-]{1,99}))?"
)
_MONTHS = re.compile(r"(-?)P(?=[0-9])(?:([0-9]{1,30})Y)?(?:([0-9]{1,30})M)?")
_SPAN = re.compile(
    r"(-?)P(?=[0-9T])(?:([0-9]{1,30})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,30})H)?(?:([0-9]{1,30})M)?(?:([0-9]{1,30})(?:\.([0-9]{1,9}))?S)?)?"
)
_DAY = 86_400


def date_read(text: str) -> Date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    return Date(year, month, day) if calendar.is_date(year, month, day) else None


def _zone_of(found: re.Match[str]) -> Zone | None:
    """The zone a time was written with; raises NoValue when there is none such."""
    utc, sign, hours, minutes, seconds, name = found.groups()[4:]
    if utc:
        return Zone(offset=0)
    if name is not None:
        if not zones.is_zone(name):
            raise NoValue(f"没有时区 {name}", f"there is no time zone {name}")
        return Zone(name=name)
    if sign is None:
        return None
    size = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
    if int(minutes) > 59 or int(seconds or 0) > 59 or size > zones.LAST_OFFSET:
        raise NoValue("时差最多 18 小时", "an offset is at most 18 hours")
    return Zone(offset=-size if sign == "-" else size)


def _clock_read(text: str) -> tuple[Time, bool] | None:
    """The time, and whether it was written 24:00:00, which is midnight of the day after."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    nano = int((found[4] or "").ljust(9, "0"))
    ends_day = hour == 24 and minute == second == nano == 0
    if (hour > 23 and not ends_day) or minute > 59 or second > 59:
        return None
    try:
        return Time(0 if ends_day else hour, minute, second, nano, _zone_of(found)), ends_day
    except NoValue:
        return None


def time_read(text: str) -> Time | None:
    """`24:00:00` is `00:00:00`, as in XML Schema."""
    found = _clock_read(text)
    return None if found is None else found[0]


def datetime_read(text: str) -> DateTime | None:
    day, letter, clock = text.partition("T")
    date = date_read(day)
    found = _clock_read(clock) if letter and date is not None else None
    if date is None or found is None:
        return None
    time, ends_day = found
    if not ends_day:
        return DateTime(date, time)
    try:
        return DateTime(calendar.date_of(calendar.days_of(date) + 1), time)
    except NoValue:
        return None


def duration_read(text: str) -> MonthsDuration | TimeDuration | None:
    """Years and months, or days and time; a text with both is none of the two types."""
    found = _MONTHS.fullmatch(text)
    if found is not None:
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return MonthsDuration(-months if found[1] else months) if months <= LAST_MONTHS else None
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(found[group] or 0) for group in (2, 3, 4, 5))
    nanos = (days * _DAY + hours * 3600 + minutes * 60 + seconds) * NANOS + int((found[6] or "").ljust(9, "0"))
    return TimeDuration(-nanos if found[1] else nanos) if nanos <= LAST_NANOS else None


def temporal_read(text: str) -> Temporal | None:
    """What stands in `@"…"`."""
    if text.startswith(("P", "-P")):
        return duration_read(text)
    return date_read(text) or datetime_read(text) or time_read(text)


def text(value: Temporal) -> str:
    """The canonical form, as FEEL's `string()` gives it; reading it gives an equal value."""
    if isinstance(value, Date):
        return f"{'-' if value.year < 0 else ''}{abs(value.year):04d}-{value.month:02d}-{value.day:02d}"
    if isinstance(value, DateTime):
        return f"{text(value.date)}T{text(value.time)}"
    if isinstance(value, Time):
        clock = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
        return f"{clock}{_fraction(value.nano)}{_zone_text(value.zone)}"
    if isinstance(value, MonthsDuration):
        years, months = divmod(abs(value.months), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{'-' if value.months < 0 else ''}P{parts or '0M'}"
    return _span_text(value.nanos)


def _fraction(nano: int) -> str:
    return f".{nano:09d}".rstrip("0") if nano else ""


def _zone_text(zone: Zone | None) -> str:
    if zone is None:
        return ""
    if zone.name is not None:
        return f"@{zone.name}"
    if not zone.offset:
        return "Z"
    minutes, seconds = divmod(abs(zone.offset), 60)
    tail = f":{seconds:02d}" if seconds else ""
    return f"{'-' if zone.offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}{tail}"


def _span_text(nanos: int) -> str:
    if nanos == 0:
        return "PT0S"
    whole, nano = divmod(abs(nanos), NANOS)
    days, rest = divmod(whole, _DAY)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or nano:
        clock += f"{seconds}{_fraction(nano)}S"
    return f"{'-' if nanos < 0 else ''}P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"
