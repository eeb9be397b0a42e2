"""月份: a month, or a run of months of one year reported as one (2012年1-2月), which keeps both ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from yiwang.data.core.semantics import cleaning, days
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.composition import derived
from yiwang.data.core.semantics.dates import bare_number_sql, fast_day_stages

# a run needs 年, since 2012-1-2 is a day; 2012.1 is refused: it may be what a spreadsheet left of 2012.10
MONTH = (
    r"([0-9]{4})(?:年([0-9]{1,2})(?:月?[-—~至到]([0-9]{1,2}))?月(?:份|([0-9]{1,2})日)?"
    rf"|[-/]([0-9]{{1,2}})(?:[-/]([0-9]{{1,2}})(?:[ T]{days.CLOCK})?)?|\.([0-9]{{2}})(?:\.([0-9]{{1,2}}))?)"
)
GROUPS = ("y", "m1", "b", "d1", "m2", "d2", "m3", "d3")


@dataclass(frozen=True, kw_only=True)
class Month(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c = column
        d, n, s, y, a, b, e = (derived(c, name) for name in ("~d", "~n", "~s", "~y", "~a", "~b", "~e"))
        v, w, f = (derived(c, name) for name in ("~v", "~w", "~f"))
        slow = f"{d} IS NULL"
        parts = f"regexp_extract({days.arabic_sql(c)}, '^{MONTH}$', {list(GROUPS)})"
        serial = f"{days.date_literal(days.EXCEL_EPOCH)} + {n}::INTEGER"
        is_serial = f"{n} BETWEEN {days.EXCEL_FIRST} AND {days.EXCEL_LAST}"
        lengths = (6, 8, 5) if options.excel_serial else (6, 8)

        def part(of_six: str, of_eight: str, of_text: str) -> str:
            written = f"TRY_CAST(nullif({of_text}, '') AS BIGINT)"
            return f"CASE WHEN {n} >= 10000000 THEN {of_eight} WHEN {n} >= 100000 THEN {of_six} ELSE {written} END"

        real = days.real_day_sql(y, b, f"coalesce({e}, 1)")
        return Steps(
            clean=cleaning.spaced_sql(c, options.missing),
            parse=(
                *fast_day_stages(c, derived(c, "~t"), d, options, chinese=("月", "%Y年%m月")),
                {n: bare_number_sql(c, slow, lengths)},
                {s: f"CASE WHEN {slow} AND coalesce({n} < {days.EXCEL_FIRST}, true) THEN {parts} END"},
                {
                    y: part(f"{n} // 100", f"{n} // 10000", f"{s}.y"),
                    a: part(f"{n} % 100", f"{n} // 100 % 100", f"{s}.m1 || {s}.m2 || {s}.m3"),
                    b: part(
                        f"{n} % 100",
                        f"{n} // 100 % 100",
                        f"CASE WHEN {s}.b = '' THEN {s}.m1 || {s}.m2 || {s}.m3 ELSE {s}.b END",
                    ),
                    e: part("1", f"{n} % 100", f"{s}.d1 || {s}.d2 || {s}.d3"),
                },
                {
                    v: f"CASE WHEN {d} IS NOT NULL THEN date_trunc('month', {d})::DATE"
                    f" WHEN {is_serial} THEN date_trunc('month', {serial})::DATE"
                    f" WHEN {y} > 0 AND {a} BETWEEN 1 AND {b} AND {real} THEN make_date({y}, {b}, 1) END",
                },
                {w: f"CASE WHEN {a} < {b} AND {v} IS NOT NULL THEN make_date({y}, {a}, 1) ELSE {v} END"},
                {
                    f: f"CASE WHEN {c} IS NULL THEN 0 WHEN {v} IS NULL THEN CASE WHEN {y} IS NULL THEN 1 ELSE 2 END"
                    f"{days.range_fault_sql(v, options, 3)} ELSE 0 END"
                },
            ),
            outputs={"": f"CASE WHEN {f} = 0 THEN {v} END", "_from": f"CASE WHEN {f} = 0 THEN {w} END"},
            fail=f,
        )

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.spaced(text, options.missing)
        if value is None:
            return self.missing()
        months = _read(value, options)
        if months is None:
            return self.refuse(1)
        year, first, last, day = months
        if first > last or days.real_day(year, last, day) is None or days.real_day(year, first, 1) is None:
            return self.refuse(2)
        fault = days.range_fault(date(year, last, 1), options)
        return self.refuse(2 + fault) if fault else self.accept(date(year, last, 1), date(year, first, 1))


def _read(value: str, options: Options) -> tuple[int, int, int, int] | None:
    """Year, first month, last month and day as written, not yet checked against the calendar."""
    if day := days.excel_day(value, options):
        return day.year, day.month, day.month, day.day
    if re.fullmatch("[1-9][0-9]{5}(?:[0-9]{2})?", value):
        month = int(value[4:6])
        return int(value[:4]), month, month, int(value[6:] or 1)
    found = re.fullmatch(MONTH, days.arabic(value))
    if found is None:
        return None
    year, *rest = found.groups()
    month = int(rest[0] or rest[3] or rest[5])
    return int(year), month, int(rest[1] or month), int(rest[2] or rest[4] or rest[6] or 1)


MONTH_TYPE = Month(
    id="month",
    title_zh="月份",
    title_en="Month",
    grade=1,
    personal=False,
    outputs=(Output("", "DATE"), Output("_from", "DATE")),
    source="GB/T 7408",
    reasons=(
        Reason(
            "month_form",
            "看不出是哪个月；请写成 2012-03、201203、2012年3月，合并月份写成 2012年1-2月。",
            "This cannot be read as a month; write 2012-03, 201203 or 2012年3月, and 2012年1-2月 for months together.",
        ),
        Reason(
            "month_impossible",
            "日历上没有这个月（或这一天），或起月晚于止月；请核对。",
            "There is no such month or day in the calendar, or the first month is after the last; check it.",
        ),
        Reason(
            "month_year",
            "年份超出允许范围；请核对年份。",
            "The year is outside the allowed range; check the year.",
        ),
        Reason(
            "month_future",
            "月份在将来；请核对，或在目录中允许将来日期。",
            "The month lies in the future; check it, or allow future dates for this field in the catalogue.",
        ),
    ),
)
