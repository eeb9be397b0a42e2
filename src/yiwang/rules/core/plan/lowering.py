"""From a FEEL expression to an Ibis expression that gives the same value on every row, or a reason why there is none.

Where SQL and FEEL part (`docs`: measurements of the rules engine): `=` with null is true or false, never null; numbers are DECIMAL of a
width that cannot overflow; nothing is compared or added across types; `if` takes null for false; dates stay dates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare
from yiwang.rules.core.feel.values import DateTime, Range, Value
from yiwang.rules.core.plan import dates, exact
from yiwang.rules.core.plan.loweredcalls import FUNCTIONS, any_of
from yiwang.rules.core.plan.names import INPUT, dotted, reads
from yiwang.rules.core.plan.typed import (
    Typed,
    Unlowerable,
    added,
    aligned,
    as_type,
    constant,
    multiplied,
    plain,
    reciprocal,
    unified,
)

# Writing SQL recurses: what nests deeper is taken by distinct values.
_LEVELS = 60
_ORDERED = ("number", "string", "date", "months", "span")


@dataclass(frozen=True)
class Setting:
    """What an expression may read: columns by FEEL name (`?` in a cell), parameters by name, and the moment."""

    columns: Mapping[str, Typed]
    parameters: Mapping[str, Value]
    now: DateTime

    def value(self, node: n.Node) -> Value:
        """The value of an expression that reads no column."""
        return prepare(node).value(Scope(dict(self.parameters)), Run(self.now))

    def fixed(self, node: object) -> bool:
        """Whether an expression reads no column."""
        return not reads(node, self.columns)

    def with_input(self, value: Typed) -> Setting:
        return Setting({**self.columns, INPUT: value}, self.parameters, self.now)


def lower(node: n.Node, setting: Setting) -> Typed:
    """Raises Unlowerable."""
    if setting.fixed(node):
        return constant(setting.value(node))
    maker = _MAKERS.get(type(node))
    if maker is None:
        raise Unlowerable(
            f"“{type(node).__name__}”没有等价的列运算。", f"There is no equal of {type(node).__name__} over columns."
        )
    return maker(node, setting)


def lower_tests(tests: n.UnaryTests, value: Typed, setting: Setting) -> Any:
    """The Ibis boolean, three-valued, of whether the value passes a cell. Raises Unlowerable."""
    inside = setting.with_input(value)
    found = any_of([_test(test, value, inside) for test in tests.tests])
    shallow(found)
    return ~found if tests.negated else found


def compared(sign: str, left: Typed, right: Typed) -> Any:
    """An Ibis boolean. Raises Unlowerable for values of two kinds."""
    if "null" in (left.kind, right.kind):
        return _with_null(sign, left, right)
    if left.kind != right.kind:
        raise Unlowerable("两边类型不同，不能比较。", "The two sides are of different types and cannot be compared.")
    if left.kind == "strings" or (sign not in ("=", "!=") and left.kind not in _ORDERED):
        raise Unlowerable("这种类型没有大小。", "Values of this type have no order.")
    if left.kind == "number":
        (one, other), _, _ = aligned(left, right)
    else:
        one, other = plain(left), plain(right)
    if sign == "=":
        return one.identical_to(other)
    if sign == "!=":
        return ~one.identical_to(other)
    return _SIGNS[sign](one, other)


_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def _with_null(sign: str, left: Typed, right: Typed) -> Any:
    other = right if left.kind == "null" else left
    if sign not in ("=", "!="):
        return ibis.null().cast("boolean")
    same = ibis.literal(True) if other.kind == "null" else plain(other).isnull()
    return same if sign == "=" else ~same


def shallow(expression: Any) -> None:
    """Raises Unlowerable when the SQL would nest deeper than it can be written."""
    levels: dict[Any, int] = {}
    waiting = [(expression.op(), False)]
    while waiting:
        node, ready = waiting.pop()
        if node in levels:
            continue
        if ready:
            levels[node] = 1 + max((levels[child] for child in node.__children__), default=0)
            continue
        waiting.append((node, True))
        waiting.extend((child, False) for child in node.__children__)
    if max(levels.values()) > _LEVELS:
        raise Unlowerable("表达式嵌套过深，写不成一条查询。", "The expression nests too deep for one query.")


def truth(one: Typed) -> Any:
    if one.kind == "null":
        return ibis.null().cast("boolean")
    if one.kind != "boolean":
        raise Unlowerable("这里应为真假。", "True or false is expected here.")
    return plain(one)


# Cells ------------------------------------------------------------------------------------------------------------------


def _test(test: n.Test, value: Typed, setting: Setting) -> Any:
    if isinstance(test, n.AnyTest):
        return ibis.literal(True)
    if isinstance(test, n.CompareTest):
        return compared(test.sign, value, lower(test.operand, setting))
    assert isinstance(test, n.ExpressionTest)
    if reads(test.expression, (INPUT,)):
        return truth(lower(test.expression, setting))
    return _lies_in(value, test.expression, setting)


def _lies_in(value: Typed, node: n.Node, setting: Setting) -> Any:
    if setting.fixed(node):
        return _lies_in_value(value, setting.value(node))
    if isinstance(node, n.Interval) and node.low is not None and node.high is not None:
        low, high = lower(node.low, setting), lower(node.high, setting)
        above = compared(">=" if node.low_closed else ">", value, low)
        below = compared("<=" if node.high_closed else "<", value, high)
        # the wrong way round it is null, and only null equals that; with a null end nothing is known of it
        return ibis.cases(
            (compared(">", low, high), compared("=", value, constant(None))), (compared("<=", low, high), above & below)
        )
    if isinstance(node, n.UnaryRange):
        operand = lower(node.operand, setting)
        missing = plain(operand).isnull()
        return ibis.cases((missing, compared("=", value, constant(None))), else_=compared(node.sign, value, operand))
    if isinstance(node, n.List) and node.items:
        return any_of([_lies_in(value, item, setting) for item in node.items])
    found = lower(node, setting)
    if found.kind == "strings" or value.kind == "strings":
        raise Unlowerable(
            "列表之间的包含关系按不同取值计算。", "Whether a value lies in a list column is taken by distinct values."
        )
    return compared("=", value, found)


def _lies_in_value(value: Typed, extent: Value) -> Any:
    if isinstance(extent, list):
        if not extent or value.kind == "strings":
            raise Unlowerable("空列表，或列表之间的比较。", "An empty list, or a comparison of lists.")
        return any_of([_lies_in_value(value, item) for item in extent])
    if isinstance(extent, Range):
        if extent.sign in ("=", "!="):
            return compared(extent.sign, value, constant(extent.low))
        if not extent.sign and (extent.low is None or extent.high is None):
            raise Unlowerable("区间的一端为空。", "An end of the range is null.")
        sides = []
        if extent.low is not None:
            sides.append(compared(">=" if extent.low_closed else ">", value, constant(extent.low)))
        if extent.high is not None:
            sides.append(compared("<=" if extent.high_closed else "<", value, constant(extent.high)))
        return sides[0] if len(sides) == 1 else sides[0] & sides[1]
    return compared("=", value, constant(extent))


# Nodes ------------------------------------------------------------------------------------------------------------------


def _named(node: n.Node, setting: Setting) -> Typed:
    path = dotted(node)
    if path is not None and path in setting.columns:
        return setting.columns[path]
    if isinstance(node, n.Path):
        return dates.member(lower(node.target, setting), node.name)
    raise Unlowerable(f"名称“{path}”不是列。", f"The name {path} is no column.")


def _arithmetic(node: n.Arithmetic, setting: Setting) -> Typed:
    left, right = lower(node.left, setting), lower(node.right, setting)
    if "null" in (left.kind, right.kind):
        raise Unlowerable("运算中有空值。", "One side of the operation is null.")
    if left.kind == right.kind == "string" and node.sign == "+":
        return Typed("string", plain(left) + plain(right))
    if left.kind == right.kind == "number":
        return _numeric(node.sign, left, right)
    return dates.calculated(node.sign, left, right)


def _numeric(sign: str, left: Typed, right: Typed) -> Typed:
    if sign in "+-":
        return added(left, right, sign)
    if sign == "*":
        return multiplied(left, right)
    if sign == "/" and right.constant:
        inverse = reciprocal(right.value)  # type: ignore[arg-type]
        if inverse is not None:
            return multiplied(left, constant(inverse))
    if sign == "/":
        raise Unlowerable(
            "除法的结果可能除不尽；请放进 decimal()、floor() 等舍入函数。",
            "A quotient may not end; put it into decimal(), floor() or another rounding function.",
        )
    raise Unlowerable("乘方按不同取值计算。", "Powers are taken by distinct values.")


def _negate(node: n.Negate, setting: Setting) -> Typed:
    one = lower(node.operand, setting)
    if one.kind == "number":
        return added(constant(exact.ZERO), one, "-")
    if one.kind in ("months", "span"):
        return Typed(one.kind, -plain(one))
    raise Unlowerable("只有数字和时长可以取负。", "Only numbers and durations can be negated.")


def _comparison(node: n.Comparison, setting: Setting) -> Typed:
    return Typed("boolean", compared(node.sign, lower(node.left, setting), lower(node.right, setting)))


def _logic(node: n.Logic, setting: Setting) -> Typed:
    left, right = truth(lower(node.left, setting)), truth(lower(node.right, setting))
    return Typed("boolean", left & right if node.word == "and" else left | right)


def _between(node: n.Between, setting: Setting) -> Typed:
    value, low, high = (lower(each, setting) for each in (node.value, node.low, node.high))
    return Typed("boolean", compared(">=", value, low) & compared("<=", value, high))


def _in(node: n.In, setting: Setting) -> Typed:
    value = lower(node.value, setting)
    inside = setting.with_input(value)
    return Typed("boolean", any_of([_test(test, value, inside) for test in node.tests]))


def _if(node: n.If, setting: Setting) -> Typed:
    condition = truth(lower(node.condition, setting))
    then, otherwise = lower(node.then, setting), lower(node.otherwise, setting)
    kind = unified([then, otherwise])
    if kind.kind == "null":
        return constant(None)
    chosen = ibis.cases((condition, as_type(then, kind)), else_=as_type(otherwise, kind))
    return Typed(kind.kind, chosen, kind.top, kind.places)


def _call(node: n.Call, setting: Setting) -> Typed:
    name = node.function.name if isinstance(node.function, n.Name) else None
    if name is None or node.names or name in setting.parameters:
        raise Unlowerable(
            "只有内置函数的按位置调用才有等价的列运算。", "Only built-ins called by position are lowered."
        )
    if name in exact.ROUNDINGS and node.arguments:
        return _rounded(name, node, setting)
    function = FUNCTIONS.get(name)
    if function is None:
        raise Unlowerable(f"函数 {name} 按不同取值计算。", f"The function {name} is taken by distinct values.")
    arguments = node.arguments
    if name in ("min", "max", "sum") and len(arguments) == 1 and isinstance(arguments[0], n.List):
        arguments = arguments[0].items
    return function([lower(each, setting) for each in arguments])


def _rounded(name: str, node: n.Call, setting: Setting) -> Typed:
    if len(node.arguments) > 2 or not all(setting.fixed(each) for each in node.arguments[1:]):
        raise Unlowerable("小数位数不是常量。", "The scale is no constant.")
    scale = setting.value(node.arguments[1]) if len(node.arguments) == 2 else exact.ZERO
    what = node.arguments[0]
    if isinstance(what, n.Arithmetic) and what.sign == "/":
        top, bottom = lower(what.left, setting), lower(what.right, setting)
        return exact.rounded_quotient(name, top, bottom, scale)
    return exact.rounded(name, lower(what, setting), scale)


_MAKERS: dict[type[n.Node], Callable[[Any, Setting], Typed]] = {
    n.Name: _named,
    n.Path: _named,
    n.Arithmetic: _arithmetic,
    n.Negate: _negate,
    n.Comparison: _comparison,
    n.Logic: _logic,
    n.Between: _between,
    n.In: _in,
    n.If: _if,
    n.Call: _call,
}
