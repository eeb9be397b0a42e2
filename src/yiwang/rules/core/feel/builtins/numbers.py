"""The numeric functions of FEEL (DMN 1.5, 10.3.4.5). Everything is rounded to 34 digits; what has no value is null."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from yiwang.rules.core.feel.builtins.registry import builtin
from yiwang.rules.core.feel.values import ARITHMETIC, MonthsDuration, NoValue, TimeDuration

MIN_SCALE, MAX_SCALE = -6111, 6176

# Wide enough to hold any two numbers of FEEL in one grid of digits, so that remainders are exact.
EXACT = Context(prec=12_400, Emin=-12_400, Emax=12_400, traps=[InvalidOperation, DivisionByZero, Overflow])


def calculate(compute: Callable[[], Decimal]) -> Decimal:
    """The number computed, zero without a sign; null when it is too large to be a number."""
    try:
        found = compute()
    except (InvalidOperation, DivisionByZero, Overflow) as failure:
        raise NoValue("结果超出数字的范围", "the result is outside the range of numbers") from failure
    return found if found else Decimal(0)


def _rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal:
    # A scale with a fraction is cut, as the conformance kit asks of decimal().
    if not MIN_SCALE <= scale <= MAX_SCALE:
        raise NoValue(
            f"小数位数 {scale} 不在 {MIN_SCALE} 到 {MAX_SCALE} 之间",
            f"the scale {scale} is not between {MIN_SCALE} and {MAX_SCALE}",
        )
    exponent = -int(scale)
    written = number.as_tuple().exponent
    if isinstance(written, int) and written >= exponent:
        return number if number else Decimal(0)
    return calculate(lambda: number.quantize(Decimal((0, (1,), exponent)), rounding=rounding, context=ARITHMETIC))


@builtin("decimal", "n: number, scale: number")
def decimal(n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number", "n: number, scale: number")
def floor(n: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return _rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number", "n: number, scale: number")
def ceiling(n: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return _rounded(n, scale, ROUND_CEILING)


@builtin("round up", "n: number, scale: number")
def round_up(n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, ROUND_UP)


@builtin("round down", "n: number, scale: number")
def round_down(n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, ROUND_DOWN)


@builtin("round half up", "n: number, scale: number")
def round_half_up(n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number")
def round_half_down(n: Decimal, scale: Decimal) -> Decimal:
    return _rounded(n, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: number|days and time duration|years and months duration")
def absolute(n: Decimal | TimeDuration | MonthsDuration) -> Decimal | TimeDuration | MonthsDuration:
    if isinstance(n, TimeDuration):
        return TimeDuration(abs(n.nanos))
    if isinstance(n, MonthsDuration):
        return MonthsDuration(abs(n.months))
    return n.copy_abs()


@builtin("modulo", "dividend: number, divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise NoValue("除数为零", "the divisor is zero")
    rest = EXACT.remainder(dividend, divisor)
    if rest and rest.is_signed() != divisor.is_signed():
        rest = EXACT.add(rest, divisor)
    return calculate(lambda: ARITHMETIC.plus(rest))


@builtin("sqrt", "number: number")
def square_root(number: Decimal) -> Decimal:
    if number < 0:
        raise NoValue("负数没有平方根", "a negative number has no square root")
    return calculate(lambda: ARITHMETIC.sqrt(number))


@builtin("log", "number: number")
def logarithm(number: Decimal) -> Decimal:
    if number <= 0:
        raise NoValue("只有正数才有对数", "only positive numbers have a logarithm")
    return calculate(lambda: ARITHMETIC.ln(number))


@builtin("exp", "number: number")
def exponential(number: Decimal) -> Decimal:
    return calculate(lambda: ARITHMETIC.exp(number))


def _rest_of_two(number: Decimal) -> Decimal:
    return EXACT.remainder(number, Decimal(2)).copy_abs()


@builtin("odd", "number: number")
def odd(number: Decimal) -> bool:
    """A number with a fraction is neither odd nor even."""
    return _rest_of_two(number) == 1


@builtin("even", "number: number")
def even(number: Decimal) -> bool:
    return _rest_of_two(number) == 0
