"""What a FEEL expression begins with: literals, lists, contexts, intervals, control words, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.typetext import type_at
from yiwang.rules.errors import FeelSyntaxError

if TYPE_CHECKING:
    from yiwang.rules.core.feel.parser import Parser


def primary_at(parser: Parser) -> n.Node:
    at = parser.at
    if parser.ended():
        raise parser.fail("表达式在此中断。", "The expression breaks off here.")
    sign = parser.text[at]
    if sign == '"':
        return _string(parser, at)
    if sign.isdigit() or (sign == "." and not parser.sees("..")):
        number = parser.number()
        if number is not None:
            return n.Number(at, number)
    if sign in _SIGNS:
        return _SIGNS[sign](parser, at)
    if sign in "<>=!":
        return _unary_range(parser, at)
    return _worded(parser, at)


def _string(parser: Parser, at: int) -> n.Node:
    found = parser.string()
    if found is None:
        raise parser.fail("字符串没有结束的引号。", "The string has no closing quote.")
    return n.String(at, found)


def _temporal(parser: Parser, at: int) -> n.Node:
    parser.need("@")
    found = parser.string()
    if found is None:
        raise parser.fail(
            "“@”之后应为引号内的日期、时间或时长。", "“@” is followed by a date, time or duration in quotes."
        )
    return n.Temporal(at, found)


def _worded(parser: Parser, at: int) -> n.Node:
    word = parser.word()
    named = parser.name_at() if word else None
    if named is not None:
        return named
    if word in ("true", "false", "null"):
        parser.take_word(word)
        return n.Null(at) if word == "null" else n.Boolean(at, word == "true")
    if word in _WORDS:
        return _WORDS[word](parser, at)
    raise parser.fail("此处应为值、名称或表达式。", "A value, a name or an expression is expected here.")


# Brackets ---------------------------------------------------------------------------------------------------------------


def _round(parser: Parser, at: int) -> n.Node:
    parser.need("(")
    low = _inside(parser)
    if parser.take(".."):
        return _interval(parser, at, low, closed=False)
    parser.need(")")
    return low


def _square(parser: Parser, at: int) -> n.Node:
    parser.need("[")
    if parser.take("]"):
        return n.List(at, ())
    first = _inside(parser)
    if parser.take(".."):
        return _interval(parser, at, first, closed=True)
    items = [first]
    while parser.take(","):
        items.append(_inside(parser))
    parser.need("]")
    return n.List(at, tuple(items))


def _inverted(parser: Parser, at: int) -> n.Node:
    parser.need("]")
    low = _inside(parser)
    parser.need("..")
    return _interval(parser, at, low, closed=False)


def _inside(parser: Parser) -> n.Node:
    before, parser.in_endpoint = parser.in_endpoint, False
    try:
        return parser.expression()
    finally:
        parser.in_endpoint = before


def _interval(parser: Parser, at: int, low: n.Node, *, closed: bool) -> n.Node:
    high = parser.endpoint()
    for sign, high_closed in (("]", True), (")", False), ("[", False)):
        if parser.take(sign):
            return n.Interval(at, low, high, closed, high_closed)
    raise parser.fail("区间应以“]”、“)”或“[”结束。", "An interval ends with “]”, “)” or “[”.")


def _unary_range(parser: Parser, at: int) -> n.Node:
    sign = parser.comparison_sign()
    if sign is None:
        raise parser.fail("此处应为比较符号。", "A comparison sign is expected here.")
    return n.UnaryRange(at, sign, parser.sum())


def _context(parser: Parser, at: int) -> n.Node:
    parser.need("{")
    entries: dict[str, n.Node] = {}
    before = parser.names
    try:
        while not parser.take("}"):
            if entries:
                parser.need(",")
            key_at = parser.at
            key = parser.string() if parser.sees('"') else parser.new_name()
            if key is None:
                raise parser.fail("此处应为键。", "A key is expected here.")
            if key in entries:
                raise parser.fail(f"键“{key}”出现两次。", f"The key “{key}” occurs twice.", key_at)
            parser.need(":")
            entries[key] = _inside(parser)
            parser.declare(key, member=True)
    finally:
        parser.names = before
    return n.Context(at, tuple(entries.items()))


# Control ----------------------------------------------------------------------------------------------------------------


def _if(parser: Parser, at: int) -> n.Node:
    """A chain of `else if` is read in a loop: long ones are no nesting to whoever writes them."""
    links: list[tuple[int, n.Node, n.Node]] = []
    while parser.word() == "if":
        here = parser.at
        parser.need_word("if")
        condition = parser.expression()
        parser.need_word("then")
        links.append((here, condition, parser.expression()))
        parser.need_word("else")
    found = parser.expression()
    for here, condition, then in reversed(links):
        found = n.If(here, condition, then, found)
    return found


def _iterators(parser: Parser, last: str) -> tuple[n.Iterator, ...]:
    """Each iterator sees those before it; the names stay in scope for the caller to take back."""
    found: list[n.Iterator] = []
    while not found or parser.take(","):
        name = parser.new_name("in")
        parser.need_word("in")
        domain = parser.expression()
        end = parser.sum() if parser.take("..") else None
        found.append(n.Iterator(name, domain, end))
        parser.declare(name)
    parser.need_word(last)
    return tuple(found)


def _for(parser: Parser, at: int) -> n.Node:
    before = parser.names
    parser.need_word("for")
    try:
        iterators = _iterators(parser, "return")
        return n.For(at, iterators, parser.expression())
    finally:
        parser.names = before


def _quantified(parser: Parser, at: int) -> n.Node:
    before, word = parser.names, parser.word()
    parser.take_word(word)
    try:
        iterators = _iterators(parser, "satisfies")
        return n.Quantified(at, "some" if word == "some" else "every", iterators, parser.expression())
    finally:
        parser.names = before


def _function(parser: Parser, at: int) -> n.Node:
    before = parser.names
    parser.need_word("function")
    parser.need("(")
    parameters: dict[str, n.Parameter] = {}
    while not parser.take(")"):
        if parameters:
            parser.need(",")
        name = parser.new_name()
        if name in parameters:
            raise parser.fail(f"参数“{name}”写了两次。", f"The parameter “{name}” is declared twice.")
        kind = type_at(parser, parser.types) if parser.take(":") else None
        parameters[name] = n.Parameter(name, kind)
    if parser.word() == "external":
        raise FeelSyntaxError(
            zh="不支持外部函数（Java、PMML）：本系统不运行外来代码。",
            en="External functions (Java, PMML) are not supported: no foreign code is run here.",
            at=parser.at,
            hint_zh="请改写为 FEEL 函数或业务知识模型。",
            hint_en="Write it as a FEEL function or a business knowledge model.",
        )
    try:
        for name in parameters:
            parser.declare(name)
        return n.FunctionLiteral(at, tuple(parameters.values()), parser.expression())
    finally:
        parser.names = before


_SIGNS = {"(": _round, "[": _square, "]": _inverted, "{": _context, "@": _temporal}
_WORDS = {
    "if": _if,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
    "function": _function,
}
