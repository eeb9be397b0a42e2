"""Days, months and weeks of the proleptic Gregorian calendar, years -999,999,999 to 999,999,999 (DMN 1.5, 10.3.2.3.5).

Years count as astronomers do: there is a year 0, and year -1 comes before it.
"""

from __future__ import annotations

from yiwang.rules.core.feel.values import Date, NoValue

LAST_YEAR = 999_999_999
FIRST_YEAR = -LAST_YEAR

_DAYS_OF_CYCLE = 146_097  # 400 years repeat exactly
_FROM_MARCH_0_TO_EPOCH = 719_468  # days from 1 March of year 0 to 1 January 1970
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month - 1]


def is_date(year: int, month: int, day: int) -> bool:
    """Whether there is such a day, in the years FEEL knows."""
    return FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= month_length(year, month)


def days_of(date: Date) -> int:
    """Days since 1970-01-01, negative before."""
    # Years begin in March here, so that the leap day is the last of its year.
    year = date.year - (date.month <= 2)
    month = (date.month + 9) % 12
    cycle, of_cycle = divmod(year, 400)
    day = (153 * month + 2) // 5 + date.day - 1
    return cycle * _DAYS_OF_CYCLE + of_cycle * 365 + of_cycle // 4 - of_cycle // 100 + day - _FROM_MARCH_0_TO_EPOCH


def date_of(days: int) -> Date:
    """The inverse of `days_of`; raises NoValue outside the years FEEL knows."""
    cycle, day = divmod(days + _FROM_MARCH_0_TO_EPOCH, _DAYS_OF_CYCLE)
    of_cycle = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * of_cycle + of_cycle // 4 - of_cycle // 100
    month = (5 * day + 2) // 153
    number = month + 3 if month < 10 else month - 9
    return _checked(cycle * 400 + of_cycle + (number <= 2), number, day - (153 * month + 2) // 5 + 1)


def _checked(year: int, month: int, day: int) -> Date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoValue("日期超出 -999999999 至 999999999 年", "the date lies outside the years -999999999 to 999999999")
    return Date(year, month, day)


def months_added(date: Date, months: int) -> Date:
    """The same day of the month, or the month's last day where it has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return _checked(year, month + 1, min(date.day, month_length(year, month + 1)))


def months_between(start: Date, end: Date) -> int:
    """Full months from start to end, negative when end comes first."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        return months - 1
    if months < 0 and end.day > start.day:
        return months + 1
    return months


def weekday(date: Date) -> int:
    """1 is Monday, 7 Sunday (ISO 8601)."""
    return (days_of(date) + 3) % 7 + 1


def day_of_year(date: Date) -> int:
    return days_of(date) - days_of(Date(date.year, 1, 1)) + 1


def week_of_year(date: Date) -> int:
    """The ISO 8601 week: week 1 holds the year's first Thursday."""
    week = (day_of_year(date) - weekday(date) + 10) // 7
    if week == 0:
        return _weeks(date.year - 1)
    return 1 if week > _weeks(date.year) else week


def _weeks(year: int) -> int:
    """53 for a year that begins on a Thursday, or on a Wednesday and is leap; else 52."""
    first = weekday(Date(year, 1, 1))
    return 53 if first == 4 or (first == 3 and is_leap(year)) else 52
