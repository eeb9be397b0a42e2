"""Days, months and times as people type them: patterns and real-day arithmetic shared by the calendar types.

The regular expressions are written for both engines (RE2 and Python's re) and hold only ASCII digit classes.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from yiwang.data.core.semantics.base import Options
from yiwang.data.core.semantics.composition import literal

EXCEL_EPOCH = date(1899, 12, 30)  # the 1900 system, valid from March 1900
UNIX_EPOCH = date(1970, 1, 1)
EXCEL_FIRST, EXCEL_LAST = 20000, 60000  # 1954-10-03 … 2064-04-08
CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
DAY = rf"([0-9]{{4}})[-/.年]([0-9]{{1,2}})[-/.月]([0-9]{{1,2}})日?(?:[ T]{CLOCK})?"
COMPACT = "[1-9][0-9]{7}"
NUMERALS, NUMERAL_DIGITS = "〇○零一二三四五六七八九", "000123456789"
REWRITES = (
    (" *([年月]) *", r"\g<1>"),
    (" +日", "日"),
    ("([0-9])十([0-9])", r"\g<1>\g<2>"),
    ("([0-9])十", r"\g<1>0"),
    ("十([0-9])", r"1\g<1>"),
    ("十", "10"),
)


def real_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def real_day_sql(year: str, month: str, day: str) -> str:
    """Whether three integer expressions name a day of the Gregorian calendar; the arguments are read repeatedly."""
    leap = f"{year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0)"
    return (
        f"({day} >= 1 AND {month} BETWEEN 1 AND 12 AND ({day} <= 28 OR CASE WHEN {month} = 2"
        f" THEN {day} = 29 AND {leap} ELSE {day} <= 30 + ({month} + {month} // 8) % 2 END))"
    )


def arabic(text: str) -> str:
    """二〇一二年 十二月 -> 2012年12月; text without 年 is left alone."""
    if "年" not in text:
        return text
    text = text.translate(str.maketrans(NUMERALS, NUMERAL_DIGITS))
    for pattern, digits in REWRITES:
        text = re.sub(pattern, digits, text)
    return text


def arabic_sql(column: str) -> str:
    sql = f"translate({column}, '{NUMERALS}', '{NUMERAL_DIGITS}')"
    for pattern, digits in REWRITES:
        sql = f"regexp_replace({sql}, '{pattern}', {literal(digits.replace('g<1>', '1').replace('g<2>', '2'))}, 'g')"
    needed = f"contains({column}, '年') AND regexp_matches({column}, '[ 十{NUMERALS}]')"
    return f"CASE WHEN {needed} THEN {sql} ELSE {column} END"


def excel_day(text: str, options: Options) -> date | None:
    if not options.excel_serial or not re.fullmatch("[1-9][0-9]{4}", text):
        return None
    serial = int(text)
    return EXCEL_EPOCH + timedelta(serial) if EXCEL_FIRST <= serial <= EXCEL_LAST else None


def date_literal(day: date) -> str:
    return f"DATE '{day:%Y-%m-%d}'"


def bounds(options: Options) -> tuple[date, date]:
    """First and last day accepted without a closer look; years below 1000 always get one, to see all four digits."""
    last = date(options.max_year, 12, 31)
    return date(max(options.min_year, 1000), 1, 1), last if options.allow_future else min(last, options.as_of)


def range_fault(day: date, options: Options) -> int:
    """0 fine, 1 the year is out of range, 2 in the future."""
    if not options.min_year <= day.year <= options.max_year:
        return 1
    return 2 if day > options.as_of and not options.allow_future else 0


def range_fault_sql(value: str, options: Options, first_place: int) -> str:
    """The CASE arms that go with `range_fault`, as places in the reasons."""
    future = "" if options.allow_future else f" WHEN {value} > {date_literal(options.as_of)} THEN {first_place + 1}"
    years = f"NOT {value} BETWEEN {date_literal(date(options.min_year, 1, 1))} AND DATE '{options.max_year:04}-12-31'"
    return f" WHEN {years} THEN {first_place}{future}"
