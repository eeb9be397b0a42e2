"""日期时间: a local moment to the microsecond; zone offsets are refused, since the city keeps one clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from yiwang.data.core.semantics import cleaning, days
from yiwang.data.core.semantics.base import Options, Output, Parsed, Reason, SemanticType, Steps
from yiwang.data.core.semantics.composition import derived

MOMENT = (
    r"(?:([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]|([0-9]{1,2})[-/月])([0-9]{1,2})日?"
    r"(?:(?: *|T)([0-9]{1,2})[:时]([0-9]{1,2})(?:[:分](?:([0-9]{1,2})(?:\.([0-9]{1,6})[0-9]*)?秒?)?)?)?"
)
GROUPS = ("y", "m1", "m2", "d", "h", "i", "s", "f")
COMPACT = ("([0-9]{4})" + "([0-9]{2})" * 5, "1-2-3 4:5:6")
COMPACT_DAY = ("([0-9]{4})([0-9]{2})([0-9]{2})", "1-2-3")
SERIAL = r"[2-6][0-9]{4}(?:\.[0-9]{1,10})?"
SECONDS = 86400


def _references(template: str) -> str:
    """The digits of a template as references to groups, in the way both engines write them."""
    return re.sub("([0-9])", r"\\\1", template)


@dataclass(frozen=True, kw_only=True)
class Moment(SemanticType):
    def steps(self, column: str, options: Options) -> Steps:
        c = column
        t0, t, x, s, v, f = (derived(c, name) for name in ("~t0", "~t", "~x", "~s", "~v", "~f"))
        y, m, d, h, i, sec, day = (derived(c, name) for name in ("~y", "~m", "~d", "~h", "~i", "~c", "~day"))
        first, last = days.bounds(options)
        bounds = f"TIMESTAMP '{first:%Y-%m-%d}' AND TIMESTAMP '{last:%Y-%m-%d} 23:59:59'"
        serial = f"{x} >= {days.EXCEL_FIRST} AND {x} < {days.EXCEL_LAST + 1}"

        def number(text: str) -> str:
            return f"TRY_CAST(nullif({text}, '') AS BIGINT)"

        seconds = (
            f"(({day} - {days.date_literal(days.UNIX_EPOCH)}) * {SECONDS} + coalesce({h} * 3600 + {i} * 60 + {sec}, 0))"
        )
        micros = f"({seconds} * 1000000 + coalesce({number(f'rpad({s}.f, 6, {chr(39)}0{chr(39)})')}, 0))"
        years = str(options.year) if options.year else "NULL::BIGINT"
        return Steps(
            clean=cleaning.spaced_sql(c, options.missing),
            parse=(
                {t0: f"CASE WHEN strlen({c}) = 19 THEN TRY_CAST({c} AS TIMESTAMP) END"},
                # written back as it was: the cast also takes zones, other separators and blanks
                {t: f"CASE WHEN {t0} BETWEEN {bounds} AND {t0}::VARCHAR = {c} THEN {t0} END"},
                {x: self._serial_sql(c, t, options)},
                {s: f"CASE WHEN {t} IS NULL AND {x} IS NULL THEN {self._parts_sql(c)} END"},
                {
                    y: f"CASE WHEN {s}.m2 <> '' THEN {years} ELSE {number(f'{s}.y')} END",
                    m: number(f"{s}.m1 || {s}.m2"),
                    d: number(f"{s}.d"),
                    h: number(f"{s}.h"),
                    i: number(f"{s}.i"),
                    sec: f"CASE WHEN {s}.s = '' THEN 0 ELSE {number(f'{s}.s')} END",
                },
                {day: f"CASE WHEN {y} > 0 AND {days.real_day_sql(y, m, d)} THEN make_date({y}, {m}, {d}) END"},
                {
                    v: f"CASE WHEN {t} IS NOT NULL THEN {t}"
                    f" WHEN {serial} THEN make_timestamp((({x} * {SECONDS}::DECIMAL(18,0))::BIGINT"
                    f" - {(days.UNIX_EPOCH - days.EXCEL_EPOCH).days * SECONDS}) * 1000000)"
                    f" WHEN {day} IS NOT NULL AND coalesce({h} < 24 AND {i} < 60 AND {sec} < 60, true)"
                    f" THEN make_timestamp({micros}) END"
                },
                {
                    f: f"CASE WHEN {c} IS NULL THEN 0 WHEN {v} IS NULL THEN CASE WHEN {d} IS NULL THEN 1"
                    f" WHEN {y} IS NULL THEN 2 ELSE 3 END{days.range_fault_sql(f'{v}::DATE', options, 4)} ELSE 0 END"
                },
            ),
            outputs={"": f"CASE WHEN {f} = 0 THEN {v} END"},
            fail=f,
        )

    def _serial_sql(self, c: str, t: str, options: Options) -> str:
        if not options.excel_serial:
            return "NULL::DECIMAL(20,10)"
        likely = f"{t} IS NULL AND strlen({c}) BETWEEN 5 AND 16 AND (strpos({c}, '.') = 6 OR strlen({c}) = 5)"
        return f"CASE WHEN {likely} AND regexp_full_match({c}, '{SERIAL}') THEN TRY_CAST({c} AS DECIMAL(20,10)) END"

    def _parts_sql(self, c: str) -> str:
        rewritten = [
            f"WHEN strlen({c}) = {length} AND regexp_full_match({c}, '[0-9]+')"
            f" THEN regexp_replace({c}, '{pattern}', '{_references(template)}')"
            for length, (pattern, template) in ((14, COMPACT), (8, COMPACT_DAY))
        ]
        text = f"CASE {' '.join(rewritten)} ELSE {days.arabic_sql(c)} END"
        return f"regexp_extract({text}, '^{MOMENT}$', {list(GROUPS)})"

    def parse(self, text: str | None, options: Options) -> Parsed:
        value = cleaning.spaced(text, options.missing)
        if value is None:
            return self.missing()
        if options.excel_serial and re.fullmatch(SERIAL, value) and Decimal(value) < days.EXCEL_LAST + 1:
            seconds = (Decimal(value) * SECONDS).quantize(Decimal(1), ROUND_HALF_UP)
            moment = datetime.combine(days.EXCEL_EPOCH, time()) + timedelta(seconds=int(seconds))
            return self._ranged(moment, options)
        for pattern, template in (COMPACT, COMPACT_DAY):
            if re.fullmatch(pattern, value):
                value = re.sub(pattern, _references(template), value)
        found = re.fullmatch(MOMENT, days.arabic(value))
        if found is None:
            return self.refuse(1)
        year, month1, month2, day, hour, minute, second, fraction = found.groups()
        if month2 and options.year is None:
            return self.refuse(2)
        real = days.real_day(int(year or options.year or 0), int(month1 or month2), int(day))
        clock = (int(hour or 0), int(minute or 0), int(second or 0))
        if real is None or clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
            return self.refuse(3)
        return self._ranged(datetime.combine(real, time(*clock, int((fraction or "").ljust(6, "0")))), options)

    def _ranged(self, moment: datetime, options: Options) -> Parsed:
        fault = days.range_fault(moment.date(), options)
        return self.refuse(3 + fault) if fault else self.accept(moment)


DATETIME = Moment(
    id="datetime",
    title_zh="日期时间",
    title_en="Date and time",
    grade=1,
    personal=False,
    outputs=(Output("", "TIMESTAMP"),),
    source="GB/T 7408",
    reasons=(
        Reason(
            "datetime_form",
            "看不出是什么时刻；请写成 2012-01-05 20:00 或 2012-01-05 20:00:30，不带时区。",
            "This cannot be read as a moment; write 2012-01-05 20:00 or 2012-01-05 20:00:30 without a zone.",
        ),
        Reason(
            "datetime_year_missing",
            "时刻没有年份；请补上年份，或在目录中说明本批数据的年份。",
            "The moment has no year; add it, or state the year of this delivery in the catalogue.",
        ),
        Reason(
            "datetime_impossible",
            "没有这一天或这一时刻；请核对。",
            "There is no such day or time of day; check it.",
        ),
        Reason(
            "datetime_year",
            "年份超出允许范围；请核对年份。",
            "The year is outside the allowed range; check the year.",
        ),
        Reason(
            "datetime_future",
            "时刻在将来；请核对，或在目录中允许将来日期。",
            "The moment lies in the future; check it, or allow future dates for this field in the catalogue.",
        ),
    ),
)
