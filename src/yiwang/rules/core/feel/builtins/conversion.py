"""`string`, `number`, `not` and `is` (DMN 1.5, 10.3.4.1, 10.3.4.2 and 10.3.4.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from yiwang.rules.core.feel import temporal
from yiwang.rules.core.feel.builtins.lists import weigh
from yiwang.rules.core.feel.builtins.numbers import calculate
from yiwang.rules.core.feel.builtins.registry import builtin
from yiwang.rules.core.feel.builtins.strings import pay
from yiwang.rules.core.feel.scanning import KEYWORDS, WORD
from yiwang.rules.core.feel.values import ARITHMETIC, Function, NoValue, Range, Value
from yiwang.rules.core.feel.writing import quoted

MAX_DEPTH = 200
_NUMERAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@builtin("number", "from: string, grouping separator: string?, decimal separator: string?", run=True)
def number(run: Any, text: str, grouping: str | None, point: str | None) -> Decimal:
    pay(run, len(text))
    if grouping not in (None, " ", ",", "."):
        raise NoValue("分组符须是空格、逗号或句点。", "The grouping separator is a space, a comma or a period.")
    if point not in (None, ",", "."):
        raise NoValue("小数点须是逗号或句点。", "The decimal separator is a comma or a period.")
    if grouping is not None and grouping == point:
        raise NoValue("分组符与小数点不能相同。", "The grouping and the decimal separator are the same.")
    plain = text.replace(grouping, "") if grouping else text
    if point:
        plain = plain.replace(point, ".")
    if not _NUMERAL.fullmatch(plain):
        raise NoValue(f"“{text[:40]}”不是数字。", f"“{text[:40]}” is not a number.")
    return calculate(lambda: ARITHMETIC.create_decimal(plain))


def number_text(value: Decimal) -> str:
    """Without exponent and without zeros that say nothing, so that equal numbers have equal texts."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def text_pieces(value: Value, inside: bool, deep: int = 0) -> Iterator[str]:
    """The text of a value in pieces; inside a list, a context or a range as the FEEL that would give it."""
    if deep > MAX_DEPTH:
        raise NoValue("嵌套太深，写不成文本。", "It is nested too deep to be written as a string.")
    if isinstance(value, list):
        yield from _joined("[", [("", item) for item in value], "]", deep)
    elif isinstance(value, dict):
        yield from _joined("{", [(f"{_key(key)}: ", item) for key, item in value.items()], "}", deep)
    elif isinstance(value, Range):
        yield from _range_pieces(value, deep)
    else:
        yield _plain(value, inside)


def _plain(value: Value, inside: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        return quoted(value) if inside else value
    if isinstance(value, Function):
        return f"function({', '.join(name for name, _ in value.parameters)})"
    written = temporal.text(value)  # type: ignore[arg-type]
    return f"@{quoted(written)}" if inside else written


def _key(name: str) -> str:
    plain = WORD.fullmatch(name) and not name.startswith("?") and name not in KEYWORDS
    return name if plain else quoted(name)


def _joined(start: str, entries: list[tuple[str, Any]], end: str, deep: int) -> Iterator[str]:
    yield start
    for at, (label, item) in enumerate(entries):
        yield f", {label}" if at else label
        yield from text_pieces(item, inside=True, deep=deep + 1)
    yield end


def _range_pieces(value: Range, deep: int) -> Iterator[str]:
    low, high = (list(text_pieces(end, inside=True, deep=deep + 1)) for end in (value.low, value.high))
    if value.sign:
        yield from (f"({value.sign}", *(high if value.low is None else low), ")")
    else:
        yield from ("[" if value.low_closed else "(", *low, "..", *high, "]" if value.high_closed else ")")


@builtin("string", "from: any", run=True)
def string(run: Any, value: Value) -> str | None:
    if value is None:
        return None
    pieces = []
    for piece in text_pieces(value, inside=False):
        pay(run, len(piece))
        pieces.append(piece)
    return "".join(pieces)


@builtin("not", "negand: boolean?")
def negation(negand: bool | None) -> bool | None:
    return None if negand is None else not negand


@builtin("is", "value1: any, value2: any", "value1: any", "value2: any", run=True)
def is_same(run: Any, one: Value, other: Value = None) -> bool:
    """Whether both are one element of the domain: times in the same zone, not merely at the same moment. A missing one is null."""
    weigh(run, one)
    return _same(one, other)


def _same(one: Value, other: Value) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, Range) and isinstance(other, Range):
        flags = (one.low_closed, one.high_closed, one.sign) == (other.low_closed, other.high_closed, other.sign)
        return flags and all(map(_same, one.bounds, other.bounds))
    return one is other if isinstance(one, Function) else one == other
