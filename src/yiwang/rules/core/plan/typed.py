"""A FEEL expression as an Ibis expression of which the kind is known, and for numbers how large and how fine it can be.

Numbers are DECIMAL throughout. `top` is the largest whole number its digits can spell and `places` how many of them stand behind the point:
a result that needs more than 34 digits could round differently here and in FEEL, so it is not lowered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from yiwang.rules.core.feel import temporal
from yiwang.rules.core.feel.values import Date, TimeDuration, Value
from yiwang.rules.core.plan.columns import EXACT_DIGITS, Column, Kind, kind_of, stored_of

# Beyond 18 digits DuckDB computes with 128 bits, but only when an operand is already that wide.
_NARROW, _WIDE = 18, 19
_WIDEST = 38
# Smaller decimals some engines write with an exponent.
_SPELT_PLACES = 6


class Unlowerable(Exception):
    """An expression that no engine would compute exactly as FEEL does; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Typed:
    """`expression` is None for a constant, whose value then is `value`."""

    kind: Kind
    expression: Any = None
    top: int = 0
    places: int = 0
    value: Value = None

    @property
    def constant(self) -> bool:
        return self.expression is None

    @property
    def digits(self) -> int:
        return max(len(str(self.top)), self.places, 1)


def digits_of(top: int, places: int) -> int:
    return max(len(str(top)), places, 1)


def constant(value: Value) -> Typed:
    kind = kind_of(value)
    if kind is None:
        raise Unlowerable("这种常量不能放进列里。", "A constant of this type cannot stand in a column.")
    if kind != "number":
        return Typed(kind, value=value)
    assert isinstance(value, Decimal)
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    number = int("".join(map(str, digits)))
    while exponent < 0 and number % 10 == 0:
        number, exponent = number // 10, exponent + 1
    found = Typed(kind, None, number * 10 ** max(exponent, 0), max(-exponent, 0), value)
    if found.digits > EXACT_DIGITS:
        raise Unlowerable("常量超过 34 位。", "The constant has more than 34 digits.")
    return found


def column_typed(column: Column, table: Any) -> Typed:
    expression = table[column.name]
    if column.kind == "number":
        return Typed("number", expression, 10**column.digits - 1, column.places)
    return Typed(column.kind, expression)


def column_type(column: Column) -> dt.DataType:
    """The Ibis type of a column as the engine stores it."""
    if column.kind == "number":
        return dt.int64 if column.whole else dt.Decimal(column.digits, column.places)
    return {
        "string": dt.string,
        "boolean": dt.boolean,
        "date": dt.date,
        "months": dt.int64,
        "span": dt.int64,
        "strings": dt.Array(dt.string),
    }[column.kind]


def decimal(one: Typed, digits: int, places: int) -> Any:
    """The number as an Ibis DECIMAL of that type; a constant becomes a literal of it."""
    wanted = dt.Decimal(digits, places)
    if one.kind == "null":
        return ibis.null().cast(wanted)
    if one.constant:
        assert isinstance(one.value, Decimal)
        return ibis.literal(one.value, type=wanted)
    return one.expression.cast(wanted)


def plain(one: Typed) -> Any:
    """The Ibis expression of any kind but an unsized number."""
    if not one.constant:
        return one.expression
    if one.kind == "number":
        return decimal(one, one.digits, one.places)
    if one.kind == "date":
        assert isinstance(one.value, Date)
        return ibis.date(one.value.year, one.value.month, one.value.day)
    if one.kind in ("months", "span"):
        return ibis.literal(stored_of(one.value), type=dt.int64)
    if one.kind == "strings":
        return ibis.literal(one.value, type=dt.Array(dt.string))
    if one.kind == "null":
        return ibis.null()
    return ibis.literal(one.value)


def nothing(kind: Kind) -> Any:
    """A null of a kind other than number."""
    types = {"string": "string", "boolean": "boolean", "date": "date", "months": "int64", "span": "int64"}
    return ibis.null().cast(types.get(kind, "array<string>"))


def number(expression: Any, top: int, places: int) -> Typed:
    """A number that fits; raises Unlowerable when FEEL would round it."""
    fits(top, places)
    return Typed("number", expression, top, places)


def fits(top: int, places: int) -> int:
    """How many digits it needs. Raises Unlowerable beyond FEEL's 34."""
    digits = digits_of(top, places)
    if digits > EXACT_DIGITS:
        raise Unlowerable(
            f"结果可能有 {digits} 位，超过能精确计算的 34 位；请缩小列的位数或先舍入。",
            f"The result may have {digits} digits, more than the 34 that are exact; narrow the columns or round first.",
        )
    return digits


def aligned(*numbers: Typed) -> tuple[list[Any], int, int]:
    """All numbers as one DECIMAL type, the largest whole number of it and its places."""
    top, places = common(numbers)
    return [decimal(one, digits_of(top, places), places) for one in numbers], top, places


def common(numbers: Sequence[Typed]) -> tuple[int, int]:
    """The largest whole number and the places of the DECIMAL all numbers fit in."""
    places = max(one.places for one in numbers)
    top = max(one.top * 10 ** (places - one.places) for one in numbers)
    if digits_of(top, places) > _WIDEST:
        raise Unlowerable("两边的位数相差太大，不能放进一个类型。", "The sides differ too much in size for one type.")
    return top, places


def added(left: Typed, right: Typed, sign: str) -> Typed:
    places = max(left.places, right.places)
    top = left.top * 10 ** (places - left.places) + right.top * 10 ** (places - right.places)
    digits = fits(top, places)
    one, other = decimal(left, digits, places), decimal(right, digits, places)
    return number((one + other if sign == "+" else one - other).cast(dt.Decimal(digits, places)), top, places)


def multiplied(left: Typed, right: Typed) -> Typed:
    top, places = left.top * right.top, left.places + right.places
    fits(top, places)
    if left.places < right.places:
        left, right = right, left
    # Ibis multiplies only what one of the two types could hold, so the finer is made the wider too
    first, second = max(left.digits, right.digits), right.digits
    if first + second > _NARROW and first <= _NARROW:
        first = _WIDE
    if first + second + 1 > _WIDEST:
        raise Unlowerable("乘积超过引擎的 38 位。", "The product is wider than an engine's 38 digits.")
    product = decimal(left, first, left.places) * decimal(right, second, right.places)
    return number(product.cast(dt.Decimal(digits_of(top, places), places)), top, places)


def reciprocal(value: Decimal) -> Decimal | None:
    """1/value when it ends after few digits, so that dividing is multiplying."""
    if value == 0:
        return None
    top, bottom = value.as_integer_ratio()
    rest, places = abs(top), 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1 or places > 12:
        return None
    return Decimal(bottom * 10**places // top).scaleb(-places)


def unified(options: list[Typed]) -> Typed:
    """The type all options fit in: its expression is empty. Raises Unlowerable when they are of several kinds."""
    kinds = {one.kind for one in options} - {"null"}
    if len(kinds) > 1:
        raise Unlowerable("各分支的类型不同。", "The branches are of different types.")
    if not kinds:
        return Typed("null")
    kind = kinds.pop()
    if kind != "number":
        return Typed(kind)
    numbers = [one for one in options if one.kind == "number"]
    top, places = common(numbers)
    return Typed("number", None, top, places)


def as_type(one: Typed, wanted: Typed) -> Any:
    """An option as the Ibis expression of the type `unified` gave."""
    if wanted.kind == "number":
        return decimal(one, wanted.digits, wanted.places)
    return nothing(wanted.kind) if one.kind == "null" else plain(one)


def text_of(value: Value) -> str:
    """A value as words for a result column: a string as it is, anything else as FEEL writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if value is None or isinstance(value, str):
        return value or ""
    return temporal.text(value) if isinstance(value, (Date, TimeDuration)) else str(value)


def worded(one: Typed) -> Typed:
    """A computed value as `text_of` writes it, in a column. Raises Unlowerable where an engine would write it otherwise."""
    if one.constant or one.kind == "string":
        return one
    said = one.expression
    if one.kind == "boolean":
        return Typed("string", ibis.cases((said, "true"), (~said, "false")))
    if one.kind == "date":
        return Typed("string", said.cast("string"))
    if one.kind == "number" and one.places <= _SPELT_PLACES:
        text = said.cast("string")
        return Typed("string", text.re_replace(r"\.?0+$", "") if one.places else text)
    raise Unlowerable(
        f"计算得到的{one.kind}不能在名单里写成文字", f"a computed {one.kind} cannot be written as text in the list"
    )
