"""What a population is to a plan: a key and typed columns, and how their values are FEEL's.

| kind | FEEL | in the table |
|---|---|---|
| number | number | DECIMAL(digits, places) or an integer; never a float |
| string | string | VARCHAR |
| boolean | boolean | BOOLEAN |
| date | date | DATE |
| months | years and months duration | an integer of months |
| span | days and time duration | BIGINT of microseconds |
| strings | list of string | VARCHAR[] |
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from typing import Literal as OneOf

from yiwang.rules.core.feel import nodes
from yiwang.rules.core.feel.values import Date, MonthsDuration, TimeDuration, Value

Kind = OneOf["number", "string", "boolean", "date", "months", "span", "strings", "null"]

# What FEEL keeps exactly; an engine's DECIMAL may be wider, but then the two would round apart.
EXACT_DIGITS = 34


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is the column in the table. `digits` and `places` bound a number; `whole` says the engine stores an integer."""

    name: str
    kind: Kind
    digits: int = 18
    places: int = 0
    whole: bool = False

    def __post_init__(self) -> None:
        if self.kind == "number" and not 0 <= self.places <= self.digits <= 38:
            raise ValueError(f"{self.name}: DECIMAL({self.digits}, {self.places}) is no type")


@dataclass(frozen=True, slots=True)
class Facts:
    """`columns`: FEEL name (or path, `person.age`) → column. `derived`: names computed from them, in any order."""

    key: str
    columns: Mapping[str, Column]
    derived: Mapping[str, nodes.Node] = field(default_factory=dict)


def value_of(kind: Kind, stored: Any) -> Value:
    """The FEEL value of what the engine gives for a column of a kind."""
    if stored is None:
        return None
    if kind == "number":
        return stored if isinstance(stored, Decimal) else Decimal(int(stored))
    if kind == "date":
        return Date(stored.year, stored.month, stored.day)
    if kind == "months":
        return MonthsDuration(int(stored))
    if kind == "span":
        return TimeDuration(int(stored) * 1000)
    if kind == "strings":
        return list(stored)
    if kind == "boolean":
        return bool(stored)
    return str(stored)


def kind_of(value: Value) -> Kind | None:
    """None where no column can hold such a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    kinds: dict[type, Kind] = {Decimal: "number", str: "string", Date: "date", MonthsDuration: "months"}
    found = kinds.get(type(value))
    if found:
        return found
    if isinstance(value, TimeDuration):
        return "span" if value.nanos % 1000 == 0 else None
    if isinstance(value, list) and all(item is None or isinstance(item, str) for item in value):
        return "strings"
    return None


def stored_of(value: Value) -> Any:
    """What a column holds for a FEEL value. Raises ValueError where no column can."""
    if isinstance(value, Date):
        return datetime.date(value.year, value.month, value.day)
    if isinstance(value, MonthsDuration):
        return value.months
    if isinstance(value, TimeDuration):
        if value.nanos % 1000:
            raise ValueError("finer than a microsecond")
        return value.nanos // 1000
    return value


FEEL_KINDS: dict[str, Kind] = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "years and months duration": "months",
    "yearMonthDuration": "months",
    "days and time duration": "span",
    "dayTimeDuration": "span",
    "list<string>": "strings",
}
