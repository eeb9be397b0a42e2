"""Dates, times and durations of FEEL, from the standard: DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8, tables 45, 54, 57, 58 and 65."""

from __future__ import annotations

from datetime import date as PythonDate
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.rules.core.feel import calendar, temporal, zones
from yiwang.rules.core.feel.values import (
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

DAY = 86_400 * NANOS


def read(text: str) -> Any:
    """The value a text stands for; a test that misspells one fails here."""
    found = temporal.temporal_read(text)
    assert found is not None, text
    return found


def shown(value: Value) -> str:
    assert isinstance(value, (Date, Time, DateTime, MonthsDuration, TimeDuration))
    return temporal.text(value)


@st.composite
def dates(draw: Any, first: int = calendar.FIRST_YEAR, last: int = calendar.LAST_YEAR) -> Date:
    year, month = draw(st.integers(first, last)), draw(st.integers(1, 12))
    return Date(year, month, draw(st.integers(1, calendar.month_length(year, month))))


OFFSETS = st.integers(-18 * 60, 18 * 60).map(lambda minutes: Zone(offset=minutes * 60))
NAMES = st.sampled_from(["Asia/Shanghai", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Etc/UTC"])
ZONES = st.one_of(st.none(), OFFSETS, NAMES.map(lambda name: Zone(name=name)))
SECONDS = st.integers(0, 59)
TIMES = st.builds(Time, st.integers(0, 23), SECONDS, SECONDS, st.integers(0, NANOS - 1), ZONES)
MOMENTS = st.builds(DateTime, dates(-9999, 9999), TIMES)
MONTHS = st.integers(-30_000, 30_000).map(MonthsDuration)
SPANS = st.integers(-(10**20), 10**20).map(TimeDuration)
ANY = st.one_of(dates(), TIMES, MOMENTS, MONTHS, SPANS)


# Reading and writing ----------------------------------------------------------------------------------------------------


@given(ANY)
def test_what_is_written_reads_back_as_the_same_value(value: Any) -> None:
    assert temporal.temporal_read(temporal.text(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-22", Date(2026, 11, 22)),
        ("-0044-03-15", Date(-44, 3, 15)),
        ("0000-02-29", Date(0, 2, 29)),
        ("12026-01-01", Date(12026, 1, 1)),
        ("08:30:00", Time(8, 30, 0)),
        ("08:30:00.25", Time(8, 30, 0, 250_000_000)),
        ("08:30:00Z", Time(8, 30, 0, 0, Zone(offset=0))),
        ("08:30:00-00:00", Time(8, 30, 0, 0, Zone(offset=0))),
        ("08:30:00+08:00", Time(8, 30, 0, 0, Zone(offset=28_800))),
        ("08:30:00-03:30:15", Time(8, 30, 0, 0, Zone(offset=-12_615))),
        ("08:30:00@Asia/Shanghai", Time(8, 30, 0, 0, Zone(name="Asia/Shanghai"))),
        ("24:00:00", Time(0, 0, 0)),
        ("2026-12-31T24:00:00", DateTime(Date(2027, 1, 1), Time(0, 0, 0))),
        ("P2Y", MonthsDuration(24)),
        ("-P1Y1M", MonthsDuration(-13)),
        ("P14M", MonthsDuration(14)),
        ("P1DT1H1M1.5S", TimeDuration(DAY + 3_661_500_000_000)),
        ("-PT90M", TimeDuration(-5_400 * NANOS)),
        ("P0D", TimeDuration(0)),
    ],
)
def test_each_lexical_form_is_read(text: str, value: Any) -> None:
    assert temporal.temporal_read(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 2026-11-22",
        "2026-11-22 ",
        "2026-1-2",
        "26-11-22",
        "02026-11-22",
        "+2026-11-22",
        "2026-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-11-00",
        "2026-11-22Z",
        "1000000000-01-01",
        "２０２６-11-22",
        "8:30:00",
        "08:30",
        "08:30:60",
        "08:60:00",
        "24:00:01",
        "25:00:00",
        "08:30:00.",
        "08:30:00.1234567891",
        "08:30:00z",
        "08:30:00+8:00",
        "08:30:00+18:01",
        "08:30:00+08:60",
        "08:30:00+08:00@Asia/Shanghai",
        "08:30:00@Asia/Nowhere",
        "08:30:00@asia/shanghai",
        "08:30:00@localtime",
        "08:30:00@../../etc/passwd",
        "08:30:00@",
        "T08:30:00",
        "2026-11-22T",
        "2026-11-2208:30:00",
        "2026-11-22 08:30:00",
        "999999999-12-31T24:00:00",
        "P",
        "PT",
        "P1DT",
        "1Y",
        "P-1Y",
        "+P1Y",
        "P1.5Y",
        "P1Y1D",
        "P1M1Y",
        "P1S",
        "PT1D",
        "PT.5S",
        "PT1.S",
        "P1W",
        "P99999999999Y",
        "P" + "9" * 5_000 + "D",
    ],
)
def test_a_text_that_is_no_literal_is_null(text: str) -> None:
    assert temporal.temporal_read(text) is None


@given(st.text(alphabet="0123456789-+:TZPYMDHS.@/", max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = temporal.temporal_read(text)
    assert found is None or temporal.temporal_read(temporal.text(found)) == found


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("P13M", "P1Y1M"),
        ("P0Y", "P0M"),
        ("P12M", "P1Y"),
        ("PT0H", "PT0S"),
        ("-P0D", "PT0S"),
        ("PT24H", "P1D"),
        ("PT3661S", "PT1H1M1S"),
        ("P1DT0.50S", "P1DT0.5S"),
        ("10:00:00.500", "10:00:00.5"),
        ("10:00:00+00:00", "10:00:00Z"),
        ("2026-11-22T10:00:00@Etc/UTC", "2026-11-22T10:00:00@Etc/UTC"),
    ],
)
def test_a_value_is_written_in_one_form_only(text: str, canonical: str) -> None:
    assert shown(read(text)) == canonical


# The calendar -----------------------------------------------------------------------------------------------------------


@given(st.dates())
def test_days_agree_with_pythons_calendar(day: PythonDate) -> None:
    ours = Date(day.year, day.month, day.day)
    assert calendar.days_of(ours) == day.toordinal() - PythonDate(1970, 1, 1).toordinal()
    assert calendar.weekday(ours) == day.isoweekday()
    assert calendar.day_of_year(ours) == day.timetuple().tm_yday
    assert calendar.week_of_year(ours) == day.isocalendar().week


@given(dates())
def test_counting_days_there_and_back_gives_the_date(day: Date) -> None:
    assert calendar.date_of(calendar.days_of(day)) == day


@given(dates(-9998, 9998), st.integers(-5000, 5000))
def test_months_added_are_found_again_between_the_dates(day: Date, months: int) -> None:
    there = calendar.months_added(day, months)
    found = calendar.months_between(day, there)
    # Where the month is too short for the day, its last day is one short of a full month.
    assert found == months or (there.day < day.day and found == months - 1)


# Order ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("10:00:00", "10:00:01", -1),
        ("10:00:00.1", "10:00:00.9", 0),
        ("10:00:00Z", "12:00:00+02:00", 0),
        ("10:00:00@Asia/Shanghai", "10:00:00+08:00", 0),
        ("10:00:00@Asia/Shanghai", "10:00:00@Europe/Paris", -1),
        ("10:00:00", "10:00:00Z", None),
        ("2026-11-22T10:00:00", "2026-11-22T09:59:59", 1),
        ("2026-11-22T10:00:00", "2026-11-23T09:00:00", -1),
        ("2026-07-01T12:00:00@Europe/Paris", "2026-07-01T10:00:00Z", 0),
        ("2026-12-01T12:00:00@Europe/Paris", "2026-12-01T11:00:00Z", 0),
        ("2026-11-22T23:00:00-04:00", "2026-11-23T11:00:00+08:00", 0),
        ("2026-11-22T10:00:00", "2026-11-22T10:00:00+08:00", None),
        ("999999999-12-31T10:00:00@Europe/Paris", "999999999-12-31T10:00:00Z", -1),
        ("10:00:00", "2026-11-22T10:00:00", None),
        ("2026-11-22", "2026-11-22", None),
    ],
)
def test_moments_are_ordered_by_whole_seconds_of_utc(left: str, right: str, expected: int | None) -> None:
    assert temporal.order(read(left), read(right)) == expected
    assert temporal.order(read(right), read(left)) == (None if expected is None else -expected)


def test_a_time_of_day_has_the_standard_offset_of_its_zone_in_every_season() -> None:
    assert zones.offset_of_time(Zone(name="Europe/Paris")) == 3_600
    assert zones.offset_of_time(Zone(name="Australia/Melbourne")) == 36_000


# Operators --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "total"),
    [
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2024-01-31", "P1M", "2024-02-29"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2026-01-31", "-P2M", "2025-11-30"),
        ("-0001-12-15", "P1M", "0000-01-15"),
        ("2026-11-22", "P10D", "2026-12-02"),
        ("2026-11-22", "PT36H", "2026-11-23"),
        ("2026-11-22", "-PT1S", "2026-11-21"),
        ("2026-01-31T10:00:00+08:00", "P1M", "2026-02-28T10:00:00+08:00"),
        ("2026-12-31T23:30:00", "PT45M", "2027-01-01T00:15:00"),
        ("2026-12-31T23:30:00.75", "PT0.5S", "2026-12-31T23:30:01.25"),
        ("2026-03-28T12:00:00@Europe/Paris", "P1D", "2026-03-29T13:00:00@Europe/Paris"),
        ("2026-03-28T12:00:00@Europe/Paris", "P1M", "2026-04-28T12:00:00@Europe/Paris"),
        ("23:30:00", "PT45M", "00:15:00"),
        ("00:15:00Z", "-PT30M", "23:45:00Z"),
        ("10:00:00@Asia/Shanghai", "P2D", "10:00:00@Asia/Shanghai"),
        ("P1Y", "-P2M", "P10M"),
        ("P1D", "PT12H", "P1DT12H"),
    ],
)
def test_a_duration_is_added_on_either_side(left: str, right: str, total: str) -> None:
    assert shown(temporal.add(read(left), read(right))) == total
    assert shown(temporal.add(read(right), read(left))) == total


@pytest.mark.parametrize(
    ("left", "right", "rest"),
    [
        ("2026-11-22", "2026-01-01", "P325D"),
        ("2026-01-01", "2026-11-22", "-P325D"),
        ("2026-11-22", "P1M", "2026-10-22"),
        ("2026-11-22", "PT1H", "2026-11-21"),
        ("2026-11-22T10:00:00", "2026-11-21T09:00:00.5", "P1DT59M59.5S"),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00+08:00", "PT8H"),
        ("2026-11-22", "2026-11-21T10:00:00Z", "PT14H"),
        ("2026-11-22T10:00:00+08:00", "2026-11-22", "PT2H"),
        ("10:00:00", "10:30:00", "-PT30M"),
        ("10:00:00Z", "10:00:00+01:00", "PT1H"),
        ("00:15:00", "PT30M", "23:45:00"),
        ("P1Y", "P18M", "-P6M"),
        ("P1D", "PT25H", "-PT1H"),
        ("999999999-12-31", "-999999999-01-01", "P730484999633D"),
    ],
)
def test_durations_and_moments_are_subtracted(left: str, right: str, rest: str) -> None:
    found = temporal.subtract(read(left), read(right))
    assert shown(found) == rest


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2026-11-22", "2026-11-21T10:00:00"),
        ("2026-11-22T10:00:00", "2026-11-22T10:00:00Z"),
        ("10:00:00", "10:00:00Z"),
        ("10:00:00", "2026-11-22T10:00:00"),
        ("10:00:00", "P1M"),
        ("P1D", "P1M"),
        ("P1D", "2026-11-22"),
        ("-999999999-01-01", "P1D"),
        ("-999999999-01-01", "P1M"),
    ],
)
def test_a_difference_that_has_no_meaning_is_null_with_a_reason(left: str, right: str) -> None:
    with pytest.raises(NoValue) as refused:
        temporal.subtract(read(left), read(right))
    assert refused.value.zh
    assert refused.value.en


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2026-11-22", "2026-11-22"),
        ("2026-11-22", "10:00:00"),
        ("10:00:00", "P1Y"),
        ("P1Y", "P1D"),
        ("999999999-12-31", "P1D"),
        ("999999999-12-01", "P1M"),
        ("999999999-12-31T23:59:59", "PT1S"),
    ],
)
def test_a_sum_that_has_no_meaning_is_null(left: str, right: str) -> None:
    with pytest.raises(NoValue):
        temporal.add(read(left), read(right))


@pytest.mark.parametrize("other", [None, True, "P1D", Decimal(1), [], {}])
def test_other_kinds_of_values_are_neither_added_nor_subtracted(other: Any) -> None:
    for known in ("2026-11-22", "10:00:00", "2026-11-22T10:00:00", "P1Y", "P1D"):
        for operator in (temporal.add, temporal.subtract):
            with pytest.raises(NoValue):
                operator(read(known), other)
            with pytest.raises(NoValue):
                operator(other, read(known))


@given(st.builds(DateTime, dates(-9999, 9999), st.builds(Time, st.integers(0, 23), SECONDS, SECONDS)), SPANS)
def test_subtracting_takes_back_what_was_added(moment: DateTime, span: TimeDuration) -> None:
    there = temporal.add(moment, span)
    assert temporal.subtract(there, span) == moment
    assert temporal.subtract(there, moment) == span


@given(MOMENTS, st.integers(-(10**18), 10**18).map(TimeDuration))
def test_a_moment_later_by_a_duration_differs_by_it_in_every_zone(moment: DateTime, span: TimeDuration) -> None:
    there = temporal.add(moment, span)
    found = temporal.subtract(there, moment)
    assert isinstance(found, TimeDuration)
    # Of an hour that comes twice the first is meant, so an hour at most is lost there, or three in a war year.
    assert abs(found.nanos - span.nanos) in (
        {0} if moment.time.zone is None or moment.time.zone.name is None else _SHIFTS
    )


_SHIFTS = {minutes * 60 * NANOS for minutes in (0, 30, 60, 120)}


@pytest.mark.parametrize(
    ("duration", "number", "product"),
    [
        ("P1Y", "1.5", "P1Y6M"),
        ("P1M", "2.9", "P2M"),
        ("P1M", "-2.9", "-P2M"),
        ("PT1H", "24", "P1D"),
        ("PT1S", "0.25", "PT0.25S"),
        ("-P1D", "-1", "P1D"),
        ("P1D", "0", "PT0S"),
    ],
)
def test_a_duration_is_multiplied_in_either_order(duration: str, number: str, product: str) -> None:
    assert shown(temporal.multiply(read(duration), Decimal(number))) == product
    assert shown(temporal.multiply(Decimal(number), read(duration))) == product


@pytest.mark.parametrize(
    ("duration", "number", "quotient"),
    [("P1Y", "5", "P2M"), ("-P1Y", "5", "-P2M"), ("P1D", "3", "PT8H"), ("PT1S", "3", "PT0.333333333S")],
)
def test_a_duration_is_divided_by_a_number(duration: str, number: str, quotient: str) -> None:
    assert shown(temporal.divide(read(duration), Decimal(number))) == quotient


def test_durations_of_one_kind_divide_to_a_number() -> None:
    assert temporal.divide(read("P1Y"), read("P8M")) == Decimal("1.5")
    assert temporal.divide(read("P1D"), read("-PT6H")) == Decimal(-4)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (read("P1Y"), Decimal(0)),
        (read("P1Y"), read("P0M")),
        (read("P1Y"), read("P1D")),
        (Decimal(1), read("P1D")),
        (read("P1D"), Decimal("1E-6000")),
        (read("2026-11-22"), Decimal(2)),
        (read("P1D"), None),
    ],
)
def test_a_quotient_that_has_no_meaning_is_null(left: Any, right: Any) -> None:
    with pytest.raises(NoValue):
        temporal.divide(left, right)


@pytest.mark.parametrize("number", [Decimal("1E+6000"), Decimal("-1E+30"), None, "2", True])
def test_a_product_too_long_or_with_no_number_is_null(number: Any) -> None:
    for duration in ("P1Y", "P1D"):
        with pytest.raises(NoValue):
            temporal.multiply(read(duration), number)


def test_only_durations_are_negated() -> None:
    assert temporal.negate(read("P1Y2M")) == MonthsDuration(-14)
    assert temporal.negate(read("-PT1S")) == TimeDuration(NANOS)
    for text in ("2026-11-22", "10:00:00", "2026-11-22T10:00:00"):
        with pytest.raises(NoValue):
            temporal.negate(read(text))


# Properties -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("2026-11-22", {"year": 2026, "month": 11, "day": 22, "weekday": 7}),
        ("-0044-03-15", {"year": -44, "month": 3, "day": 15}),
        ("10:20:30.9", {"hour": 10, "minute": 20, "second": 30}),
        ("2026-11-23T10:20:30", {"year": 2026, "weekday": 1, "hour": 10, "minute": 20, "second": 30}),
        ("P2Y5M", {"years": 2, "months": 5}),
        ("-P2Y5M", {"years": -2, "months": -5}),
        ("P3DT4H5M6.7S", {"days": 3, "hours": 4, "minutes": 5, "seconds": 6}),
        ("-P3DT4H", {"days": -3, "hours": -4, "minutes": 0, "seconds": 0}),
    ],
)
def test_the_parts_of_a_value_are_numbers(text: str, properties: dict[str, int]) -> None:
    found = {name: temporal.member(read(text), name) for name in properties}
    assert found == {name: Decimal(number) for name, number in properties.items()}
    assert all(isinstance(number, Decimal) for number in found.values())


@pytest.mark.parametrize(
    ("text", "offset", "zone"),
    [
        ("10:00:00", None, None),
        ("10:00:00Z", TimeDuration(0), None),
        ("10:00:00-01:30", TimeDuration(-5_400 * NANOS), None),
        ("2026-11-22T10:00:00", None, None),
        ("2026-07-01T10:00:00@Europe/Paris", TimeDuration(7_200 * NANOS), "Europe/Paris"),
        ("2026-12-01T10:00:00@Europe/Paris", TimeDuration(3_600 * NANOS), "Europe/Paris"),
        ("10:00:00@Asia/Shanghai", TimeDuration(28_800 * NANOS), "Asia/Shanghai"),
    ],
)
def test_offset_and_zone_are_null_where_none_was_given(text: str, offset: Value, zone: str | None) -> None:
    assert temporal.member(read(text), "time offset") == offset
    assert temporal.member(read(text), "timezone") == zone


@pytest.mark.parametrize(
    ("text", "name"),
    [("2026-11-22", "hour"), ("10:00:00", "year"), ("P1Y", "days"), ("P1D", "years"), ("P1D", "Days"), ("P1D", "")],
)
def test_a_property_the_value_does_not_have_is_null(text: str, name: str) -> None:
    with pytest.raises(NoValue):
        temporal.member(read(text), name)


def test_a_date_is_midnight_utc_where_a_moment_is_asked_for() -> None:
    midnight = temporal.at_midnight(Date(2026, 11, 22))
    assert shown(midnight) == "2026-11-22T00:00:00Z"
    assert temporal.instant(midnight) == calendar.days_of(Date(2026, 11, 22)) * DAY
    assert temporal.instant(read("1970-01-01T08:00:00@Asia/Shanghai")) == 0
