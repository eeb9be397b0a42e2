"""A field becomes a fact the same way for one person and for everyone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.rules.core.facts import NotAFact, derived, derived_sql, fact_value, said
from yiwang.rules.core.feel.types import ANY, ContextOf, ListOf, Type
from yiwang.rules.core.feel.values import Date, DateTime, MonthsDuration, Time, TimeDuration, Zone
from yiwang.rules.schema import DERIVATIONS

NUMBER, STRING, DATE = Type("number"), Type("string"), Type("date")


def feel(day: date) -> Date:
    return Date(day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("born", "on", "age", "months", "days"),
    [
        (date(1946, 11, 1), date(2026, 10, 31), 79, 959, 29219),
        (date(1946, 11, 1), date(2026, 11, 1), 80, 960, 29220),
        (date(2000, 2, 29), date(2001, 2, 28), 0, 11, 365),
        (date(2000, 2, 29), date(2001, 3, 1), 1, 12, 366),
        (date(2026, 11, 2), date(2026, 11, 1), -1, -1, -1),
    ],
)
def test_ages_months_and_days_are_whole_and_rounded_down(
    born: date, on: date, age: int, months: int, days: int
) -> None:
    for derive, wanted in (("age", age), ("months", months), ("days", days)):
        assert derived(derive, feel(born), feel(on)) == Decimal(wanted)


DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@settings(max_examples=60, deadline=None)
@given(born=st.one_of(st.none(), DAYS), on=DAYS)
def test_the_engine_derives_what_python_derives(born: date | None, on: date) -> None:
    with duckdb.connect() as db:
        db.execute("CREATE TABLE t (b DATE)")
        db.execute("INSERT INTO t VALUES (?)", [born])
        for derive in DERIVATIONS:
            row = db.execute(f"SELECT {derived_sql(derive, chr(34) + 'b' + chr(34), feel(on))} FROM t").fetchone()
            wanted = derived(derive, None if born is None else feel(born), feel(on))
            found = feel(row[0]) if row and isinstance(row[0], date) else row[0] if row else None
            assert found == wanted, derive


def test_every_day_of_a_leap_cycle_agrees_on_the_day_after_and_before_a_birthday() -> None:
    born = date(1996, 2, 29)
    ages = {born + timedelta(days=n): None for n in range(0, 1500)}
    found = [derived("age", feel(born), feel(day)) for day in ages]
    assert found == sorted(found) and found[-1] == 4


@pytest.mark.parametrize(
    ("json", "wanted", "value"),
    [
        (5, NUMBER, Decimal(5)),
        (0.1, NUMBER, Decimal("0.1")),
        (" 12.50 ", NUMBER, Decimal("12.50")),
        ("2026-11-01", DATE, Date(2026, 11, 1)),
        ("10:00:00", Type("time"), Time(10, 0, 0)),
        ("2026-11-01T10:00:00Z", Type("date and time"), DateTime(Date(2026, 11, 1), Time(10, 0, 0, 0, Zone(offset=0)))),
        ("P1Y2M", Type("years and months duration"), MonthsDuration(14)),
        ("P1D", Type("days and time duration"), TimeDuration(86_400_000_000_000)),
        ([1, 2], ListOf("list", NUMBER), [Decimal(1), Decimal(2)]),
        ({"a": 1}, ContextOf("context", (("a", NUMBER), ("b", STRING))), {"a": Decimal(1), "b": None}),
        ({"a": [True, None, "x"]}, ANY, {"a": [True, None, "x"]}),
        (None, NUMBER, None),
    ],
)
def test_json_is_read_by_the_declared_type(json: object, wanted: Type, value: object) -> None:
    assert fact_value(json, wanted) == value


@pytest.mark.parametrize(
    ("json", "wanted"),
    [
        (True, NUMBER),
        ("twelve", NUMBER),
        ("NaN", NUMBER),
        (float("inf"), NUMBER),
        (5, STRING),
        ("true", Type("boolean")),
        ("2026-02-30", DATE),
        ("2026-11-01T10:00:00", DATE),
        ("P1D", Type("years and months duration")),
        (1, ListOf("list", NUMBER)),
        ({"c": 1}, ContextOf("context", (("a", NUMBER),))),
        ("f", Type("function")),
    ],
)
def test_json_of_another_type_is_refused_in_both_languages(json: object, wanted: Type) -> None:
    with pytest.raises(NotAFact) as refused:
        fact_value(json, wanted)
    assert refused.value.zh and refused.value.en


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (Decimal("100.00"), 100),
        (Decimal("0.1"), 0.1),
        (Decimal("1E+3"), 1000),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal(2**60), str(2**60)),
        (Date(2026, 1, 2), "2026-01-02"),
        ([None, True], [None, True]),
        ({"a": MonthsDuration(1)}, {"a": "P1M"}),
    ],
)
def test_a_value_is_told_as_json_without_losing_a_digit(value: object, json: object) -> None:
    assert said(value) == json
