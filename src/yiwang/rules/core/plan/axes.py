"""Ordered columns as whole numbers on a line, so that between any two constants it is known what may lie there.

A DECIMAL(12, 2) is counted in hundredths, a date in days. A constant between two grid points (0.005 on hundredths) divides the line
but is no value any row can have.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yiwang.rules.core.feel import calendar
from yiwang.rules.core.feel.values import Date, MonthsDuration, TimeDuration, Value
from yiwang.rules.core.plan.columns import Column

ORDERED = frozenset({"number", "date", "months", "span"})


@dataclass(frozen=True, slots=True)
class Axis:
    """The line of one column: `low` and `high` are the first and last grid points a row can have."""

    kind: str
    places: int
    low: int
    high: int

    def position(self, value: Value) -> Fraction | None:
        """Where a constant lies; None when it is of another kind."""
        if self.kind == "number" and isinstance(value, Decimal):
            found: Fraction = Fraction(value) * 10**self.places
            return found
        if self.kind == "date" and isinstance(value, Date):
            return Fraction(calendar.days_of(value))
        if self.kind == "months" and isinstance(value, MonthsDuration):
            return Fraction(value.months)
        if self.kind == "span" and isinstance(value, TimeDuration):
            return Fraction(value.nanos, 1000)
        return None

    def value(self, point: int) -> Value:
        """The FEEL value of a grid point."""
        if self.kind == "number":
            sign = 1 if point < 0 else 0
            return Decimal((sign, tuple(int(digit) for digit in str(abs(point))), -self.places))
        if self.kind == "date":
            return calendar.date_of(point)
        return MonthsDuration(point) if self.kind == "months" else TimeDuration(point * 1000)


def axis_of(column: Column) -> Axis:
    if column.kind == "number":
        last = 10**column.digits - 1
        return Axis("number", column.places, -last, last)
    if column.kind == "date":
        return Axis("date", 0, calendar.days_of(Date(1, 1, 1)), calendar.days_of(Date(9999, 12, 31)))
    if column.kind == "months":
        return Axis("months", 0, -(2**31), 2**31)
    return Axis("span", 0, -(2**63), 2**63 - 1)
