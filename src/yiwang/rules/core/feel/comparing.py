"""What is equal and what comes first (DMN 1.5, tables 53 and 54). None means null: the values cannot be compared."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yiwang.rules.core.feel import temporal
from yiwang.rules.core.feel.values import Date, DateTime, Function, MonthsDuration, Range, Time, TimeDuration, Value

_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    MonthsDuration: "years and months duration",
    TimeDuration: "days and time duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}


def kind(value: Value) -> str:
    """The FEEL name of a value's type."""
    return _KINDS[type(value)]


def equal(left: Value, right: Value) -> bool | None:
    """FEEL `=`: null equals null only; values of different kinds give null."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        return None
    if isinstance(left, list):
        return _lists_equal(left, right)  # type: ignore[arg-type]
    if isinstance(left, dict):
        return _contexts_equal(left, right)  # type: ignore[arg-type]
    if isinstance(left, Function):
        return None if left is not right else True
    if isinstance(left, (Time, DateTime)):
        return temporal.order(left, right) == 0
    if isinstance(left, Range) and isinstance(right, Range):
        if (left.sign, left.low_closed, left.high_closed) != (right.sign, right.low_closed, right.high_closed):
            return False
        answers = [equal(one, other) for one, other in zip(left.bounds, right.bounds, strict=True)]
        return _both(answers[0], answers[-1])
    return bool(left == right)


def _both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _lists_equal(left: list[Any], right: list[Any]) -> bool | None:
    if len(left) != len(right):
        return False
    answer: bool | None = True
    for one, other in zip(left, right, strict=True):
        answer = _both(answer, equal(one, other))
        if answer is False:
            return False
    return answer


def _contexts_equal(left: dict[str, Any], right: dict[str, Any]) -> bool | None:
    if left.keys() != right.keys():
        return False
    answer: bool | None = True
    for name, one in left.items():
        answer = _both(answer, equal(one, right[name]))
        if answer is False:
            return False
    return answer


def order(left: Value, right: Value) -> int | None:
    """-1, 0 or 1; None for null, for values of different kinds and for kinds that have no order."""
    if type(left) is not type(right):
        return None
    if isinstance(left, (Decimal, str, Date, MonthsDuration, TimeDuration)):
        return -1 if left < right else int(left > right)  # type: ignore[operator]
    if isinstance(left, (Time, DateTime)):
        return temporal.order(left, right)
    return None


def less(left: Value, right: Value) -> bool | None:
    """FEEL `<`."""
    found = order(left, right)
    return None if found is None else found < 0
