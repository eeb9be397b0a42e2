"""Literals, names, paths, lists, contexts and ranges as closures (DMN 1.5, 10.3.2.5–10.3.2.8)."""

from __future__ import annotations

from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel import temporal
from yiwang.rules.core.feel.calls import builtin_function
from yiwang.rules.core.feel.comparing import kind, order
from yiwang.rules.core.feel.running import MAKERS, Closure, Making, Run, Scope
from yiwang.rules.core.feel.values import NoValue, Range, Value


def _constant(value: Value) -> Closure:
    return lambda scope, run: value


@MAKERS.register(n.Null)
def null(node: n.Null, making: Making) -> Closure:
    return _constant(None)


@MAKERS.register(n.Boolean)
def boolean(node: n.Boolean, making: Making) -> Closure:
    return _constant(node.value)


@MAKERS.register(n.Number)
def number(node: n.Number, making: Making) -> Closure:
    return _constant(node.value)


@MAKERS.register(n.String)
def string(node: n.String, making: Making) -> Closure:
    return _constant(node.value)


@MAKERS.register(n.Temporal)
def moment(node: n.Temporal, making: Making) -> Closure:
    value = temporal.temporal_read(node.text)
    if value is not None:
        return _constant(value)
    at, text = node.at, node.text

    def run_it(scope: Scope, run: Run) -> Value:
        return run.note(f"“{text}”不是日期、时间或时长。", f"“{text}” is no date, time or duration.", at)

    return run_it


@MAKERS.register(n.Name)
def name(node: n.Name, making: Making) -> Closure:
    wanted, at = node.name, node.at
    making.made[wanted] += 1
    built_in = builtin_function(wanted)

    def run_it(scope: Scope, run: Run) -> Value:
        here: Scope | None = scope
        while here is not None:
            if wanted in here.values:
                return here.values[wanted]  # type: ignore[no-any-return]
            here = here.parent
        if built_in is not None:
            return built_in
        return run.note(f"没有名为“{wanted}”的变量。", f"There is no variable “{wanted}”.", at)

    return run_it


@MAKERS.register(n.List)
def list_(node: n.List, making: Making) -> Closure:
    items = [MAKERS.make(item, making) for item in node.items]
    return lambda scope, run: [item(scope, run) for item in items]


@MAKERS.register(n.Context)
def context(node: n.Context, making: Making) -> Closure:
    entries = [(key, MAKERS.make(value, making)) for key, value in node.entries]

    def run_it(scope: Scope, run: Run) -> Value:
        found: dict[str, Any] = {}
        inner = Scope(found, scope)
        for key, value in entries:
            found[key] = value(inner, run)
        return found

    return run_it


# Paths ------------------------------------------------------------------------------------------------------------------


def member(value: Value, wanted: str) -> Value:
    """`value.wanted`. Raises NoValue where there is none."""
    if isinstance(value, dict):
        if wanted in value:
            return value[wanted]  # type: ignore[no-any-return]
        raise NoValue(f"其中没有“{wanted}”。", f"It has no member “{wanted}”.")
    if isinstance(value, list):
        return [item.get(wanted) if isinstance(item, dict) else _member_or_null(item, wanted) for item in value]
    if isinstance(value, Range):
        return _range_member(value, wanted)
    if value is None:
        raise NoValue(f"空值没有“{wanted}”。", f"null has no member “{wanted}”.")
    return temporal.member(value, wanted)


def _member_or_null(value: Value, wanted: str) -> Value:
    try:
        return member(value, wanted)
    except NoValue:
        # A list of contexts gives one entry per item; the item without the member gives null there.
        return None


def _range_member(value: Range, wanted: str) -> Value:
    if wanted == "start":
        return value.low
    if wanted == "end":
        return value.high
    if wanted == "start included":
        return value.low_closed
    if wanted == "end included":
        return value.high_closed
    raise NoValue(f"区间没有“{wanted}”。", f"A range has no member “{wanted}”.")


@MAKERS.register(n.Path)
def path(node: n.Path, making: Making) -> Closure:
    target, wanted, at = MAKERS.make(node.target, making), node.name, node.at

    def run_it(scope: Scope, run: Run) -> Value:
        value = target(scope, run)
        if isinstance(value, list):
            run.weigh(value)
        try:
            return member(value, wanted)
        except NoValue as why:
            return run.refuse(why, at)

    return run_it


# Ranges -----------------------------------------------------------------------------------------------------------------


def range_of(low: Value, high: Value, low_closed: bool, high_closed: bool) -> Range:
    """A range from its ends. Raises NoValue when they cannot bound one."""
    for end in (low, high):
        if end is not None and order(end, end) is None:
            raise NoValue(f"{kind(end)} 不能作区间的端点。", f"A {kind(end)} cannot bound a range.")
    if low is not None and high is not None:
        found = order(low, high)
        if found is None:
            raise NoValue("区间两端的类型不同。", "The ends of the range are of different types.")
        if found > 0:
            raise NoValue("区间的起点大于终点。", "The range starts after its end.")
    return Range(low, high, low_closed, high_closed)


def _fixed(node: n.Node) -> Value:
    """The value of a literal; None for anything else, and for a literal that has none."""
    if isinstance(node, (n.Number, n.String)):
        return node.value
    return temporal.temporal_read(node.text) if isinstance(node, n.Temporal) else None


@MAKERS.register(n.Interval)
def interval(node: n.Interval, making: Making) -> Closure:
    low, high, at = MAKERS.make(node.low, making), MAKERS.make(node.high, making), node.at
    low_closed, high_closed = node.low_closed, node.high_closed

    def run_it(scope: Scope, run: Run) -> Value:
        try:
            return range_of(low(scope, run), high(scope, run), low_closed, high_closed)
        except NoValue as why:
            return run.refuse(why, at)

    low_value, high_value = _fixed(node.low), _fixed(node.high)
    if low_value is None or high_value is None or order(low_value, high_value) not in (-1, 0):
        return run_it
    return _constant(Range(low_value, high_value, low_closed, high_closed))


def unary_range_of(sign: str, value: Value) -> Range:
    """`(< value)` and its like. Raises NoValue for null."""
    if value is None:
        raise NoValue("空值不能作区间的端点。", "null cannot bound a range.")
    if sign in ("=", "!="):
        return Range(value, value, sign == "=", sign == "=", sign)
    if order(value, value) is None:
        raise NoValue(f"{kind(value)} 不能作区间的端点。", f"A {kind(value)} cannot bound a range.")
    if sign in ("<", "<="):
        return Range(None, value, False, sign == "<=", sign)
    return Range(value, None, sign == ">=", False, sign)


@MAKERS.register(n.UnaryRange)
def unary_range(node: n.UnaryRange, making: Making) -> Closure:
    operand, sign, at = MAKERS.make(node.operand, making), node.sign, node.at

    def run_it(scope: Scope, run: Run) -> Value:
        try:
            return unary_range_of(sign, operand(scope, run))
        except NoValue as why:
            return run.refuse(why, at)

    return run_it
