"""Each rule of the closed list that looks at one row, as the FEEL test that says the same.

FEEL's `=` and `in` with a list are true or false of null, never null; so where the list lets a missing value pass, the test says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from yiwang.data.core.conditions.functions import QUALITY_FUNCTIONS
from yiwang.data.core.conditions.patterns import NoEqual, whole_value
from yiwang.data.schema import RuleFile
from yiwang.rules.core.feel.comparing import order
from yiwang.rules.core.feel.interpreter import Run, Scope, prepare
from yiwang.rules.core.feel.parser import parse_expression
from yiwang.rules.core.feel.values import Date, DateTime, Time, Value
from yiwang.rules.core.feel.writing import number_text, quoted

_SIGNS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_CHECKS = {each.check: each.name for each in QUALITY_FUNCTIONS.values() if each.check}


def rule_feel(rule: RuleFile, kinds: Mapping[str, str]) -> str:
    """The test; `kinds` are the FEEL kinds of the fields. Empty for `unique` and `foreign_key`, which look at more than one row, and
    for a pattern that FEEL cannot say."""
    if rule.kind == "feel":
        return rule.test
    write = _WRITERS.get(rule.kind)
    return write(rule, kinds) if write else ""


def _literal(value: object, kind: str) -> str:
    if kind == "number":
        return number_text(Decimal(str(value)))
    if kind == "date":
        return f'@"{value}"'
    if kind == "date and time":
        return f'@"{value}T00:00:00"' if isinstance(value, date) or len(str(value)) == 10 else f'@"{value}"'
    return quoted(str(value)) if kind == "string" else str(value).lower()


def _not_null(rule: RuleFile, kinds: Mapping[str, str]) -> str:
    return " and ".join(f"{field} != null" for field in rule.fields)


def _fixed(text: str) -> Value:
    """The value of a literal."""
    return prepare(parse_expression(text)).value(Scope({}), Run(DateTime(Date(1970, 1, 1), Time(0, 0, 0))))


def _range(rule: RuleFile, kinds: Mapping[str, str]) -> str:
    field = rule.fields[0]
    low, high = (None if end is None else _literal(end, kinds[field]) for end in (rule.min, rule.max))
    if low is None or high is None:
        return f"{field} <= {high}" if low is None else f"{field} >= {low}"
    if rule.min == rule.max or order(_fixed(low), _fixed(high)) == -1:
        return f"{field} in [{low}..{high}]"
    # a range whose ends stand the wrong way round is null, and would let everything pass
    return f"{field} between {low} and {high}"


def _in_list(rule: RuleFile, kinds: Mapping[str, str]) -> str:
    field = rule.fields[0]
    return f"{field} = null or {field} in ({', '.join(_literal(value, kinds[field]) for value in rule.values)})"


def _pattern(rule: RuleFile, kinds: Mapping[str, str]) -> str:
    try:
        return f"matches({rule.fields[0]}, {quoted(whole_value(rule.pattern))})"
    except NoEqual:
        return ""


def _check_digit(rule: RuleFile, kinds: Mapping[str, str]) -> str:
    return f"{_CHECKS[rule.check]}({rule.fields[0]})"


def _date_order(rule: RuleFile, kinds: Mapping[str, str]) -> str:
    return f"{rule.fields[0]} <= {rule.fields[1]}"


def _compare(rule: RuleFile, kinds: Mapping[str, str]) -> str:
    first, second = rule.fields
    missing = f"{first} = null or {second} = null or "
    if rule.compare == "sex_of_id":
        return f'not({first} in ("男", "女")) or sex of id({second}) = null or {first} = sex of id({second})'
    if rule.compare == "birth_of_id":
        return f"{missing}{first} = birth date of id({second})"
    if rule.compare == "division_of_id":
        return f"{missing}substring({first}, 1, 6) = division of id({second})"
    sign = _SIGNS[rule.compare]
    return f"{missing if sign in ('=', '!=') else ''}{first} {sign} {second}"


_WRITERS: dict[str, Callable[[RuleFile, Mapping[str, str]], str]] = {
    "not_null": _not_null,
    "range": _range,
    "in_list": _in_list,
    "pattern": _pattern,
    "check_digit": _check_digit,
    "date_order": _date_order,
    "compare": _compare,
}
