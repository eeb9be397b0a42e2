"""What a decision is asked about: JSON read by the declared types, and facts that depend on the day (age, months, days).

The derivations stand here in Python and in `derived_sql` as SQL; both are whole units rounded down, so that the day before an
eightieth birthday is still seventy-nine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from yiwang.rules.core.feel import literals
from yiwang.rules.core.feel.calendar import days_of
from yiwang.rules.core.feel.types import Constrained, ContextOf, ListOf, Recursive, Type
from yiwang.rules.core.feel.values import (
    ARITHMETIC,
    Date,
    DateTime,
    MonthsDuration,
    NoValue,
    Time,
    TimeDuration,
    Value,
)
from yiwang.rules.core.feel.wording import value_words


@dataclass(frozen=True, slots=True)
class Fact:
    """A value as it enters a decision. `source` is `resource.field` and `version` that table's, when they are known."""

    name: str
    value: Value
    source: str = ""
    version: int | None = None
    derive: str = "value"
    raw: Value = None


class NotAFact(ValueError):
    """A value that is not of the declared type; says what was wanted in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def fact_value(said: Any, wanted: Type) -> Value:
    """What JSON says as the FEEL value of a type; `Any` takes numbers, texts and booleans as they are. Raises NotAFact."""
    if said is None:
        return None
    if wanted.name == "Any":
        return _as_said(said)
    if isinstance(wanted, Constrained):
        return fact_value(said, wanted.base)
    if isinstance(wanted, Recursive):
        return fact_value(said, wanted.target())
    if isinstance(wanted, ListOf):
        if not isinstance(said, list):
            raise _wanted(wanted, said)
        return [fact_value(item, wanted.item) for item in said]
    if isinstance(wanted, ContextOf):
        return _context(said, wanted)
    reader = _READERS.get(wanted.name)
    if reader is None:
        raise NotAFact(f"类型 {wanted.name} 不能用 JSON 给出", f"a value of type {wanted.name} cannot be given as JSON")
    return reader(said)


def _as_said(said: Any) -> Value:
    if said is None or isinstance(said, bool | str):
        return said
    if isinstance(said, date):
        return _date(said)
    if isinstance(said, list):
        return [_as_said(item) for item in said]
    if isinstance(said, dict):
        return {str(name): _as_said(item) for name, item in said.items()}
    return _number(said)


def _context(said: Any, wanted: ContextOf) -> Value:
    if not isinstance(said, dict):
        raise _wanted(wanted, said)
    known = dict(wanted.members)
    strange = sorted(set(said) - set(known))
    if strange:
        raise NotAFact(f"没有成员 {'、'.join(strange)}", f"there is no member {', '.join(strange)}")
    return {name: fact_value(said.get(name), each) for name, each in known.items()}


def _number(said: Any) -> Decimal:
    """A JSON number is the decimal that was written; a text that is a number is taken too."""
    if not isinstance(said, bool) and isinstance(said, int | float | str | Decimal):
        try:
            found = ARITHMETIC.create_decimal(said if isinstance(said, int | Decimal) else str(said).strip())
        except (InvalidOperation, ValueError):
            raise _wanted(Type("number"), said) from None
        if found.is_finite():
            return found
    raise _wanted(Type("number"), said)


def _string(said: Any) -> str:
    if not isinstance(said, str):
        raise _wanted(Type("string"), said)
    return said


def _boolean(said: Any) -> bool:
    if not isinstance(said, bool):
        raise _wanted(Type("boolean"), said)
    return said


def _date(said: Any) -> Date:
    if isinstance(said, Date):
        return said
    if isinstance(said, date) and not isinstance(said, datetime):
        return Date(said.year, said.month, said.day)
    found: Date = _literal(said, "date", literals.date_read, Date)
    return found


def _literal(said: Any, name: str, read: Callable[[str], Any], kind: type) -> Any:
    try:
        found = read(said) if isinstance(said, str) else None
    except NoValue:
        found = None
    if not isinstance(found, kind):
        raise _wanted(Type(name), said)
    return found


_READERS: Mapping[str, Callable[[Any], Value]] = {
    "number": _number,
    "string": _string,
    "boolean": _boolean,
    "date": _date,
    "time": lambda said: _literal(said, "time", literals.time_read, Time),
    "date and time": lambda said: _literal(said, "date and time", literals.datetime_read, DateTime),
    "years and months duration": lambda said: _literal(
        said, "years and months duration", literals.duration_read, MonthsDuration
    ),
    "days and time duration": lambda said: _literal(
        said, "days and time duration", literals.duration_read, TimeDuration
    ),
}
_EXAMPLES = {
    "number": "1234.5",
    "string": '"…"',
    "boolean": "true",
    "date": '"2026-11-01"',
    "time": '"10:00:00"',
    "date and time": '"2026-11-01T10:00:00"',
    "years and months duration": '"P1Y2M"',
    "days and time duration": '"P3DT4H"',
    "list": "[…]",
    "context": "{…}",
}


def _wanted(wanted: Type, said: Any) -> NotAFact:
    example = _EXAMPLES.get(wanted.name, "…")
    shown = repr(said)[:60]
    return NotAFact(
        f"应为 {wanted.name}（如 {example}），收到 {shown}",
        f"it must be a {wanted.name} (such as {example}), not {shown}",
    )


# Facts of a day ---------------------------------------------------------------------------------------------------------


def derived(derive: str, value: Value, on: Date) -> Value:
    """A field's value as the fact a decision takes. Raises NotAFact when a date is needed and there is none.

    `age` and `months` count from the field's date to `on` and round down; `days` is negative for a date to come; `present` is
    whether there is a value.
    """
    if derive == "present":
        return value is not None
    if derive == "value" or value is None:
        return value
    if not isinstance(value, Date):
        raise _wanted(Type("date"), value)
    if derive == "days":
        return Decimal(days_of(on) - days_of(value))
    if derive == "age":
        return Decimal(on.year - value.year - ((on.month, on.day) < (value.month, value.day)))
    return Decimal((on.year - value.year) * 12 + on.month - value.month - (on.day < value.day))


def derived_sql(derive: str, column: str, on: Date) -> str:
    """The same over a quoted DATE column (any type for `present` and `value`), for engines that speak DuckDB's SQL."""
    if derive == "value":
        return column
    if derive == "present":
        return f"({column} IS NOT NULL)"
    day = f"DATE '{on.year:04d}-{on.month:02d}-{on.day:02d}'"
    if derive == "days":
        return f"date_diff('day', {column}, {day})"
    if derive == "age":
        before = f"(month({column}) * 100 + day({column}) > {on.month * 100 + on.day})"
        return f"({on.year} - year({column}) - CASE WHEN {before} THEN 1 ELSE 0 END)"
    return (
        f"(({on.year} - year({column})) * 12 + {on.month} - month({column})"
        f" - CASE WHEN day({column}) > {on.day} THEN 1 ELSE 0 END)"
    )


# Values as JSON ---------------------------------------------------------------------------------------------------------


def said(value: Value) -> Any:
    """A value as JSON has it. A number is a JSON number where that says it exactly, else its digits as text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return _said_number(value)
    if isinstance(value, list):
        return [said(item) for item in value]
    if isinstance(value, dict):
        return {name: said(item) for name, item in value.items()}
    if isinstance(value, Date | Time | DateTime | MonthsDuration | TimeDuration):
        return literals.text(value)
    return value_words(value).en


def _said_number(value: Decimal) -> int | float | str:
    if value == value.to_integral_value():
        return int(value) if abs(value) < 2**53 else format(value.normalize(), "f")
    near = float(value)
    return near if Decimal(repr(near)) == value else format(value.normalize(), "f")
