"""What COLLECT makes of several outputs (DMN 1.5, 8.2.10)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from yiwang.rules.core.feel.comparing import kind, order
from yiwang.rules.core.feel.values import ARITHMETIC, NoValue, Value


def total(values: list[Any]) -> Value:
    found = Decimal(0)
    try:
        for value in values:
            if not isinstance(value, Decimal):
                raise NoValue(f"{kind(value)} 不能求和。", f"A {kind(value)} cannot be summed.")
            found = ARITHMETIC.add(found, value)
    except DecimalException as error:
        raise NoValue("和超出 34 位十进制数的范围。", "The sum is beyond 34-digit decimals.") from error
    return found


def _extreme(values: list[Any], wanted: int) -> Value:
    best = values[0]
    for value in values:
        found = order(value, best)
        if found is None:
            raise NoValue(
                f"{kind(value)} 与 {kind(best)} 不能比较。", f"{kind(value)} and {kind(best)} cannot be compared."
            )
        if found == wanted:
            best = value
    return best  # type: ignore[no-any-return]


def lowest(values: list[Any]) -> Value:
    return _extreme(values, -1)


def highest(values: list[Any]) -> Value:
    return _extreme(values, 1)


def count(values: list[Any]) -> Value:
    return Decimal(len(values))


# Each takes the outputs of at least one rule and raises NoValue where there is no result.
AGGREGATIONS: dict[str, Callable[[list[Any]], Value]] = {"SUM": total, "MIN": lowest, "MAX": highest, "COUNT": count}
