"""When a diagram's timer fires, from what its expression gave and the moment it was set."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from yiwang.kernel.core.calendar import ZONE
from yiwang.kernel.errors import InputError
from yiwang.rules.core.feel.literals import duration_read
from yiwang.rules.core.feel.values import MonthsDuration

_CYCLE = re.compile(r"R(\d*)/(?:([^P/]+)/)?(-?P[^/]+)")
_NANOS = 1000


def date_moment(text: str) -> datetime:
    """An ISO date (its first moment) or moment; without a zone it is the city's. Raises InputError."""
    try:
        if len(text) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(text), time.min, ZONE)
        value = datetime.fromisoformat(text.partition("@")[0])
    except ValueError as error:
        raise _unreadable(text) from error
    return value if value.tzinfo else value.replace(tzinfo=ZONE)


def after(start: datetime, text: str) -> datetime:
    """`start` and an ISO 8601 duration; months end on the last day where the month is shorter. Raises InputError."""
    span = duration_read(text)
    if span is None:
        raise _unreadable(text)
    try:
        if isinstance(span, MonthsDuration):
            return _months_after(start.astimezone(ZONE), span.months)
        return start + timedelta(microseconds=span.nanos // _NANOS)
    except (OverflowError, ValueError) as error:
        raise _unreadable(text) from error


def cycle_moment(start: datetime, text: str) -> datetime:
    """The next moment of a cycle (`R3/P1D`, `R/2026-01-01T09:00/P1W`) after `start`. Raises InputError."""
    found = _CYCLE.fullmatch(text)
    if found is None:
        raise _unreadable(text)
    if not found[2]:
        return after(start, found[3])
    at = date_moment(found[2])
    while at <= start:
        later = after(at, found[3])
        if later <= at:
            raise _unreadable(text)
        at = later
    return at


def _months_after(start: datetime, months: int) -> datetime:
    whole = start.year * 12 + start.month - 1 + months
    year, month = divmod(whole, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return start.replace(year=year, month=month + 1, day=min(start.day, last))


def _unreadable(text: str) -> InputError:
    return InputError(
        zh=f"定时器的值“{text[:80]}”不是日期、时长或周期",
        en=f"the timer's value {text[:80]!r} is no date, duration or cycle",
        where="timer",
        hint_zh="请写成 2026-01-01、PT4H、P1D 或 R3/P1D。",
        hint_en="Write 2026-01-01, PT4H, P1D or R3/P1D.",
    )
