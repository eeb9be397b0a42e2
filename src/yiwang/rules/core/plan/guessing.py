"""What kind of column an expression fills that is taken by distinct values: its declared type, else what its outermost form always gives."""

from __future__ import annotations

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.types import Type
from yiwang.rules.core.feel.writing import write
from yiwang.rules.core.plan.columns import Column, Kind
from yiwang.rules.core.plan.entering import kind_named
from yiwang.rules.core.plan.exact import ROUNDINGS
from yiwang.rules.core.plan.refusal import PlanRefused

# A number that is taken by distinct values: a value that does not fit is refused when it is met.
_DIGITS, _PLACES = 28, 12

_FUNCTIONS: dict[str, Kind] = {
    **dict.fromkeys((*ROUNDINGS, "modulo", "sqrt", "log", "exp", "number", "count", "sum", "mean", "median", "string length",
                     "day of year", "week of year", "product", "stddev"), "number"),
    **dict.fromkeys(("string", "substring", "upper case", "lower case", "replace", "substring before", "substring after",
                     "string join", "day of week", "month of year"), "string"),
    **dict.fromkeys(("not", "contains", "starts with", "ends with", "matches", "list contains", "all", "any", "even", "odd"), "boolean"),
    "date": "date",
    "years and months duration": "months",
    "split": "strings",
}  # fmt: skip


def valued_column(name: str, node: n.Node, wanted: Type | None) -> Column:
    """Raises PlanRefused when neither type nor form says what it is."""
    kind = (kind_named(wanted) if wanted is not None else None) or _kind(node)
    if kind is None:
        text = write(node)
        raise PlanRefused(
            zh=f"不知道“{text}”的结果是什么类型；请为它写上 typeRef。",
            en=f"It is not known of what type {text} is; give it a typeRef.",
        )
    return Column(name, kind, _DIGITS, _places(node)) if kind == "number" else Column(name, kind)


def _kind(node: n.Node) -> Kind | None:
    if isinstance(node, (n.Comparison, n.Logic, n.Between, n.In, n.InstanceOf, n.Quantified, n.Boolean)):
        return "boolean"
    if isinstance(node, n.Call) and isinstance(node.function, n.Name):
        return _FUNCTIONS.get(node.function.name)
    if isinstance(node, n.If):
        return _kind(node.then) or _kind(node.otherwise)
    if isinstance(node, n.Arithmetic):
        left, right = _kind(node.left), _kind(node.right)
        return left if left == right or node.sign != "+" else left or right
    if isinstance(node, n.Number):
        return "number"
    if isinstance(node, n.String):
        return "string"
    if isinstance(node, n.Negate):
        return _kind(node.operand)
    return None


def _places(node: n.Node) -> int:
    if isinstance(node, n.Call) and isinstance(node.function, n.Name) and node.function.name in ROUNDINGS:
        if len(node.arguments) == 1:
            return 0
        scale = node.arguments[1]
        if isinstance(scale, n.Number) and 0 <= scale.value <= _PLACES and scale.value == int(scale.value):
            return int(scale.value)
    if (
        isinstance(node, n.Call)
        and isinstance(node.function, n.Name)
        and node.function.name in ("count", "string length")
    ):
        return 0
    return _PLACES
