"""Conditions that are true or false, never null, of inputs that are not empty and of their declared type."""

from __future__ import annotations

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare
from yiwang.rules.core.feel.values import Date, DateTime, Time

_TOTAL = frozenset(
    {
        "starts with", "ends with", "contains", "string length", "upper case", "lower case", "abs", "floor", "ceiling", "even", "odd",
        "count", "list contains", "not",
    }
)  # fmt: skip
_SOME_DAY = DateTime(Date(2000, 1, 1), Time(12, 0, 0))
_PLAIN = (n.Name, n.Boolean, n.Number, n.String, n.Temporal)


def total(node: n.Node) -> bool:
    """Whether the outcome is known to be no null; False where that is not known."""
    if isinstance(node, n.UnaryTests):
        return all(total(test) for test in node.tests)
    if isinstance(node, n.CompareTest):
        return total(node.operand)
    if isinstance(node, n.ExpressionTest):
        return total(node.expression)
    if isinstance(node, _PLAIN):
        return True
    if isinstance(node, (n.Comparison, n.Logic)):
        return total(node.left) and total(node.right)
    if isinstance(node, n.Negate):
        return total(node.operand)
    if isinstance(node, n.Arithmetic):
        return node.sign in ("+", "-", "*") and total(node.left) and total(node.right)
    if isinstance(node, n.List):
        return all(total(item) for item in node.items)
    if isinstance(node, n.Call) and isinstance(node.function, n.Name) and node.function.name == "matches":
        return len(node.arguments) == 2 and total(node.arguments[0]) and _is_pattern(node.arguments[1])
    if isinstance(node, n.Call):
        known = isinstance(node.function, n.Name) and node.function.name in _TOTAL and not node.names
        return known and all(total(argument) for argument in node.arguments)
    return False


def _is_pattern(node: n.Node) -> bool:
    """Whether a text written out is a pattern at all: then it tells every text yes or no."""
    if not isinstance(node, n.String):
        return False
    tried = n.Call(0, n.Name(0, "matches"), (n.String(0, ""), node))
    return prepare(tried).value(Scope({}), Run(_SOME_DAY)) is not None
