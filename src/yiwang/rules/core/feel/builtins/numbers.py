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
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

from yiwang.rules.core.feel.builtins.registry import builtin
from yiwang.rules.core.feel.values import ARITHMETIC, MonthsDuration, NoValue, TimeDuration

MIN_SCALE, MAX_SCALE = -6111, 6176


def calculate(compute: Callable[[], Decimal]) -> Decimal:
    """The number computed, zero without a sign; null when it is too large to be a number."""
    try:
        found = compute()
    except (InvalidOperation, DivisionByZero, Overflow) as failure:
        raise NoValue("结果超出数字的范围。", "The result is outside the range of numbers.") from failure
    return found if found else Decimal(0)


def _rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal:
    # A scale with a fraction is cut, as the conformance kit asks of decimal().
    if not MIN_SCALE <= scale <= MAX_SCALE:
        raise NoValue(
            f"小数位数 {scale} 不在 {MIN_SCALE} 到 {MAX_SCALE} 之间。",
            f"The scale {scale} is not between {MIN_SCALE} and {MAX_SCALE}.",
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


def _parts(number: Decimal) -> tuple[int, int]:
    """The digits as an integer with its sign, and the power of ten they are multiplied by."""
    sign, digits, exponent = number.as_tuple()
    whole = int("".join(map(str, digits)))
    return (-whole if sign else whole), int(exponent)


@builtin("modulo", "dividend: number, divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Exact before it is rounded; in whole numbers, as the quotient may have thousands of digits."""
    if not divisor:
        raise NoValue("除数为零。", "The divisor is zero.")
    (upper, upper_power), (lower, lower_power) = _parts(dividend), _parts(divisor)
    if upper_power >= lower_power:
        rest, power = upper * pow(10, upper_power - lower_power, abs(lower)) % lower, lower_power
    elif lower_power - upper_power > 2 * ARITHMETIC.prec:
        apart = dividend and dividend.is_signed() != divisor.is_signed()
        return calculate(lambda: ARITHMETIC.add(dividend, divisor) if apart else dividend)
    else:
        rest, power = upper % (lower * 10 ** (lower_power - upper_power)), upper_power
    return calculate(lambda: ARITHMETIC.scaleb(Decimal(rest), Decimal(power)))


@builtin("sqrt", "number: number")
def square_root(number: Decimal) -> Decimal:
    if number < 0:
        raise NoValue("负数没有平方根。", "A negative number has no square root.")
    return calculate(lambda: ARITHMETIC.sqrt(number))


# Logarithms and exponentials at 34 digits take that much longer than other functions.
_STEPS_A_SERIES = 25


@builtin("log", "number: number", run=True)
def logarithm(run: Any, number: Decimal) -> Decimal:
    run.step(_STEPS_A_SERIES)
    if number <= 0:
        raise NoValue("只有正数才有对数。", "Only positive numbers have a logarithm.")
    return calculate(lambda: ARITHMETIC.ln(number))


@builtin("exp", "number: number", run=True)
def exponential(run: Any, number: Decimal) -> Decimal:
    run.step(_STEPS_A_SERIES)
    return calculate(lambda: ARITHMETIC.exp(number))


def _remainder_of_two(number: Decimal) -> int | None:
    """None for a number with a fraction, which is neither odd nor even."""
    if int(number.as_tuple().exponent) > 0:
        return 0
    whole = number.to_integral_value(ROUND_DOWN)
    return int(whole) % 2 if whole == number else None


@builtin("odd", "number: number")
def odd(number: Decimal) -> bool:
    return _remainder_of_two(number) == 1


@builtin("even", "number: number")
def even(number: Decimal) -> bool:
    return _remainder_of_two(number) == 0
