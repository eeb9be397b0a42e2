"""A tree of FEEL as FEEL text, one way of writing each tree: reading the text gives the tree again, up to positions."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from enum import IntEnum
from typing import Any

from yiwang.rules.core.feel import nodes as n


class Level(IntEnum):
    """How tightly a form binds; what binds less than its place asks for is put in parentheses."""

    WHOLE = 0
    OR = 1
    AND = 2
    COMPARISON = 3
    SUM = 4
    PRODUCT = 5
    POWER = 6
    SIGN = 7
    KIND = 8
    PART = 9


_PLAIN_KEY = re.compile(r"[^\W\d]\w*\Z")
_WORDS = re.compile(
    "and|between|else|every|external|false|for|function|if|in|instance|not|null|of|or|return|satisfies|some|then|true"
)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write(node: n.Node) -> str:
    """The FEEL text of an expression, a test, the tests of a cell or a type."""
    return _WRITERS[type(node)](node)[0]


def _at(node: n.Node, level: Level) -> str:
    text, binds = _WRITERS[type(node)](node)
    return text if binds >= level else f"({text})"


def quoted(text: str) -> str:
    """A FEEL string literal."""
    return '"' + "".join(_ESCAPES.get(char) or (char if char >= " " else f"\\u{ord(char):04x}") for char in text) + '"'


def number_text(value: Decimal) -> str:
    """A number as FEEL writes it; the exponent form only where the plain form would be mostly zeros."""
    return f"{value:f}" if -40 < value.adjusted() < 40 else str(value).lower()


Written = tuple[str, Level]


def _number(node: n.Number) -> Written:
    return number_text(node.value), Level.PART if node.value >= 0 else Level.SIGN


def _list(node: n.List) -> Written:
    return "[" + ", ".join(write(item) for item in node.items) + "]", Level.PART


def _key(name: str) -> str:
    return name if _PLAIN_KEY.match(name) and not _WORDS.fullmatch(name) else quoted(name)


def _context(node: n.Context) -> Written:
    return "{" + ", ".join(f"{_key(name)}: {write(value)}" for name, value in node.entries) + "}", Level.PART


def _interval(node: n.Interval) -> Written:
    start, end = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
    return f"{start}{_at(node.low, Level.SUM)}..{_at(node.high, Level.SUM)}{end}", Level.PART


def _function(node: n.FunctionLiteral) -> Written:
    parameters = ", ".join(p.name + (f": {write(p.type)}" if p.type else "") for p in node.parameters)
    return f"function({parameters}) {write(node.body)}", Level.WHOLE


_LEVELS = {"+": Level.SUM, "-": Level.SUM, "*": Level.PRODUCT, "/": Level.PRODUCT, "**": Level.POWER}


def _arithmetic(node: n.Arithmetic) -> Written:
    level = _LEVELS[node.sign]
    # A sign or a power inside a power is written in parentheses: readers of FEEL disagree about what binds first there.
    left = Level.KIND if node.sign == "**" else level
    right = Level.KIND if node.sign == "**" else Level(level + 1)
    return f"{_at(node.left, left)} {node.sign} {_at(node.right, right)}", level


def _logic(node: n.Logic) -> Written:
    level = Level.OR if node.word == "or" else Level.AND
    return f"{_at(node.left, level)} {node.word} {_at(node.right, Level(level + 1))}", level


def _comparison(node: n.Comparison) -> Written:
    return f"{_at(node.left, Level.SUM)} {node.sign} {_at(node.right, Level.SUM)}", Level.COMPARISON


def _between(node: n.Between) -> Written:
    value, low, high = (_at(part, Level.SUM) for part in (node.value, node.low, node.high))
    return f"{value} between {low} and {high}", Level.COMPARISON


def _in(node: n.In) -> Written:
    tests = node.tests
    if len(tests) == 1 and isinstance(tests[0], n.ExpressionTest):
        inside = _at(tests[0].expression, Level.SUM)
    elif len(tests) == 1 and isinstance(tests[0], n.CompareTest):
        inside = write(tests[0])
    else:
        inside = "(" + ", ".join(write(test) for test in tests) + ")"
    return f"{_at(node.value, Level.SUM)} in {inside}", Level.COMPARISON


def _iterators(iterators: tuple[n.Iterator, ...]) -> str:
    return ", ".join(
        f"{i.name} in {_at(i.domain, Level.SUM)}" + (f"..{_at(i.end, Level.SUM)}" if i.end is not None else "")
        for i in iterators
    )


def _call(node: n.Call) -> Written:
    arguments = [write(argument) for argument in node.arguments]
    if node.names:
        arguments = [f"{name}: {text}" for name, text in zip(node.names, arguments, strict=True)]
    return f"{_at(node.function, Level.PART)}({', '.join(arguments)})", Level.PART


def _path(node: n.Path) -> Written:
    target = f"({write(node.target)})" if isinstance(node.target, n.Number) else _at(node.target, Level.PART)
    return f"{target}.{node.name}", Level.PART


def _expression_test(node: n.ExpressionTest) -> Written:
    text = write(node.expression)
    # `not(…)` at the head of a cell negates the cell; as a call of the function it stands in parentheses.
    called = node.expression
    negation = isinstance(called, n.Call) and isinstance(called.function, n.Name) and called.function.name == "not"
    return (f"({text})" if negation else text), Level.WHOLE


def _tests(node: n.UnaryTests) -> Written:
    text = ", ".join(write(test) for test in node.tests)
    return (f"not({text})" if node.negated else text), Level.WHOLE


def _function_type(node: n.FunctionType) -> Written:
    return f"function<{', '.join(write(p) for p in node.parameters)}> -> {write(node.result)}", Level.PART


def _context_type(node: n.ContextType) -> Written:
    return "context<" + ", ".join(f"{name}: {write(kind)}" for name, kind in node.members) + ">", Level.PART


_WRITERS: dict[type, Callable[[Any], Written]] = {
    n.Null: lambda node: ("null", Level.PART),
    n.Boolean: lambda node: ("true" if node.value else "false", Level.PART),
    n.Number: _number,
    n.String: lambda node: (quoted(node.value), Level.PART),
    n.Temporal: lambda node: ("@" + quoted(node.text), Level.PART),
    n.Name: lambda node: (node.name, Level.PART),
    n.Path: _path,
    n.List: _list,
    n.Context: _context,
    n.Interval: _interval,
    n.UnaryRange: lambda node: (f"({node.sign} {_at(node.operand, Level.SUM)})", Level.PART),
    n.FunctionLiteral: _function,
    n.Negate: lambda node: ("-" + _at(node.operand, Level.KIND), Level.SIGN),
    n.Arithmetic: _arithmetic,
    n.Comparison: _comparison,
    n.Logic: _logic,
    n.Between: _between,
    n.In: _in,
    n.InstanceOf: lambda node: (f"{_at(node.value, Level.PART)} instance of {write(node.type)}", Level.KIND),
    n.If: lambda node: (
        f"if {write(node.condition)} then {write(node.then)} else {write(node.otherwise)}",
        Level.WHOLE,
    ),
    n.For: lambda node: (f"for {_iterators(node.iterators)} return {write(node.body)}", Level.WHOLE),
    n.Quantified: lambda node: (f"{node.word} {_iterators(node.iterators)} satisfies {write(node.body)}", Level.WHOLE),
    n.Filter: lambda node: (f"{_at(node.target, Level.PART)}[{write(node.condition)}]", Level.PART),
    n.Call: _call,
    n.AnyTest: lambda node: ("-", Level.WHOLE),
    n.CompareTest: lambda node: (f"{node.sign} {_at(node.operand, Level.SUM)}", Level.WHOLE),
    n.ExpressionTest: _expression_test,
    n.UnaryTests: _tests,
    n.NamedType: lambda node: (node.name, Level.PART),
    n.ListType: lambda node: (f"list<{write(node.item)}>", Level.PART),
    n.RangeType: lambda node: (f"range<{write(node.item)}>", Level.PART),
    n.ContextType: _context_type,
    n.FunctionType: _function_type,
}
