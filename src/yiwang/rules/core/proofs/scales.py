"""The order of a FEEL type as numbers on a line: where a value stands, which values lie between two, and the plainest of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from yiwang.rules.core.feel import calendar, temporal
from yiwang.rules.core.feel.values import (
    ARITHMETIC,
    NANOS,
    Date,
    DateTime,
    MonthsDuration,
    Time,
    TimeDuration,
    Value,
    Zone,
)
from yiwang.rules.core.proofs.findings import Unprovable

Key = Fraction | str
_DAY = 86_400
_UTC = Zone(offset=0)


class Scale(ABC):
    """`step` is the distance of neighbours where there is nothing between them, None where the line is dense."""

    step: Fraction | None = None
    least: Key | None = None
    most: Key | None = None

    @abstractmethod
    def key(self, value: Value) -> Key | None:
        """Where a value stands; None for a value of another type."""

    @abstractmethod
    def value(self, key: Key) -> Value: ...

    @abstractmethod
    def between(self, low: Key | None, high: Key | None) -> Key | None:
        """The plainest value strictly between two (None: no end there); None when there is none."""

    def holds(self, key: Key) -> bool:
        """Whether a value can stand there at all."""
        low = self.least is None or self.least <= key  # type: ignore[operator]
        high = self.most is None or key <= self.most  # type: ignore[operator]
        return low and high


class Line(Scale):
    """Numbers, and what is counted in whole days, seconds, months or nanoseconds. `units` are plain distances, widest first."""

    units: tuple[Fraction, ...] = (Fraction(1),)
    origin: Fraction = Fraction(0)

    def holds(self, key: Key) -> bool:
        assert isinstance(key, Fraction)
        return super().holds(key) and (self.step is None or (key / self.step).denominator == 1)

    def between(self, low: Key | None, high: Key | None) -> Key | None:
        assert not isinstance(low, str) and not isinstance(high, str)
        if low is None and high is None and self.holds(self.origin):
            return self.origin
        for unit in self.units:
            found = self._next(low, high, unit)
            if found is not None:
                return found
        return None

    def _next(self, low: Fraction | None, high: Fraction | None, unit: Fraction) -> Fraction | None:
        if low is not None:
            found = (floor(low / unit) + 1) * unit
        elif high is not None:
            found = (ceil(high / unit) - 1) * unit
        else:
            found = self.origin
        inside = (low is None or low < found) and (high is None or found < high)
        return found if inside and self.holds(found) else None


class Numbers(Line):
    units = (Fraction(1), Fraction(1, 2), *(Fraction(1, part * 10**zeros) for zeros in range(1, 34) for part in (1, 2)))

    def __init__(self, step: Decimal | None = None) -> None:
        self.step = None if step is None else Fraction(step)
        if self.step is not None:
            self.units = tuple(unit for unit in self.units if (unit / self.step).denominator == 1) + (self.step,)

    def key(self, value: Value) -> Key | None:
        return Fraction(value) if isinstance(value, Decimal) else None

    def value(self, key: Key) -> Value:
        assert isinstance(key, Fraction)
        return ARITHMETIC.divide(Decimal(key.numerator), Decimal(key.denominator))


class Dates(Line):
    step = Fraction(1)
    origin = Fraction(calendar.days_of(Date(2000, 1, 1)))

    def key(self, value: Value) -> Key | None:
        return Fraction(calendar.days_of(value)) if isinstance(value, Date) else None

    def value(self, key: Key) -> Value:
        assert isinstance(key, Fraction)
        return calendar.date_of(int(key))

    def between(self, low: Key | None, high: Key | None) -> Key | None:
        """The first of a year, else of a month, else any day."""
        assert not isinstance(low, str) and not isinstance(high, str)
        if low is None and high is None:
            return self.origin
        start = calendar.date_of(int(low + 1 if low is not None else high - 1))  # type: ignore[operator]
        forward = 1 if low is not None else 0
        first = Date(start.year, start.month, 1)
        for day in (
            start if (start.month, start.day) == (1, 1) else Date(start.year + forward, 1, 1),
            first if start.day == 1 or not forward else calendar.months_added(first, 1),
            start,
        ):
            key = Fraction(calendar.days_of(day))
            if (low is None or low < key) and (high is None or key < high):
                return key
        return None


class Moments(Line):
    """Dates and times: FEEL compares them by whole seconds."""

    step = Fraction(1)
    units = (Fraction(_DAY), Fraction(3600), Fraction(60), Fraction(1))
    origin = Dates.origin * _DAY

    def __init__(self, zoned: bool) -> None:
        self.zone = _UTC if zoned else None

    def key(self, value: Value) -> Key | None:
        return Fraction(temporal.instant(value) // NANOS) if isinstance(value, DateTime) else None

    def value(self, key: Key) -> Value:
        days, rest = divmod(int(key), _DAY)
        return DateTime(calendar.date_of(days), Time(rest // 3600, rest // 60 % 60, rest % 60, 0, self.zone))


class Times(Line):
    step = Fraction(1)
    units = (Fraction(3600), Fraction(60), Fraction(1))
    origin = Fraction(12 * 3600)

    def __init__(self, zoned: bool) -> None:
        self.zone = _UTC if zoned else None
        self.least, self.most = Fraction(0), Fraction(_DAY - 1)

    def key(self, value: Value) -> Key | None:
        if not isinstance(value, Time):
            return None
        if value.zone is not None and value.zone != _UTC:
            raise Unprovable("带时区的时刻只能以 UTC 证明", "times of day with a zone are proved in UTC only")
        return Fraction(value.hour * 3600 + value.minute * 60 + value.second)

    def value(self, key: Key) -> Value:
        second = int(key)
        return Time(second // 3600, second // 60 % 60, second % 60, 0, self.zone)


class Months(Line):
    step = Fraction(1)
    units = (Fraction(12), Fraction(1))

    def key(self, value: Value) -> Key | None:
        return Fraction(value.months) if isinstance(value, MonthsDuration) else None

    def value(self, key: Key) -> Value:
        return MonthsDuration(int(key))


class Spans(Line):
    step = Fraction(1)
    units = tuple(Fraction(seconds * NANOS) for seconds in (_DAY, 3600, 60, 1)) + (Fraction(1),)

    def key(self, value: Value) -> Key | None:
        return Fraction(value.nanos) if isinstance(value, TimeDuration) else None

    def value(self, key: Key) -> Value:
        return TimeDuration(int(key))


class Strings(Scale):
    """By code points. Nothing lies between a text and the same with the lowest character after it."""

    least = ""

    def key(self, value: Value) -> Key | None:
        return value if isinstance(value, str) else None

    def value(self, key: Key) -> Value:
        return key  # type: ignore[return-value]

    def between(self, low: Key | None, high: Key | None) -> Key | None:
        assert not isinstance(low, Fraction) and not isinstance(high, Fraction)
        start = low or ""
        tails = ("", "a", "A", "1", " ", "\t", "\x00", "一")
        found = (start + tail for tail in tails if low is None or low < start + tail)
        return next((text for text in found if high is None or text < high), None)


def scale_of(kind: str, step: Decimal | None, zoned: bool) -> Scale | None:
    """The line of a FEEL type; None for a type whose values have no order."""
    match kind:
        case "number":
            return Numbers(step)
        case "date":
            return Dates()
        case "date and time":
            return Moments(zoned)
        case "time":
            return Times(zoned)
        case "years and months duration":
            return Months()
        case "days and time duration":
            return Spans()
        case "string":
            return Strings()
    return None
