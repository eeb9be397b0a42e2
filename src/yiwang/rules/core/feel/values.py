"""The values of FEEL (DMN 1.5, 10.3.2.3) and what stands for each in Python.

| FEEL | Python |
|---|---|
| null | None |
| boolean | bool |
| number | decimal.Decimal, 34 digits, never int or float, never NaN or infinite |
| string | str |
| date, time, date and time | Date, Time, DateTime |
| years and months duration, days and time duration | MonthsDuration, TimeDuration |
| list | list, never changed once made |
| context | dict, insertion order, never changed once made |
| range | Range |
| function | Function |

Python's own dates end in year 9999 and its times know no nanoseconds, so FEEL's are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Clamped, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

# IEEE 754 decimal128, as DMN 10.3.2.3.1 asks; the traps turn what has no value into an error, hence into null.
ARITHMETIC = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)
ARITHMETIC.flags[Clamped] = False

NANOS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Zone:
    """An offset from UTC in seconds, or the name of an IANA zone; exactly one is given. `Z` is offset 0."""

    offset: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """Proleptic Gregorian; years from -999,999,999 to 999,999,999."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Time:
    hour: int
    minute: int
    second: int
    nano: int = 0
    zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class DateTime:
    date: Date
    time: Time


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    months: int


@dataclass(frozen=True, slots=True, order=True)
class TimeDuration:
    nanos: int


@dataclass(frozen=True, slots=True)
class Range:
    """A range; its end None is unbounded where `sign` says it was written as a comparison (`(< 5)`, `(= 5)`, `(!= 5)`).

    With `sign` "=" both ends are the operand, with "!=" too and both are open: everything but the operand lies in it. Without a sign a None end
    is FEEL's null, and what lies in the range is null.
    """

    low: Value
    high: Value
    low_closed: bool
    high_closed: bool
    sign: str = ""

    @property
    def bounds(self) -> tuple[Value, ...]:
        """Both ends, or the operand once: ranges that hold ranges must not take twice the time at every level."""
        return (self.low,) if self.sign in ("=", "!=") else (self.low, self.high)


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function as a value. `call(run, arguments)` takes the bound arguments in order; `name` is for messages.

    `parameters` are (name, type) pairs, the type None when none was written; `result` likewise. For a built-in `kind` is "builtin".
    """

    name: str
    parameters: tuple[tuple[str, Any], ...]
    call: Callable[[Any, list[Any]], Any]
    result: Any = None
    kind: str = "literal"


Value = (
    None
    | bool
    | Decimal
    | str
    | Date
    | Time
    | DateTime
    | MonthsDuration
    | TimeDuration
    | list[Any]
    | dict[str, Any]
    | Range
    | Function
)


class NoValue(Exception):
    """Raised inside the interpreter when FEEL gives null for a reason worth saying; caught at the nearest operator or call.

    `zh` and `en` say why; the run keeps them as notes with the place.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
