"""Rounding, quotients inside a rounding, and remainders, in whole numbers that both engines compute without error.

A quotient is taken as `(n - n % m) / m` over BIGINT: the numerator is a multiple of m and below 2^53, so that the engines' floating
division is exact. A true quotient of such numbers lies farther from a rounding boundary than FEEL's 34 digits can move it, so
rounding the true quotient and rounding FEEL's quotient agree.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import ibis

from yiwang.rules.core.feel.values import Value
from yiwang.rules.core.plan.typed import Typed, Unlowerable, decimal, digits_of, fits, multiplied, number

ZERO = Decimal(0)
_LIMIT = 2**53

# Each gives what is added to the quotient cut towards zero: `rest` of dividing by `by`, both whole, `up` = ±1 away from zero.
Rounding = Callable[[Any, Any, Any, Any], Any]


def _floor(cut: Any, rest: Any, by: Any, up: Any) -> Any:
    return ibis.cases(((rest != 0) & (up < 0), -1), else_=0)


def _ceiling(cut: Any, rest: Any, by: Any, up: Any) -> Any:
    return ibis.cases(((rest != 0) & (up > 0), 1), else_=0)


def _down(cut: Any, rest: Any, by: Any, up: Any) -> Any:
    return ibis.literal(0)


def _up(cut: Any, rest: Any, by: Any, up: Any) -> Any:
    return ibis.cases((rest != 0, up), else_=0)


def _half(rest: Any, by: Any) -> tuple[Any, Any]:
    twice, whole = rest.abs() * 2, by.abs()
    return twice > whole, twice == whole


def _half_up(cut: Any, rest: Any, by: Any, up: Any) -> Any:
    more, same = _half(rest, by)
    return ibis.cases((more | same, up), else_=0)


def _half_down(cut: Any, rest: Any, by: Any, up: Any) -> Any:
    more, _ = _half(rest, by)
    return ibis.cases((more, up), else_=0)


def _half_even(cut: Any, rest: Any, by: Any, up: Any) -> Any:
    more, same = _half(rest, by)
    return ibis.cases((more | (same & (cut % 2 != 0)), up), else_=0)


ROUNDINGS: dict[str, Rounding] = {
    "floor": _floor,
    "ceiling": _ceiling,
    "decimal": _half_even,
    "round up": _up,
    "round down": _down,
    "round half up": _half_up,
    "round half down": _half_down,
}


def _scale(scale: Value) -> int:
    if not isinstance(scale, Decimal) or scale != int(scale) or not 0 <= scale <= 12:
        raise Unlowerable("小数位数不是 0 到 12 的整数。", "The scale is no whole number from 0 to 12.")
    return int(scale)


def rounded(name: str, one: Typed, scale: Value) -> Typed:
    """A number cut to so many places. What has no more places is itself."""
    places = _scale(scale)
    if one.kind != "number":
        raise Unlowerable("只有数字可以舍入。", "Only numbers are rounded.")
    if one.places <= places:
        return number(decimal(one, one.digits, one.places), one.top, one.places)
    return _quotient(name, one, Typed("number", None, 1, 0, Decimal(1)), places)


def rounded_quotient(name: str, top: Typed, bottom: Typed, scale: Value) -> Typed:
    """`top / bottom` rounded; null where the divisor is zero."""
    if top.kind != "number" or bottom.kind != "number":
        raise Unlowerable("只有数字可以相除。", "Only numbers are divided.")
    return _quotient(name, top, bottom, _scale(scale))


def _whole(one: Typed, shift: int) -> tuple[Any, int]:
    """The number's digits times 10^shift as a BIGINT, and the largest it can be."""
    top = one.top * 10**shift
    if top >= _LIMIT:
        raise Unlowerable(
            f"数字太大（{len(str(top))} 位），整除不再精确。",
            f"The number is too large ({len(str(top))} digits) to divide exactly.",
        )
    if one.constant:
        assert isinstance(one.value, Decimal)
        return ibis.literal(int(one.value.scaleb(one.places + shift)), type="int64"), top
    power = one.places + shift
    if not power:
        return decimal(one, one.digits, 0).cast("int64"), top
    by = multiplied(one, Typed("number", None, 10**power, 0, Decimal(10**power)))
    return by.expression.cast(f"decimal({digits_of(top, 0)}, 0)").cast("int64"), top


def _quotient(name: str, top: Typed, bottom: Typed, places: int) -> Typed:
    # top/bottom · 10^places = N/M with both whole
    shift = bottom.places + places - top.places
    over, over_top = _whole(top, max(shift, 0))
    under, under_top = _whole(bottom, max(-shift, 0))
    under = under.nullif(0)
    rest = over % under
    cut = ((over - rest) / under).cast("int64")
    up = ibis.cases(((over < 0) == (under < 0), 1), else_=-1)
    found = cut + ROUNDINGS[name](cut, rest, under, up)
    largest = over_top // (max(under_top, 1) if bottom.constant else 1) + 1
    fits(largest, places)
    scaled = Typed("number", found.cast(f"decimal({digits_of(largest, 0)}, 0)"), largest, 0)
    if not places:
        return scaled
    return multiplied(scaled, Typed("number", None, 1, places, Decimal(1).scaleb(-places)))


def modulo(arguments: list[Typed]) -> Typed:
    """FEEL's remainder has the sign of the divisor; null where that is zero."""
    if [one.kind for one in arguments] != ["number", "number"]:
        raise Unlowerable("只有数字有余数。", "Only numbers have remainders.")
    one, by = arguments
    places = max(one.places, by.places)
    over, _ = _whole(one, places - one.places)
    under, under_top = _whole(by, places - by.places)
    under = under.nullif(0)
    rest = over % under
    found = ibis.cases(((rest != 0) & ((rest < 0) != (under < 0)), rest + under), else_=rest)
    scaled = Typed("number", found.cast(f"decimal({digits_of(under_top, 0)}, 0)"), under_top, 0)
    return scaled if not places else multiplied(scaled, Typed("number", None, 1, places, Decimal(1).scaleb(-places)))
