"""Variables to evaluate broken texts with: one sensible world, one where everything is null, and some where nothing fits."""

from __future__ import annotations

from typing import Any

from yiwang.rules.core.feel.interpreter import Run, Scope, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.values import Date, DateTime, Time, Zone

NOW = DateTime(Date(2026, 11, 22), Time(10, 0, 0, 0, Zone(offset=8 * 3600)))
_SENSIBLE = {
    **{name: str(place) for place, name in enumerate("abcexyzimn", 1)},
    "d": '@"2026-11-22"',
    "t": '@"10:15:30+08:00"',
    "r": "[1..10]",
    "list": "[3, 1, 2, null]",
    "ctx": "{a: 1, b: 2}",
    "person": '{name: "Li", age: 70, address: {city: "X"}}',
    "people": '[{name: "Li", age: 70, gender: "F"}, {name: "Wu", age: 12, gender: "M"}, {name: null, age: null}]',
    "monthly income": "1200.50",
    "monthly debt": "300",
    "household": "{members: [{age: 70, income: 100}, {age: 8, income: null}]}",
    "申请人": '{年龄: 66, 户籍: "本市"}',
    "家庭": "{人均收入: 500, 成员: [{年龄: 66}, {年龄: 9}]}",
    "低保标准": "1000",
    "?": "7",
}
_VALUES = (
    "null", "true", "false", "0", "-1.5", "1e6144", "1e-6100", '""', '"a"', '"2026-11-22"', '"长" + "文"', '@"2026-11-22"', '@"-999999999-01-01"',
    '@"23:59:59.999999999"', '@"10:00:00@Asia/Shanghai"', '@"2026-11-22T10:00:00Z"', '@"2026-11-22T10:00:00"', '@"P1Y2M"', '@"-P3DT4H"', "[]",
    "[null]", "[1, 2, 3]", '[1, "a", null, [2]]', "{}", "{a: null}", '{a: 1, name: "b", age: [2]}', "[{a: 1}, {a: null}, {b: 2}]", "[1..10]",
    '["a".."c")', "(< 5)", "(!= null)", "function(x) x", "function(x, y) x < y", "function(x: number) x + 1", "sum", "for i in 1..200 return i",
)  # fmt: skip
NAMES = frozenset(_SENSIBLE)
MEMBERS = frozenset({"key with blanks"})


def _value(text: str) -> Any:
    return prepare(parse_expression(text)).value(Scope({}), Run(NOW))


def worlds(mixed: int) -> list[Scope]:
    """The sensible world, the empty one, and `mixed` others; between them each name takes values of many types."""
    values = [_value(text) for text in _VALUES]
    found = [{name: _value(text) for name, text in _SENSIBLE.items()}, dict.fromkeys(_SENSIBLE)]
    for number in range(mixed):
        found.append({name: values[(place * 7 + number * 5) % len(values)] for place, name in enumerate(_SENSIBLE)})
    return [Scope(one) for one in found]
