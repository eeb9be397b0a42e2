"""Which FEEL kind a field's values have, and a field's stored value as a value of FEEL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yiwang.rules.core.feel.values import Date, DateTime, Time, Value

_KINDS = {"VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "date and time"}


def kind_of_column(sql_type: str) -> str:
    """The FEEL kind of a column of the standard table, by its DuckDB type."""
    return _KINDS.get(sql_type, "number")


def _date(stored: date) -> Date:
    return Date(stored.year, stored.month, stored.day)


def _moment(stored: datetime) -> DateTime:
    return DateTime(_date(stored), Time(stored.hour, stored.minute, stored.second, stored.microsecond * 1000))


READERS: dict[str, Callable[[Any], Value]] = {
    "number": lambda stored: stored if isinstance(stored, Decimal) else Decimal(int(stored)),
    "date": _date,
    "date and time": _moment,
    "string": str,
    "boolean": bool,
}
