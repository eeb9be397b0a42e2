"""Cells made of literals alone, tested without the interpreter when the value is of their kind. Everything else goes the general way."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.interpreter import prepare_tests
from yiwang.rules.core.feel.running import Run, Scope
from yiwang.rules.core.feel.types import Resolver, nothing_known
from yiwang.rules.core.feel.values import Date, DateTime, Time

Passing = Callable[[Any, Scope, Run], bool | None]
Holds = Callable[[Any], bool]

_SOME_DAY = DateTime(Date(2000, 1, 1), Time(0, 0, 0))
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def passing(tests: n.UnaryTests, types: Resolver = nothing_known) -> Passing:
    """Whether a value passes the tests of a cell; None is null."""
    general = prepare_tests(tests, types).closure
    found = simple(tests)
    if found is None:
        return general
    kind, holds = found
    # Literals are the same in every run, so what null passes is known beforehand.
    null = general(None, Scope({}), Run(_SOME_DAY))

    def run_it(value: Any, scope: Scope, run: Run) -> bool | None:
        if type(value) is kind:
            return holds(value)
        if value is None:
            return null
        return general(value, scope, run)

    return run_it


def simple(tests: n.UnaryTests) -> tuple[type, Holds] | None:
    """The kind of value the tests are all about, and whether one passes; None when a test is more than literals."""
    # null passes or fails by itself; for a value of a kind the test for it changes nothing
    asked = [one for one in tests.tests if not isinstance(one, n.ExpressionTest) or type(one.expression) is not n.Null]
    literals = [one.expression for one in asked if isinstance(one, n.ExpressionTest)]
    if not asked:
        return None
    if len(literals) == len(asked) and all(isinstance(one, n.String) for one in literals):
        words = frozenset(one.value for one in literals if isinstance(one, n.String))
        return str, _maybe_not(words.__contains__, tests.negated)
    parts: list[Holds] = []
    for one in asked:
        part = _number(one)
        if part is None:
            return None
        parts.append(part)
    whole = parts[0] if len(parts) == 1 else lambda value: any(part(value) for part in parts)
    return Decimal, _maybe_not(whole, tests.negated)


def _maybe_not(holds: Holds, negated: bool) -> Holds:
    return (lambda value: not holds(value)) if negated else holds


def _number(test: n.Test) -> Holds | None:
    if isinstance(test, n.CompareTest) and isinstance(test.operand, n.Number):
        return _compared(_SIGNS[test.sign], test.operand.value)
    if not isinstance(test, n.ExpressionTest):
        return None
    if isinstance(test.expression, n.Number):
        return test.expression.value.__eq__
    if isinstance(test.expression, n.Interval):
        return _between(test.expression)
    return None


def _compared(sign: Callable[[Any, Any], bool], bound: Decimal) -> Holds:
    return lambda value: sign(value, bound)


def _between(extent: n.Interval) -> Holds | None:
    if not (isinstance(extent.low, n.Number) and isinstance(extent.high, n.Number)):
        return None
    low, high = extent.low.value, extent.high.value
    if low > high:
        return None
    if extent.low_closed and extent.high_closed:
        return lambda value: low <= value <= high
    above, below = (
        (operator.ge if extent.low_closed else operator.gt),
        (operator.le if extent.high_closed else operator.lt),
    )
    return lambda value: above(value, low) and below(value, high)
