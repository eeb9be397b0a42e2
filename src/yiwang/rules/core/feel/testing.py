"""Unary tests: whether an input value passes a cell, and `in` (DMN 1.5, 10.3.2.12, 7.3)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.comparing import equal, order
from yiwang.rules.core.feel.depth import children
from yiwang.rules.core.feel.operators import both, compare, either, opposite
from yiwang.rules.core.feel.running import MAKERS, Closure, Making, Run, Scope
from yiwang.rules.core.feel.values import Range, Value

INPUT = "?"
Passing = Callable[[Any, Scope, Run], bool | None]


def includes(extent: Range, value: Value) -> bool | None:
    """Whether a value lies in a range; None for null, for another type, and for a range with a null end."""
    if extent.sign in ("=", "!="):
        return compare(extent.sign, value, extent.low)
    if not extent.sign and (extent.low is None or extent.high is None):
        return None
    above: bool | None = True
    below: bool | None = True
    if extent.low is not None:
        found = order(extent.low, value)
        above = None if found is None else found < 0 or (found == 0 and extent.low_closed)
    if extent.high is not None:
        found = order(value, extent.high)
        below = None if found is None else found < 0 or (found == 0 and extent.high_closed)
    return both(above, below)


def lies_in(value: Value, extent: Value) -> bool | None:
    """`value in extent` for one extent: a range, a list of values and ranges, or a value to equal."""
    if isinstance(extent, Range):
        return True if isinstance(value, Range) and equal(value, extent) is True else includes(extent, value)
    if isinstance(extent, list):
        if isinstance(value, list) and equal(value, extent) is True:
            return True
        # Membership is true or false: an item of another type is simply not the value.
        ranges_hold = not isinstance(value, Range)
        return any(
            (includes(item, value) if ranges_hold and isinstance(item, Range) else equal(value, item)) is True
            for item in extent
        )
    return equal(value, extent)


def _uses_input(node: object) -> bool:
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, n.Name) and item.name == INPUT:
            return True
        waiting.extend(children(item))
    return False


def _passing(test: n.Test, making: Making) -> Passing:
    if isinstance(test, n.AnyTest):
        return lambda value, scope, run: True
    if isinstance(test, n.CompareTest):
        return _compare_test(test, making)
    assert isinstance(test, n.ExpressionTest)
    expression = MAKERS.make(test.expression, making)
    if _uses_input(test.expression):
        return _condition(expression)
    constant = _constant_of(test.expression)
    if constant is not None:
        return _equals(constant)

    def run_it(value: Any, scope: Scope, run: Run) -> bool | None:
        extent = expression(scope, run)
        if isinstance(extent, (list, dict)) or (isinstance(extent, Range) and extent.sign in ("=", "!=")):
            run.weigh(extent)
        return lies_in(value, extent)

    return run_it


def _constant_of(node: n.Node) -> Decimal | str | None:
    return node.value if isinstance(node, (n.Number, n.String)) else None


def _equals(wanted: Decimal | str) -> Passing:
    same_type = type(wanted)

    def run_it(value: Any, scope: Scope, run: Run) -> bool | None:
        if type(value) is same_type:
            return bool(value == wanted)
        return equal(value, wanted)

    return run_it


def _condition(expression: Closure) -> Passing:
    """A test over `?`: its own truth; any other result is compared as a value is."""

    def run_it(value: Any, scope: Scope, run: Run) -> bool | None:
        found = expression(Scope({INPUT: value}, scope), run)
        if found is None or isinstance(found, bool):
            return found
        return lies_in(value, found)

    return run_it


def _compare_test(test: n.CompareTest, making: Making) -> Passing:
    operand, sign = MAKERS.make(test.operand, making), test.sign

    def run_it(value: Any, scope: Scope, run: Run) -> bool | None:
        if isinstance(value, (list, dict)):
            run.weigh(value)
        return compare(sign, value, operand(Scope({INPUT: value}, scope) if uses_input else scope, run))

    uses_input = _uses_input(test.operand)
    return run_it


def passing(tests: tuple[n.Test, ...], making: Making, negated: bool = False) -> Passing:
    """One function for all tests of a cell: three-valued `or`, then `not` where negated."""
    made = [_passing(test, making) for test in tests]
    if len(made) == 1 and not negated:
        return made[0]

    def run_it(value: Any, scope: Scope, run: Run) -> bool | None:
        answer: bool | None = False
        for test in made:
            answer = either(answer, test(value, scope, run))
            if answer is True:
                break
        return opposite(answer) if negated else answer

    return run_it


@MAKERS.register(n.In)
def in_(node: n.In, making: Making) -> Closure:
    value, tests = MAKERS.make(node.value, making), passing(node.tests, making)
    return lambda scope, run: tests(value(scope, run), scope, run)
