"""How points and ranges lie to one another (DMN 1.5, table 78), and ranges from texts (table 70).

Each end of a range is a cut: its value, and 0 when the value itself belongs to the range, else the side on which the range lies (1 above
for an open start, -1 below for an open end). Two cuts are ordered by value, then by side; a missing end lies before or after everything.
So each of the standard's formulas becomes one or two comparisons of cuts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, DecimalException

from yiwang.rules.core.feel import comparing, temporal
from yiwang.rules.core.feel.builtins import temporals
from yiwang.rules.core.feel.builtins.registry import builtin
from yiwang.rules.core.feel.scanning import unescape
from yiwang.rules.core.feel.values import ARITHMETIC, NoValue, Range, Value

_POINT = "number|string|date|time|date and time|days and time duration|years and months duration"
_POINTS = f"point1: {_POINT}, point2: {_POINT}"
_POINT_RANGE = f"point: {_POINT}, range: range"
_RANGE_POINT = f"range: range, point: {_POINT}"
_RANGES = "range1: range, range2: range"


@dataclass(frozen=True, slots=True)
class Cut:
    value: Value
    side: int
    endless: int = 0  # -1 before everything, 1 after everything


def _start(value: Value) -> Cut:
    if not isinstance(value, Range):
        return Cut(value, 0)
    return Cut(None, 0, -1) if _endless(value, value.low) else Cut(value.low, 0 if value.low_closed else 1)


def _end(value: Value) -> Cut:
    if not isinstance(value, Range):
        return Cut(value, 0)
    return Cut(None, 0, 1) if _endless(value, value.high) else Cut(value.high, 0 if value.high_closed else -1)


def _endless(value: Range, end: Value) -> bool:
    """Whether the end was left out on purpose; raises NoValue when it is null, or when the range is all but one value."""
    if value.sign == "!=":
        raise NoValue("用 != 写的区间没有始末", "a range written with != has no start and no end")
    if end is None and not value.sign:
        raise NoValue("区间的一端为空", "an end of the range is null")
    return end is None


def _order(left: Cut, right: Cut) -> int:
    """-1, 0 or 1; raises NoValue when the two values cannot be compared."""
    if left.endless or right.endless:
        return (left.endless > right.endless) - (left.endless < right.endless)
    found = comparing.order(left.value, right.value)
    if found is None:
        raise NoValue("两者无法比较先后", "the two cannot be put in order")
    return found or (left.side > right.side) - (left.side < right.side)


# Relations --------------------------------------------------------------------------------------------------------------


@builtin("before", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
def before(left: Value, right: Value) -> bool:
    return _order(_end(left), _start(right)) < 0


@builtin("after", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
def after(left: Value, right: Value) -> bool:
    return before(right, left)  # type: ignore[no-any-return]


@builtin("meets", _RANGES)
def meets(left: Range, right: Range) -> bool:
    return _order(_end(left), _start(right)) == 0


@builtin("met by", _RANGES)
def met_by(left: Range, right: Range) -> bool:
    return meets(right, left)  # type: ignore[no-any-return]


@builtin("overlaps", _RANGES)
def overlaps(left: Range, right: Range) -> bool:
    return _order(_end(left), _start(right)) >= 0 and _order(_start(left), _end(right)) <= 0


@builtin("overlaps before", _RANGES)
def overlaps_before(left: Range, right: Range) -> bool:
    starts_first = _order(_start(left), _start(right)) < 0
    return starts_first and _order(_end(left), _start(right)) >= 0 and _order(_end(left), _end(right)) <= 0


@builtin("overlaps after", _RANGES)
def overlaps_after(left: Range, right: Range) -> bool:
    return overlaps_before(right, left)  # type: ignore[no-any-return]


@builtin("finishes", _POINT_RANGE, _RANGES)
def finishes(left: Value, right: Range) -> bool:
    return _order(_end(left), _end(right)) == 0 and _order(_start(left), _start(right)) >= 0


@builtin("finished by", _RANGE_POINT, _RANGES)
def finished_by(left: Range, right: Value) -> bool:
    return finishes(right, left)  # type: ignore[no-any-return]


@builtin("includes", _RANGE_POINT, _RANGES)
def includes(left: Range, right: Value) -> bool:
    return _order(_start(left), _start(right)) <= 0 and _order(_end(left), _end(right)) >= 0


@builtin("during", _POINT_RANGE, _RANGES)
def during(left: Value, right: Range) -> bool:
    return includes(right, left)  # type: ignore[no-any-return]


@builtin("starts", _POINT_RANGE, _RANGES)
def starts(left: Value, right: Range) -> bool:
    return _order(_start(left), _start(right)) == 0 and _order(_end(left), _end(right)) <= 0


@builtin("started by", _RANGE_POINT, _RANGES)
def started_by(left: Range, right: Value) -> bool:
    return starts(right, left)  # type: ignore[no-any-return]


@builtin("coincides", _POINTS, _RANGES)
def coincides(left: Value, right: Value) -> bool:
    return _order(_start(left), _start(right)) == 0 and _order(_end(left), _end(right)) == 0


# From a text ------------------------------------------------------------------------------------------------------------

_STRING = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?"
_CALL = rf"(?:date\s+and\s+time|date|time|duration)\s*\(\s*{_STRING}\s*\)"
_ENDPOINT = rf"{_NUMBER}|@?{_STRING}|{_CALL}"
_TEXT = re.compile(rf"([(\[\]])\s*(?:({_ENDPOINT})\s*)?\.\.\s*(?:({_ENDPOINT})\s*)?([)\]\[])", re.DOTALL)
_CALLED = re.compile(rf"([a-z\s]+)\(\s*({_STRING})\s*\)", re.DOTALL)
_READERS = {
    "date": temporals.date,
    "time": temporals.time,
    "date and time": temporals.date_and_time,
    "duration": temporals.duration,
}


def _no_range(text: str) -> NoValue:
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    return NoValue(f"“{shown}”不是区间", f'"{shown}" is no range')


@builtin("range", "from: string")
def range_(text: str) -> Range:
    """Both ends are literals of one type, the start not after the end; an end left out must be open."""
    found = _TEXT.fullmatch(text.strip())
    if found is None or (found[2] is None and found[3] is None):
        raise _no_range(text)
    low_closed, high_closed = found[1] == "[", found[4] == "]"
    if (found[2] is None and low_closed) or (found[3] is None and high_closed):
        raise _no_range(text)
    low, high = _endpoint(found[2]), _endpoint(found[3])
    if low is not None and high is not None and comparing.order(low, high) not in (-1, 0):
        raise _no_range(text)
    sign = (
        "" if found[2] and found[3] else f"{'<' if found[2] is None else '>'}{'=' if low_closed or high_closed else ''}"
    )
    return Range(low, high, low_closed, high_closed, sign)


def _endpoint(text: str | None) -> Value:
    if text is None:
        return None
    if text[0] == '"':
        return unescape(text[1:-1])
    if text[0] == "@":
        found = temporal.temporal_read(unescape(text[2:-1]))
        if found is None:
            raise _no_range(text)
        return found
    called = _CALLED.fullmatch(text)
    if called is not None:
        value: Value = _READERS[" ".join(called[1].split())](unescape(called[2][1:-1]))
        return value
    try:
        return ARITHMETIC.create_decimal(Decimal(text))
    except DecimalException as error:
        raise _no_range(text) from error
