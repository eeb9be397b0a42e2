"""FEEL in words an official reads: the cells of a decision table, conditions and values, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.depth import children
from yiwang.rules.core.feel.literals import temporal_read
from yiwang.rules.core.feel.values import (
    NANOS,
    Date,
    DateTime,
    Function,
    MonthsDuration,
    Range,
    Time,
    TimeDuration,
    Value,
)
from yiwang.rules.core.feel.writing import number_text, write


@dataclass(frozen=True, slots=True)
class Words:
    """The same phrase in both languages."""

    zh: str
    en: str


def joined(parts: list[Words], zh: str, en: str) -> Words:
    """The phrases one after the other, with a joint between them in each language."""
    return Words(zh=zh.join(part.zh for part in parts), en=en.join(part.en for part in parts))


# Values -----------------------------------------------------------------------------------------------------------------


def value_words(value: Value) -> Words:
    """A value as it is said: 60, “城镇”, 2026 年 1 月 1 日, 3 个月, 空."""
    return _VALUES[type(value)](value)


def _same(text: str) -> Words:
    return Words(text, text)


def plain_number(value: Decimal) -> str:
    """A number without zeros that say nothing: 900, not 900.00."""
    whole = value == value.to_integral_value() and value.adjusted() < 40
    return number_text(value.quantize(Decimal(1)) if whole and value.adjusted() < 27 else value)


def _date(value: Date) -> Words:
    return Words(
        f"{value.year} 年 {value.month} 月 {value.day} 日", f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    )


def _time(value: Time) -> Words:
    text = f"{value.hour:02d}:{value.minute:02d}"
    if value.second or value.nano:
        text += f":{value.second:02d}" + (f".{value.nano:09d}".rstrip("0") if value.nano else "")
    if value.zone is None:
        return _same(text)
    if value.zone.name is not None:
        return _same(f"{text} ({value.zone.name})")
    offset = value.zone.offset or 0
    hours, rest = divmod(abs(offset), 3600)
    return _same(f"{text} (UTC{'-' if offset < 0 else '+'}{hours:02d}:{rest // 60:02d})")


def _moment(value: DateTime) -> Words:
    return joined([_date(value.date), _time(value.time)], " ", " ")


def _units(amounts: list[tuple[int, str, str]], negative: bool) -> Words:
    said = [(amount, zh, en) for amount, zh, en in amounts if amount]
    if not said:
        said = [amounts[-1]]
    zh = " ".join(f"{amount} {unit}" for amount, unit, _ in said)
    en = " ".join(f"{amount} {unit}{'' if amount == 1 else 's'}" for amount, _, unit in said)
    return Words(f"负 {zh}" if negative else zh, f"minus {en}" if negative else en)


def _months(value: MonthsDuration) -> Words:
    years, months = divmod(abs(value.months), 12)
    return _units([(years, "年", "year"), (months, "个月", "month")], value.months < 0)


def _span(value: TimeDuration) -> Words:
    seconds, nanos = divmod(abs(value.nanos), NANOS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "天", "day"), (hours, "小时", "hour"), (minutes, "分钟", "minute"), (seconds, "秒", "second")]
    if nanos:
        units.append((nanos, "纳秒", "nanosecond"))
    elif any(amount for amount, _, _ in units[:-1]) or not seconds:
        units = [unit for unit in units if unit[0]] or [(0, "天", "day")]
    return _units(units, value.nanos < 0)


def _list_value(value: list[Any]) -> Words:
    inside = joined([value_words(item) for item in value], "、", ", ")
    return Words(f"[{inside.zh}]", f"[{inside.en}]")


def _context_value(value: dict[str, Any]) -> Words:
    parts = [(name, value_words(item)) for name, item in value.items()]
    zh = "，".join(f"{name} 为 {words.zh}" for name, words in parts)
    return Words(f"{{{zh}}}", "{" + ", ".join(f"{name} is {words.en}" for name, words in parts) + "}")


def _range_value(value: Range) -> Words:
    low = None if value.low is None else value_words(value.low)
    high = None if value.high is None else value_words(value.high)
    return range_words(low, high, value.low_closed, value.high_closed)


_VALUES: dict[type, Callable[[Any], Words]] = {
    type(None): lambda value: Words("空", "empty"),
    bool: lambda value: Words("是", "yes") if value else Words("否", "no"),
    Decimal: lambda value: _same(plain_number(value)),
    str: lambda value: Words(f"“{value}”", f'"{value}"'),
    Date: _date,
    Time: _time,
    DateTime: _moment,
    MonthsDuration: _months,
    TimeDuration: _span,
    list: _list_value,
    dict: _context_value,
    Range: _range_value,
    Function: lambda value: Words(f"函数 {value.name}", f"the function {value.name}"),
}


# Tests ------------------------------------------------------------------------------------------------------------------

_SIGNS = {
    "=": Words("为", "is"),
    "!=": Words("不为", "is not"),
    "<": Words("小于", "less than"),
    "<=": Words("小于等于", "at most"),
    ">": Words("大于", "greater than"),
    ">=": Words("大于等于", "at least"),
}
# What a date, a time or a moment is called instead of smaller and larger.
_LATER = {
    "<": Words("早于", "before"),
    "<=": Words("不晚于", "not after"),
    ">": Words("晚于", "after"),
    ">=": Words("不早于", "not before"),
}
_CONDITIONS = (n.Comparison, n.Logic, n.Between, n.In, n.InstanceOf, n.Quantified, n.If)


def tests_words(tests: n.UnaryTests) -> Words:
    """A cell as a predicate to put after the name of its input: 大于 60 且小于等于 80; 为“A”或“B”; 为空."""
    if any(isinstance(test, n.AnyTest) for test in tests.tests):
        return Words("没有取值", "has no possible value") if tests.negated else Words("不限", "is anything")
    plain = [test for test in tests.tests if _equality(test)]
    parts = []
    if plain:
        values = [_operand(test) for test in plain]
        if tests.negated:
            parts.append(
                Words("不为" + spaced("或".join(v.zh for v in values)), "is not " + " or ".join(v.en for v in values))
            )
        else:
            parts.append(
                Words("为" + spaced("或".join(v.zh for v in values)), "is " + " or ".join(v.en for v in values))
            )
    for test in tests.tests:
        if test not in plain:
            said = _test(test)
            parts.append(Words(f"不是{spaced(said.zh)}", f"is not {said.en}") if tests.negated else said)
    return joined(parts, "，且" if tests.negated else "，或", " and " if tests.negated else ", or ")


def spaced(zh: str) -> str:
    """Chinese takes a blank before a digit or a Latin letter, none before its own signs."""
    return f" {zh}" if zh[:1].isascii() and not zh.startswith("(") else zh


def glued(*parts: str) -> str:
    """Chinese pieces in one sentence, with a blank where a digit or a Latin letter meets a Chinese character."""
    whole = ""
    for part in parts:
        ends, begins = whole[-1:], part[:1]
        apart = (_latin(ends) and _chinese(begins)) or (_chinese(ends) and _latin(begins))
        whole += f" {part}" if apart else part
    return whole


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _chinese(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _equality(test: n.Test) -> bool:
    if isinstance(test, n.CompareTest):
        return test.sign == "="
    if not isinstance(test, n.ExpressionTest):
        return False
    node = test.expression
    return not (isinstance(node, (n.Interval, n.UnaryRange, n.List, *_CONDITIONS)) or mentions_input(node))


def _operand(test: n.Test) -> Words:
    return expression_words(test.operand if isinstance(test, n.CompareTest) else test.expression)  # type: ignore[attr-defined]


def mentions_input(node: n.Node) -> bool:
    """Whether `?` stands in the expression."""
    waiting: list[object] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, n.Name) and item.name == "?":
            return True
        waiting.extend(children(item))
    return False


def _test(test: n.Test) -> Words:
    if isinstance(test, n.CompareTest):
        return _signed(test.sign, test.operand)
    assert isinstance(test, n.ExpressionTest)
    node = test.expression
    if isinstance(node, n.Interval):
        return _interval(node)
    if isinstance(node, n.UnaryRange):
        return _signed(node.sign, node.operand)
    if isinstance(node, n.List):
        return _one_of(node.items)
    if isinstance(node, n.Null):
        return Words("为空", "is empty")
    if isinstance(node, n.Comparison) and node.left == n.Name(node.left.at, "?"):
        return _signed(node.sign, node.right)
    said = expression_words(node)
    return Words(f"满足“{said.zh}”", f"satisfies: {said.en}")


def _one_of(items: tuple[n.Node, ...]) -> Words:
    return tests_words(n.UnaryTests(0, tuple(n.ExpressionTest(item.at, item) for item in items)))


def _timed(node: n.Node | None) -> bool:
    if isinstance(node, n.Temporal):
        return not node.text.lstrip("-").startswith("P")
    named = isinstance(node, n.Call) and isinstance(node.function, n.Name)
    return named and node.function.name in ("date", "time", "date and time", "today", "now")  # type: ignore[union-attr]


def _signed(sign: str, operand: n.Node) -> Words:
    word = (_LATER if _timed(operand) else _SIGNS).get(sign) or _SIGNS[sign]
    said = expression_words(operand)
    return Words(word.zh + spaced(said.zh), f"{word.en} {said.en}")


def _interval(node: n.Interval) -> Words:
    low, high = expression_words(node.low), expression_words(node.high)
    return range_words(low, high, node.low_closed, node.high_closed, _timed(node.low) or _timed(node.high))


def range_words(
    low: Words | None, high: Words | None, low_closed: bool, high_closed: bool, timed: bool = False
) -> Words:
    """From `low` to `high`, either None where there is no end; `timed` says earlier and later instead of less and greater."""
    signs = _LATER if timed else _SIGNS
    parts = []
    if low is not None:
        sign = signs[">=" if low_closed else ">"]
        parts.append(Words(sign.zh + spaced(low.zh), f"{sign.en} {low.en}"))
    if high is not None:
        sign = signs["<=" if high_closed else "<"]
        parts.append(Words(sign.zh + spaced(high.zh), f"{sign.en} {high.en}"))
    return joined(parts, " 且", " and ")


# Expressions ------------------------------------------------------------------------------------------------------------

# Functions an official meets in a cell; any other is written as FEEL writes it.
_CALLS: dict[str, tuple[str, str]] = {
    "not": ("并非（{0}）", "not ({0})"),
    "count": ("{0}的个数", "the number of {0}"),
    "sum": ("{0}之和", "the sum of {0}"),
    "min": ("{0}中最小的", "the smallest of {0}"),
    "max": ("{0}中最大的", "the largest of {0}"),
    "mean": ("{0}的平均数", "the mean of {0}"),
    "string length": ("{0}的长度", "the length of {0}"),
    "contains": ("{0}含有{1}", "{0} contains {1}"),
    "starts with": ("{0}以{1}开头", "{0} starts with {1}"),
    "ends with": ("{0}以{1}结尾", "{0} ends with {1}"),
    "list contains": ("{0}中有{1}", "{0} has {1}"),
    "today": ("今天", "today"),
    "now": ("现在", "now"),
    "is defined": ("{0}有值", "{0} is given"),
    "years and months duration": ("从{0}到{1}的年月数", "the years and months from {0} to {1}"),
}
_ARITHMETIC = {
    "+": Words(" 加 ", " plus "),
    "-": Words(" 减 ", " minus "),
    "*": Words(" 乘以 ", " times "),
    "/": Words(" 除以 ", " divided by "),
    "**": Words(" 的乘方，指数 ", " to the power of "),
}


def expression_words(node: n.Node) -> Words:
    """A condition or a value in words; what has no words of its own is given as FEEL writes it."""
    found = _EXPRESSIONS.get(type(node))
    return found(node) if found else _same(write(node))


def _call(node: n.Call) -> Words:
    if isinstance(node.function, n.Name):
        literal = node.arguments and isinstance(node.arguments[0], n.String)
        if literal and node.function.name in ("date", "time", "date and time", "duration"):
            return temporal_words(node.arguments[0].value)  # type: ignore[attr-defined]
        words = _CALLS.get(node.function.name)
        if words and not node.names and len(node.arguments) == words[1].count("{"):
            given = [expression_words(argument) for argument in node.arguments]
            return Words(words[0].format(*(w.zh for w in given)), words[1].format(*(w.en for w in given)))
    return _same(write(node))


def temporal_words(text: str) -> Words:
    """The text of a date, a time or a duration literal, as a person says it."""
    value = temporal_read(text)
    return _same(text) if value is None else value_words(value)


def _logic(node: n.Logic) -> Words:
    parts = []
    for side in (node.left, node.right):
        said = expression_words(side)
        loose = isinstance(side, n.Logic) and side.word != node.word
        parts.append(Words(f"（{said.zh}）", f"({said.en})") if loose else said)
    return joined(parts, "，且" if node.word == "and" else "，或", f" {node.word} ")


def _arithmetic(node: n.Arithmetic) -> Words:
    parts = []
    for side in (node.left, node.right):
        said = expression_words(side)
        parts.append(Words(f"（{said.zh}）", f"({said.en})") if isinstance(side, n.Arithmetic) else said)
    return joined(parts, _ARITHMETIC[node.sign].zh, _ARITHMETIC[node.sign].en)


def _about(subject: n.Node, predicate: Words) -> Words:
    said = expression_words(subject)
    verb = "" if predicate.en.startswith(("is ", "satisfies", "has ")) else "is "
    blank = " " if said.zh[-1:].isascii() else ""
    return Words(f"{said.zh}{blank}{predicate.zh}", f"{said.en} {verb}{predicate.en}")


_EXPRESSIONS: dict[type, Callable[[Any], Words]] = {
    n.Null: lambda node: value_words(None),
    n.Boolean: lambda node: value_words(node.value),
    n.Number: lambda node: value_words(node.value),
    n.String: lambda node: value_words(node.value),
    n.Temporal: lambda node: temporal_words(node.text),
    n.Name: lambda node: Words("该值", "the value") if node.name == "?" else _same(node.name),
    n.Call: _call,
    n.Logic: _logic,
    n.Arithmetic: _arithmetic,
    n.Comparison: lambda node: _about(node.left, _signed(node.sign, node.right)),
    n.Between: lambda node: _about(
        node.value, range_words(expression_words(node.low), expression_words(node.high), True, True, _timed(node.low))
    ),
    n.In: lambda node: _about(node.value, tests_words(n.UnaryTests(node.at, node.tests))),
    n.Interval: _interval,
    n.UnaryRange: lambda node: _signed(node.sign, node.operand),
}
