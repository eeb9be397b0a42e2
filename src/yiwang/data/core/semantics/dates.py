"""日期: a day, from the forms people type and the serial numbers spreadsheets leave behind."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yiwang.data.core.semantics import cleaning, days
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.composition import derived
from yiwang.data.core.semantics.predicates import no_exponent_sql


def fast_day_stages(
    column: str, found: str, day: str, options: Options, *, chinese: tuple[str, str] = ("日", "%Y年%m月%d日")
) -> tuple[dict[str, str], dict[str, str]]:
    """Two stages that leave in `day` the days of the common forms inside the allowed range, else NULL.

    `chinese` is the end of the Chinese form and its strict pattern.

    The cast to DATE takes anything behind the day, so 2012-01-05 must come back as it was written; a failed cast costs
    0.2 µs and is tried on likely text only.
    """
    first, last = (days.date_literal(bound) for bound in days.bounds(options))
    ending, pattern = chinese
    slashed = f"strlen({column}) BETWEEN 8 AND 10 AND {column} >= '1'"
    return (
        {
            found: f"CASE WHEN contains({column}, '/')"
            f" THEN CASE WHEN {slashed} THEN try_strptime({column}, '%Y/%m/%d')::DATE END"
            f" WHEN strlen({column}) = 10 AND contains({column}, '-') THEN TRY_CAST({column} AS DATE)"
            f" WHEN ends_with({column}, '{ending}') AND NOT contains({column}, '-')"
            f" THEN try_strptime({column}, '{pattern}')::DATE END"
        },
        {
            day: f"CASE WHEN {found} BETWEEN {first} AND {last}"
            f" AND (contains({column}, '/') OR ends_with({column}, '{ending}') OR {found}::VARCHAR = {column})"
            f" THEN {found} END"
        },
    )


def bare_number_sql(column: str, unless: str, lengths: tuple[int, ...]) -> str:
    """Digits only, the first not 0, of these lengths."""
    fits = " OR ".join(f"strlen({column}) = {length}" for length in lengths)
    # what else a cast accepts and is as long: 2e5, 1_000, 100.0
    digits = f"{no_exponent_sql(column)} AND NOT contains({column}, '_') AND NOT contains({column}, '.')"
    return f"CASE WHEN ({fits}) AND {unless} AND {column} >= '1' AND {digits} THEN TRY_CAST({column} AS BIGINT) END"


@dataclass(frozen=True, kw_only=True)
class Day(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c = column
        d, n, s, y, m, e, v, f = (derived(c, name) for name in ("~d", "~n", "~s", "~y", "~m", "~e", "~v", "~f"))
        slow = f"{d} IS NULL"
        compact, serial = f"{n} >= 10000000", f"{n} BETWEEN {days.EXCEL_FIRST} AND {days.EXCEL_LAST}"
        lengths = (8, 5) if options.excel_serial else (8,)
        parts = f"regexp_extract({days.arabic_sql(c)}, '^{days.DAY}$', ['y', 'm', 'd'])"
        return Steps(
            clean=cleaning.spaced_sql(c, options.missing),
            parse=(
                *fast_day_stages(c, derived(c, "~t"), d, options),
                {n: bare_number_sql(c, slow, lengths)},
                {s: f"CASE WHEN {slow} AND coalesce({n} < {days.EXCEL_FIRST}, true) THEN {parts} END"},
                {
                    y: f"CASE WHEN {compact} THEN {n} // 10000 ELSE TRY_CAST(nullif({s}.y, '') AS BIGINT) END",
                    m: f"CASE WHEN {compact} THEN {n} // 100 % 100 ELSE TRY_CAST(nullif({s}.m, '') AS BIGINT) END",
                    e: f"CASE WHEN {compact} THEN {n} % 100 ELSE TRY_CAST(nullif({s}.d, '') AS BIGINT) END",
                },
                {
                    v: f"CASE WHEN {d} IS NOT NULL THEN {d}"
                    f" WHEN {serial} THEN {days.date_literal(days.EXCEL_EPOCH)} + {n}::INTEGER"
                    f" WHEN {y} > 0 AND {days.real_day_sql(y, m, e)} THEN make_date({y}, {m}, {e}) END"
                },
                {
                    f: f"CASE WHEN {c} IS NULL THEN 0 WHEN {v} IS NULL THEN CASE WHEN {y} IS NULL THEN 1 ELSE 2 END"
                    f"{days.range_fault_sql(v, options, 3)} ELSE 0 END"
                },
            ),
            outputs={"": f"CASE WHEN {f} = 0 THEN {v} END"},
            fail=f,
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.spaced(text, options.missing)
        if value is None:
            return self.missing()
        day = days.excel_day(value, options)
        if day is None:
            if re.fullmatch(days.COMPACT, value):
                parts: tuple[str, ...] = (value[:4], value[4:6], value[6:])
            elif found := re.fullmatch(days.DAY, days.arabic(value)):
                parts = found.groups()
            else:
                return self.refuse(1)
            day = days.real_day(*map(int, parts))
        if day is None:
            return self.refuse(2)
        fault = days.range_fault(day, options)
        return self.refuse(2 + fault) if fault else self.accept(day)


DATE = Day(
    id="date",
    title_zh="日期",
    title_en="Date",
    grade=1,
    personal=False,
    outputs=(Output("", "DATE"),),
    source="GB/T 7408",
    reasons=(
        Reason(
            "date_form",
            "看不出是哪一天；请写成 2012-01-05、2012/1/5、20120105 或 2012年1月5日。",
            "This cannot be read as a day; write 2012-01-05, 2012/1/5, 20120105 or 2012年1月5日.",
        ),
        Reason(
            "date_impossible",
            "日历上没有这一天；请核对月份和日数。",
            "There is no such day in the calendar; check month and day.",
        ),
        Reason(
            "date_year",
            "年份超出允许范围；请核对年份。",
            "The year is outside the allowed range; check the year.",
        ),
        Reason(
            "date_future",
            "日期在将来；请核对，或在目录中允许将来日期。",
            "The date lies in the future; check it, or allow future dates for this field in the catalogue.",
        ),
    ),
)
