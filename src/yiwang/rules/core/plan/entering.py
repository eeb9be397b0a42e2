"""How a value enters a typed place (DMN 1.5, 10.3.2.9.4): by the interpreter for one value, and as an Ibis expression for a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import ibis

from yiwang.rules.core.dmn.typing import entered
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.interpreter import Run
from yiwang.rules.core.feel.types import Constrained, ListOf, Type
from yiwang.rules.core.feel.values import Range, Value
from yiwang.rules.core.plan.columns import FEEL_KINDS, Kind
from yiwang.rules.core.plan.lowering import Setting, lower_tests, shallow
from yiwang.rules.core.plan.typed import Typed, Unlowerable, as_type

_PLACE = ("值", "value")


def enter(value: Value, types: Sequence[Type], run: Run) -> Value:
    """The value after it has entered each place in turn."""
    for wanted in types:
        if wanted.name != "Any":
            value = entered(value, wanted, run, _PLACE)
    return value


def kind_named(wanted: Type) -> Kind | None:
    """The kind of column a type asks for; None when it asks for none or for what no column holds."""
    if isinstance(wanted, Constrained):
        return kind_named(wanted.base)
    if isinstance(wanted, ListOf):
        return "strings" if kind_named(wanted.item) == "string" else None
    return FEEL_KINDS.get(wanted.name)


def narrowings(wanted: Type) -> list[n.UnaryTests] | None:
    """The tests of allowed values a type holds; None when they cannot be read off it."""
    found: list[n.UnaryTests] = []
    while isinstance(wanted, Constrained):
        tests = getattr(wanted.holds, "tests", None)
        if tests is None:
            return None
        found.append(tests.node)
        wanted = wanted.base
    if isinstance(wanted, ListOf) and isinstance(wanted.item, Constrained):
        return None
    return found


def lower_entry(one: Typed, types: Sequence[Type], setting: Setting) -> Typed:
    """The column as it enters the places: what is not allowed there is null. Raises Unlowerable."""
    for wanted in types:
        if wanted.name == "Any" or one.kind == "null":
            continue
        if kind_named(wanted) != one.kind:
            raise Unlowerable(f"列不是 {wanted.name} 类型。", f"The column is no {wanted.name}.")
        tests = narrowings(wanted)
        if tests is None:
            raise Unlowerable("类型的允许值无法读出。", "The allowed values of the type cannot be read.")
        for test in tests:
            bound = _bound(test, setting)
            one = _where(one, lower_tests(_telling(test), one, setting))
            if one.kind == "number" and bound is not None:
                # what stays is known to be small: narrower types are several times faster
                one = replace(one, top=min(one.top, int(bound.scaleb(one.places))))
    if not one.constant:
        shallow(one.expression)
    return one


def _telling(tests: n.UnaryTests) -> n.UnaryTests:
    """Without the test for null: null stays null whether it is allowed or not."""
    if tests.negated:
        return tests
    others = tuple(
        one for one in tests.tests if not isinstance(one, n.ExpressionTest) or not isinstance(one.expression, n.Null)
    )
    return replace(tests, tests=others) if others else tests


def _bound(tests: n.UnaryTests, setting: Setting) -> Decimal | None:
    """The largest size a number can have that passes; None when nothing bounds it."""
    largest = Decimal(0)
    for test in tests.tests:
        if tests.negated or not isinstance(test, n.ExpressionTest) or not setting.fixed(test.expression):
            return None
        value = setting.value(test.expression)
        ends = [value.low, value.high] if isinstance(value, Range) and value.sign != "!=" else [value]
        for end in ends:
            if end is None and len(ends) == 1:
                continue
            if not isinstance(end, Decimal):
                return None
            largest = max(largest, abs(end))
    return largest


def _where(one: Typed, condition: Any) -> Typed:
    return Typed(one.kind, ibis.cases((condition, as_type(one, one))), one.top, one.places)
