"""Functions that make dates, times and durations and ask the calendar, from the standard: DMN 1.5, tables 70, 80 and 81."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yiwang.rules.core.feel import temporal
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.values import Date, DateTime, MonthsDuration, Time, TimeDuration, Value, Zone

NOW = DateTime(Date(2026, 11, 22), Time(10, 30, 0, 0, Zone(name="Asia/Shanghai")))


def evaluated(text: str) -> tuple[Value, Run]:
    run = Run(NOW)
    return prepare(parse_expression(text)).value(Scope({}), run), run


def shown(text: str) -> str:
    found, _ = evaluated(text)
    assert isinstance(found, (Date, Time, DateTime, MonthsDuration, TimeDuration)), text
    return temporal.text(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-11-22")', "2026-11-22"),
        ("date(2026, 2, 28)", "2026-02-28"),
        ("date(-44, 3, 15)", "-0044-03-15"),
        ("date(2026.0, 11, 22)", "2026-11-22"),
        ("date(year: 2026, month: 11, day: 22)", "2026-11-22"),
        ('date(@"2026-11-22T23:00:00-08:00")', "2026-11-22"),
        ('date(@"2026-11-22")', "2026-11-22"),
        ('date(["2026-11-22"])', "2026-11-22"),
        ('time("10:30:00@Asia/Shanghai")', "10:30:00@Asia/Shanghai"),
        ('time(@"2026-11-22T10:30:00.5Z")', "10:30:00.5Z"),
        ('time(@"2026-11-22")', "00:00:00Z"),
        ('time(@"10:30:00")', "10:30:00"),
        ("time(10, 30, 0)", "10:30:00"),
        ("time(10, 30, 0, null)", "10:30:00"),
        ("time(10, 30, 59.999)", "10:30:59.999"),
        ('time(10, 30, 0, duration("PT8H"))', "10:30:00+08:00"),
        ('time(10, 30, 0, duration("-PT3H30M15S"))', "10:30:00-03:30:15"),
        ('time(hour: 10, minute: 30, second: 0, offset: duration("PT0S"))', "10:30:00Z"),
        ('date and time("2026-11-22T10:30:00")', "2026-11-22T10:30:00"),
        ('date and time("2026-11-22")', "2026-11-22T00:00:00"),
        ('date and time(@"2026-11-22T10:30:00Z")', "2026-11-22T10:30:00Z"),
        ('date and time(@"2026-11-22", @"10:30:00+08:00")', "2026-11-22T10:30:00+08:00"),
        ('date and time(@"2026-11-22T01:00:00Z", @"10:30:00")', "2026-11-22T10:30:00"),
        ('date and time(@"2026-11-22", @"10:30:00", "Asia/Shanghai")', "2026-11-22T10:30:00@Asia/Shanghai"),
        ('date and time(@"2026-11-22", @"10:30:00+08:00", "Z")', "2026-11-22T10:30:00Z"),
        ('date and time(@"2026-11-22", @"10:30:00", "Zulu")', "2026-11-22T10:30:00@Zulu"),
        ('date and time(date: @"2026-11-22", time: @"10:30:00")', "2026-11-22T10:30:00"),
        ('duration("P400D")', "P400D"),
        ('duration("P14M")', "P1Y2M"),
        ('duration(from: "-PT36H")', "-P1DT12H"),
        ('years and months duration(@"2025-01-31", @"2026-02-28")', "P1Y"),
        ('years and months duration(@"2025-01-31", @"2026-03-31")', "P1Y2M"),
        ('years and months duration(@"2026-03-01", @"2026-02-28")', "P0M"),
        ('years and months duration(@"2026-03-31", @"2025-03-30")', "-P1Y"),
        ('years and months duration(@"2025-11-22T23:00:00", @"2026-11-22T01:00:00Z")', "P1Y"),
        ('years and months duration(from: @"2025-01-01", to: @"2025-03-02T10:00:00")', "P2M"),
        ("today()", "2026-11-22"),
        ("now()", "2026-11-22T10:30:00@Asia/Shanghai"),
    ],
)
def test_a_moment_or_duration_is_made(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "date(null)",
        "date()",
        'date("2026-02-29")',
        'date("2026-11-22T10:00:00")',
        'date("22.11.2026")',
        "date(2026, 2, 29)",
        "date(2026, 13, 1)",
        "date(2026, 1.5, 1)",
        "date(2026, null, 1)",
        "date(2026, 1)",
        "date(1000000000, 1, 1)",
        "date(10 ** 6000, 1, 1)",
        "date(20261122)",
        'date(@"10:00:00")',
        "time(null)",
        'time("10:30")',
        'time("2026-11-22T10:30:00")',
        "time(24, 0, 0)",
        "time(10, 60, 0)",
        "time(10, 30, 60)",
        "time(10, 30, -1)",
        "time(10.5, 30, 0)",
        "time(null, 30, 0, null)",
        'time(10, 30, 0, duration("PT19H"))',
        'time(10, 30, 0, duration("PT0.5S"))',
        'time(10, 30, 0, duration("P1M"))',
        'time(10, 30, 0, "+08:00")',
        "date and time(null)",
        'date and time("10:30:00")',
        'date and time("2026-11-22T10:30")',
        'date and time(@"2026-11-22", null)',
        'date and time(null, @"10:30:00")',
        'date and time(@"2026-11-22", @"10:30:00", "Asia/Nowhere")',
        'date and time(@"2026-11-22", @"10:30:00", "+25:00")',
        'duration("")',
        'duration("P1Y1D")',
        "duration(1)",
        'years and months duration(@"2026-01-01", null)',
        'years and months duration(@"2026-01-01")',
        'years and months duration("P1Y", "P2Y")',
        "today(1)",
        "now(null)",
        "day of year(null)",
        'day of week("2026-11-22")',
        'month of year(@"10:00:00")',
        "week of year()",
        'week of year(value: @"2026-11-22")',
        '@"2026-02-30"',
    ],
)
def test_what_names_no_moment_is_null_with_a_reason(text: str) -> None:
    found, run = evaluated(text)
    assert found is None
    assert run.notes
    assert all(note.zh and note.en for note in run.notes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('day of year(@"2026-12-31")', Decimal(365)),
        ('day of year(@"2024-12-31T23:00:00")', Decimal(366)),
        ('week of year(@"2026-12-31")', Decimal(53)),
        ('week of year(@"2024-12-30")', Decimal(1)),
        ('week of year(@"2027-01-03T10:00:00Z")', Decimal(53)),
        ('day of week(@"2026-11-22")', "Sunday"),
        ('day of week(date: @"2026-11-23T10:00:00")', "Monday"),
        ('month of year(@"2026-11-22")', "November"),
    ],
)
def test_the_calendar_answers(text: str, expected: Value) -> None:
    assert evaluated(text)[0] == expected


def test_a_decision_taken_again_for_the_same_moment_gives_the_same_today() -> None:
    earlier = Run(DateTime(Date(2020, 2, 29), Time(0, 0, 0)))
    expression = prepare(parse_expression('today() + duration("P1Y")'))
    assert expression.value(Scope({}), earlier) == Date(2021, 2, 28)
    assert expression.value(Scope({}), earlier) == Date(2021, 2, 28)
