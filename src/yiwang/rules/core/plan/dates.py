"""Dates and durations over columns: months are counted by the calendar's numbers, never by an engine's date difference."""

from __future__ import annotations

from typing import Any

import ibis

from yiwang.rules.core.feel.values import MonthsDuration, TimeDuration
from yiwang.rules.core.plan.typed import Typed, Unlowerable, plain

_DAY = 86_400_000_000
_DAY_NANOS = _DAY * 1000
# Years of a column lie in 1 to 9999, so months do not reach this.
_MONTHS = 10**6 - 1


def member(one: Typed, name: str) -> Typed:
    """`date.year`, `duration.months` and the like."""
    if one.kind == "date" and name in ("year", "month", "day"):
        return Typed("number", getattr(plain(one), name)().cast("int64"), 9999, 0)
    if one.kind == "date" and name == "weekday":
        return Typed("number", plain(one).day_of_week.index().cast("int64") + 1, 7, 0)
    if one.kind == "months" and name in ("years", "months"):
        months = plain(one)
        rest = months % 12
        found = rest if name == "months" else ((months - rest) / 12).cast("int64")
        return Typed("number", found, _MONTHS, 0)
    raise Unlowerable(f"成员 {name} 按不同取值计算。", f"The member {name} is taken by distinct values.")


def months_between(arguments: list[Typed]) -> Typed:
    """Full months from the first date to the second, negative when it comes later."""
    if [one.kind for one in arguments] != ["date", "date"]:
        raise Unlowerable("整月数只在两个日期之间计算。", "Full months lie between two dates.")
    start, end = (plain(one) for one in arguments)
    months = (end.year() - start.year()) * 12 + (end.month() - start.month())
    months = months.cast("int64")
    short = ibis.cases(
        ((months > 0) & (end.day() < start.day()), -1), ((months < 0) & (end.day() > start.day()), 1), else_=0
    )
    return Typed("months", months + short.cast("int64"))


def calculated(sign: str, left: Typed, right: Typed) -> Typed:
    """Sums and differences with a date or durations in them."""
    pair = (left.kind, right.kind)
    if sign not in "+-":
        raise Unlowerable("日期和时长的乘除按不同取值计算。", "Products of durations are taken by distinct values.")
    if pair == ("date", "date") and sign == "-":
        return Typed("span", plain(left).delta(plain(right), unit="day").cast("int64") * _DAY)
    if left.kind == "date" and right.constant:
        return _moved(plain(left), right, 1 if sign == "+" else -1)
    if pair == ("months", "months") or pair == ("span", "span"):
        one, other = plain(left), plain(right)
        return Typed(left.kind, one + other if sign == "+" else one - other)
    raise Unlowerable("日期与这种值之间没有这样的运算。", "There is no such operation between these types.")


def _moved(date: Any, by: Typed, sign: int) -> Typed:
    if isinstance(by.value, MonthsDuration):
        moved = date + ibis.interval(months=sign * by.value.months)
    elif isinstance(by.value, TimeDuration) and by.value.nanos % _DAY_NANOS == 0:
        moved = date + ibis.interval(days=sign * (by.value.nanos // _DAY_NANOS))
    else:
        raise Unlowerable("日期只能加减整天或整月的常量。", "A date is moved by constant whole days or months only.")
    # an engine answers with a timestamp where Ibis believes in a date: say both
    return Typed("date", moved.cast("timestamp").cast("date"))
