"""Arithmetic, comparison and logic (DMN 1.5, 10.3.2.10–10.3.2.11): on values, and as closures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel import temporal
from yiwang.rules.core.feel.comparing import equal, kind, order
from yiwang.rules.core.feel.running import MAKERS, Closure, Making, Run, Scope
from yiwang.rules.core.feel.values import (
    ARITHMETIC,
    Date,
    DateTime,
    MonthsDuration,
    NoValue,
    Range,
    Time,
    TimeDuration,
    Value,
)

_TEMPORAL = (Date, Time, DateTime, MonthsDuration, TimeDuration)
# A power with a fraction is an exponential of a logarithm at 34 digits.
_STEPS_A_ROOT = 60
# A moment in a zone is moved along the line of instants and back.
_STEPS_A_MOMENT = 3
_SIGNS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": ARITHMETIC.add,
    "-": ARITHMETIC.subtract,
    "*": ARITHMETIC.multiply,
    "/": ARITHMETIC.divide,
    "**": lambda left, right: ARITHMETIC.power(left, right),
}


def calculate(sign: str, left: Value, right: Value) -> Value:
    """`left sign right`. Raises NoValue where FEEL has no result."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        try:
            return _SIGNS[sign](left, right)
        except DecimalException as error:
            raise NoValue(
                "除以零，或结果超出 34 位十进制数的范围。", "Division by zero, or beyond 34-digit decimals."
            ) from error
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if left is None or right is None:
        raise NoValue("运算中有空值。", "One side of the operation is null.")
    if isinstance(left, _TEMPORAL) or isinstance(right, _TEMPORAL):
        return _temporal(sign, left, right)
    raise NoValue(
        f"{kind(left)} 与 {kind(right)} 之间没有“{sign}”运算。",
        f"There is no “{sign}” between {kind(left)} and {kind(right)}.",
    )


def _temporal(sign: str, left: Value, right: Value) -> Value:
    if sign == "+":
        return temporal.add(left, right)
    if sign == "-":
        return temporal.subtract(left, right)
    if sign == "*":
        return temporal.multiply(left, right)
    if sign == "/":
        return temporal.divide(left, right)
    raise NoValue("日期和时长没有乘方。", "Dates and durations have no powers.")


@MAKERS.register(n.Arithmetic)
def arithmetic(node: n.Arithmetic, making: Making) -> Closure:
    left, right, sign, at = MAKERS.make(node.left, making), MAKERS.make(node.right, making), node.sign, node.at
    exact = _SIGNS[sign]

    def run_it(scope: Scope, run: Run) -> Value:
        one, other = left(scope, run), right(scope, run)
        try:
            if type(one) is Decimal and type(other) is Decimal:
                if sign == "**" and other != other.to_integral_value():
                    run.step(_STEPS_A_ROOT)
                return exact(one, other)
            if isinstance(one, _TEMPORAL) or isinstance(other, _TEMPORAL):
                run.step(_STEPS_A_MOMENT)
            if type(one) is str and type(other) is str:
                run.step((len(one) + len(other)) // 100)
            return calculate(sign, one, other)
        except NoValue as why:
            return run.refuse(why, at)
        except DecimalException:
            return run.note(
                "除以零，或结果超出 34 位十进制数的范围。", "Division by zero, or beyond 34-digit decimals.", at
            )

    return run_it


@MAKERS.register(n.Negate)
def negate(node: n.Negate, making: Making) -> Closure:
    operand, at = MAKERS.make(node.operand, making), node.at

    def run_it(scope: Scope, run: Run) -> Value:
        value = operand(scope, run)
        try:
            return ARITHMETIC.minus(value) if isinstance(value, Decimal) else temporal.negate(value)
        except NoValue as why:
            return run.refuse(why, at)

    return run_it


def compare(sign: str, left: Value, right: Value) -> bool | None:
    """`left sign right`; None for null."""
    if sign == "=":
        return equal(left, right)
    if sign == "!=":
        same = equal(left, right)
        return None if same is None else not same
    found = order(left, right)
    if found is None:
        return None
    return _ORDERS[sign](found)


_ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda found: found < 0,
    "<=": lambda found: found <= 0,
    ">": lambda found: found > 0,
    ">=": lambda found: found >= 0,
}


@MAKERS.register(n.Comparison)
def comparison(node: n.Comparison, making: Making) -> Closure:
    left, right, sign, at = MAKERS.make(node.left, making), MAKERS.make(node.right, making), node.sign, node.at

    def run_it(scope: Scope, run: Run) -> Value:
        one, other = left(scope, run), right(scope, run)
        if isinstance(one, (list, dict, Range)):
            run.weigh(one)
        found = compare(sign, one, other)
        if found is None:
            run.note(
                f"{kind(one)} 与 {kind(other)} 不能比较。", f"{kind(one)} and {kind(other)} cannot be compared.", at
            )
        return found

    return run_it


def both(left: Value, right: Value) -> bool | None:
    """Three-valued `and`; what is no boolean counts as null."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def either(left: Value, right: Value) -> bool | None:
    """Three-valued `or`; what is no boolean counts as null."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


@MAKERS.register(n.Logic)
def logic(node: n.Logic, making: Making) -> Closure:
    left, right = MAKERS.make(node.left, making), MAKERS.make(node.right, making)
    decides, joined = (False, both) if node.word == "and" else (True, either)

    def run_it(scope: Scope, run: Run) -> Value:
        one = left(scope, run)
        return decides if one is decides else joined(one, right(scope, run))

    return run_it


@MAKERS.register(n.Between)
def between(node: n.Between, making: Making) -> Closure:
    value, low, high = (MAKERS.make(each, making) for each in (node.value, node.low, node.high))

    def run_it(scope: Scope, run: Run) -> Value:
        here = value(scope, run)
        return both(compare(">=", here, low(scope, run)), compare("<=", here, high(scope, run)))

    return run_it


def opposite(value: Any) -> bool | None:
    """Three-valued `not`."""
    return (not value) if isinstance(value, bool) else None
