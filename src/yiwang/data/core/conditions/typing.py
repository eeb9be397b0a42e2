"""The kind of value a condition gives, found without running it, and what can be seen to be wrong: with the place.

A kind is FEEL's name of a type, or "any" where it depends on values. Operators are tried on a sample of each kind, so that what is
said here and what the interpreter does cannot part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from yiwang.data.core.conditions.calls import builtin_kind
from yiwang.data.core.conditions.errors import ConditionWrong
from yiwang.data.core.conditions.functions import QUALITY_FUNCTIONS
from yiwang.kernel.core.closest import closest_hint
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel import temporal
from yiwang.rules.core.feel.builtins.registry import BUILTINS
from yiwang.rules.core.feel.comparing import kind
from yiwang.rules.core.feel.operators import calculate, compare
from yiwang.rules.core.feel.structures import member
from yiwang.rules.core.feel.values import Date, DateTime, MonthsDuration, NoValue, Range, Time, TimeDuration, Value

ANY = "any"
SAMPLES: dict[str, Value] = {
    "null": None,
    "boolean": True,
    "number": Decimal(2),
    "string": "a",
    "date": Date(2020, 1, 1),
    "time": Time(12, 0, 0),
    "date and time": DateTime(Date(2020, 1, 1), Time(12, 0, 0)),
    "years and months duration": MonthsDuration(2),
    "days and time duration": TimeDuration(2),
    "list": [],
    "context": {},
    "range": Range(Decimal(1), Decimal(2), True, True),
}


@dataclass(frozen=True)
class Known:
    """Kinds by name. `open` where members of unknown contexts may be named too (inside a filter)."""

    names: Mapping[str, str]
    open: bool = False

    def having(self, names: Mapping[str, str]) -> Known:
        return replace(self, names={**self.names, **names})


def kind_found(node: n.Node, known: Known) -> str:
    """Raises ConditionWrong at the first thing that cannot be."""
    return _FINDERS[type(node)](node, known)


def _wrong(node: n.Node, zh: str, en: str) -> ConditionWrong:
    return ConditionWrong(zh, en, node.at)


# Names and structures ---------------------------------------------------------------------------------------------------


def _name(node: n.Name, known: Known) -> str:
    if node.name in known.names:
        return known.names[node.name]
    if node.name in BUILTINS or node.name in QUALITY_FUNCTIONS:
        return "function"
    if known.open:
        return ANY
    hint_zh, hint_en = closest_hint(node.name, known.names)
    raise _wrong(
        node,
        f"没有信息项“{node.name}”。{hint_zh}",
        f"There is no field “{node.name}”.{' ' + hint_en if hint_en else ''}",
    )


def _moment(node: n.Temporal, known: Known) -> str:
    found = temporal.temporal_read(node.text)
    if found is None:
        raise _wrong(node, f"“{node.text}”不是日期、时间或时长。", f"“{node.text}” is no date, time or duration.")
    return kind(found)


def _path(node: n.Path, known: Known) -> str:
    target = kind_found(node.target, known)
    if target in (ANY, "context", "list"):
        return ANY
    try:
        return kind(member(SAMPLES[target], node.name)) if target in SAMPLES else ANY
    except NoValue as why:
        raise _wrong(node, why.zh, why.en) from why


def _list(node: n.List, known: Known) -> str:
    for item in node.items:
        kind_found(item, known)
    return "list"


def _context(node: n.Context, known: Known) -> str:
    for key, value in node.entries:
        known = known.having({key: kind_found(value, known)})
    return "context"


def _interval(node: n.Interval, known: Known) -> str:
    _compared(node, "<=", kind_found(node.low, known), kind_found(node.high, known))
    return "range"


def _unary_range(node: n.UnaryRange, known: Known) -> str:
    kind_found(node.operand, known)
    return "range"


def _function(node: n.FunctionLiteral, known: Known) -> str:
    kind_found(node.body, known.having({each.name: ANY for each in node.parameters}))
    return "function"


# Operators --------------------------------------------------------------------------------------------------------------


def _negate(node: n.Negate, known: Known) -> str:
    found = kind_found(node.operand, known)
    if found not in (ANY, "number", "years and months duration", "days and time duration"):
        raise _wrong(node, f"{found} 不能取负。", f"A {found} cannot be negated.")
    return found


def _arithmetic(node: n.Arithmetic, known: Known) -> str:
    left, right = kind_found(node.left, known), kind_found(node.right, known)
    if ANY in (left, right):
        return ANY
    if not {left, right} <= SAMPLES.keys():
        raise _wrong(node, "函数不能参与运算。", "A function cannot be calculated with.")
    try:
        return kind(calculate(node.sign, SAMPLES[left], SAMPLES[right]))
    except NoValue as why:
        raise _wrong(node, why.zh, why.en) from why


def _compared(node: n.Node, sign: str, left: str, right: str) -> None:
    if ANY in (left, right):
        return
    known = {left, right} <= SAMPLES.keys()
    if not known or compare(sign, SAMPLES[left], SAMPLES[right]) is None:
        raise _wrong(node, f"{left} 与 {right} 不能比较。", f"{left} and {right} cannot be compared.")


def _comparison(node: n.Comparison, known: Known) -> str:
    _compared(node, node.sign, kind_found(node.left, known), kind_found(node.right, known))
    return "boolean"


def _truth(node: n.Node, known: Known) -> None:
    found = kind_found(node, known)
    if found not in (ANY, "boolean"):
        raise _wrong(node, f"此处应为真假，而不是 {found}。", f"True or false is expected here, not a {found}.")


def _logic(node: n.Logic, known: Known) -> str:
    _truth(node.left, known)
    _truth(node.right, known)
    return "boolean"


def _between(node: n.Between, known: Known) -> str:
    value = kind_found(node.value, known)
    _compared(node, ">=", value, kind_found(node.low, known))
    _compared(node, "<=", value, kind_found(node.high, known))
    return "boolean"


def _in(node: n.In, known: Known) -> str:
    value = kind_found(node.value, known)
    inside = known.having({"?": value})
    for test in node.tests:
        if isinstance(test, n.CompareTest):
            _compared(test, test.sign, value, kind_found(test.operand, inside))
        elif isinstance(test, n.ExpressionTest):
            _lies_in(value, test.expression, inside)
    return "boolean"


def _lies_in(value: str, node: n.Node, known: Known) -> None:
    found = kind_found(node, known)
    if isinstance(node, n.Interval):
        _compared(node, ">=", value, kind_found(node.low, known))
    elif isinstance(node, n.UnaryRange):
        _compared(node, node.sign, value, kind_found(node.operand, known))
    elif isinstance(node, n.List):
        for item in node.items:
            _lies_in(value, item, known)
    elif found not in (ANY, "list", "range", "boolean"):
        _compared(node, "=", value, found)


# Control ----------------------------------------------------------------------------------------------------------------


def _if(node: n.If, known: Known) -> str:
    _truth(node.condition, known)
    kinds = {kind_found(node.then, known), kind_found(node.otherwise, known)}
    kinds = kinds - {"null"} or kinds
    return kinds.pop() if len(kinds) == 1 else ANY


def _iterated(iterators: tuple[n.Iterator, ...], known: Known) -> Known:
    for each in iterators:
        kind_found(each.domain, known)
        if each.end is not None:
            kind_found(each.end, known)
        known = known.having({each.name: ANY})
    return known


def _for(node: n.For, known: Known) -> str:
    kind_found(node.body, _iterated(node.iterators, known).having({"partial": "list"}))
    return "list"


def _quantified(node: n.Quantified, known: Known) -> str:
    _truth(node.body, _iterated(node.iterators, known))
    return "boolean"


def _filter(node: n.Filter, known: Known) -> str:
    kind_found(node.target, known)
    kind_found(node.condition, replace(known.having({"item": ANY}), open=True))
    return ANY


def _call(node: n.Call, known: Known) -> str:
    given = [kind_found(each, known) for each in node.arguments]
    function = node.function
    if not isinstance(function, n.Name):
        kind_found(function, known)
        return ANY
    if function.name in known.names:
        if known.names[function.name] not in (ANY, "function"):
            raise _wrong(
                function, f"“{function.name}”是信息项，不是函数。", f"“{function.name}” is a field, no function."
            )
        return ANY
    if function.name in QUALITY_FUNCTIONS:
        return _quality(function, given)
    if function.name in BUILTINS:
        return builtin_kind(function, given, node.names)
    hint_zh, hint_en = closest_hint(function.name, [*BUILTINS, *QUALITY_FUNCTIONS])
    raise _wrong(
        function,
        f"没有函数“{function.name}”。{hint_zh}",
        f"There is no function “{function.name}”.{' ' + hint_en if hint_en else ''}",
    )


def _quality(function: n.Name, given: list[str]) -> str:
    if len(given) != 1 or given[0] not in (ANY, "string"):
        raise _wrong(
            function,
            f"函数“{function.name}”要一个文本参数。",
            f"The function “{function.name}” takes one text.",
        )
    return QUALITY_FUNCTIONS[function.name].result


def _constant(found: str) -> Callable[[Any, Known], str]:
    return lambda node, known: found


_FINDERS: dict[type[n.Node], Callable[[Any, Known], str]] = {
    n.Null: _constant("null"),
    n.Boolean: _constant("boolean"),
    n.Number: _constant("number"),
    n.String: _constant("string"),
    n.Temporal: _moment,
    n.Name: _name,
    n.Path: _path,
    n.List: _list,
    n.Context: _context,
    n.Interval: _interval,
    n.UnaryRange: _unary_range,
    n.FunctionLiteral: _function,
    n.Negate: _negate,
    n.Arithmetic: _arithmetic,
    n.Comparison: _comparison,
    n.Logic: _logic,
    n.Between: _between,
    n.In: _in,
    n.InstanceOf: lambda node, known: (kind_found(node.value, known), "boolean")[1],
    n.If: _if,
    n.For: _for,
    n.Quantified: _quantified,
    n.Filter: _filter,
    n.Call: _call,
}
