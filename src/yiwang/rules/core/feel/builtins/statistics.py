"""The list functions of FEEL (DMN 1.5, 10.3.4.4) that reduce a list to a value. Each takes a list or its items one by one.

A list that holds a null, or anything that is not of the kind asked for, has no sum, mean, least or greatest item: null.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from yiwang.rules.core.feel.builtins.lists import walk
from yiwang.rules.core.feel.builtins.numbers import calculate
from yiwang.rules.core.feel.builtins.registry import builtin
from yiwang.rules.core.feel.comparing import kind, order
from yiwang.rules.core.feel.values import ARITHMETIC, NoValue, Value


def _numbers(run: Any, items: list[Any]) -> list[Decimal]:
    run.step(1 + len(items) // 2)
    for item in items:
        if not isinstance(item, Decimal):
            raise NoValue(
                f"列表里须都是数字，却有 {kind(item)}。", f"The list must hold numbers only, but holds {kind(item)}."
            )
    return items


def _some_numbers(run: Any, items: list[Any]) -> list[Decimal]:
    found = _numbers(run, items)
    if not found:
        raise NoValue("列表是空的。", "The list is empty.")
    return found


def _ordered(one: Value, other: Value) -> int:
    found = order(one, other)
    if found is None:
        raise NoValue(
            f"列表里的 {kind(one)} 与 {kind(other)} 无法比较大小。",
            f"The list holds {kind(one)} and {kind(other)}, which have no order.",
        )
    return found


_BY_ORDER: Callable[[Any], Any] = cmp_to_key(_ordered)


def _extreme(run: Any, items: list[Any], choose: Callable[..., Any]) -> Value:
    run.step(1 + len(items))
    if not items:
        raise NoValue("列表是空的。", "The list is empty.")
    _ordered(items[0], items[0])
    return choose(items, key=_BY_ORDER)  # type: ignore[no-any-return]


@builtin("min", "list: list", "c: any...", run=True)
def least(run: Any, items: list[Any]) -> Value:
    return _extreme(run, items, min)


@builtin("max", "list: list", "c: any...", run=True)
def greatest(run: Any, items: list[Any]) -> Value:
    return _extreme(run, items, max)


def _total(numbers: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = ARITHMETIC.add(total, number)
    return total


@builtin("sum", "list: list", "n: any...", run=True)
def total(run: Any, items: list[Any]) -> Decimal:
    numbers = _some_numbers(run, items)
    return calculate(lambda: _total(numbers))


@builtin("mean", "list: list", "n: any...", run=True)
def mean(run: Any, items: list[Any]) -> Decimal:
    numbers = _some_numbers(run, items)
    return calculate(lambda: ARITHMETIC.divide(_total(numbers), Decimal(len(numbers))))


@builtin("product", "list: list", "n: any...", run=True)
def product(run: Any, items: list[Any]) -> Decimal:
    numbers = _some_numbers(run, items)

    def compute() -> Decimal:
        found = Decimal(1)
        for number in numbers:
            found = ARITHMETIC.multiply(found, number)
        return found

    return calculate(compute)


@builtin("median", "list: list", "n: any...", run=True)
def median(run: Any, items: list[Any]) -> Decimal:
    numbers = sorted(_some_numbers(run, items))
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return calculate(lambda: ARITHMETIC.divide(ARITHMETIC.add(numbers[middle - 1], numbers[middle]), Decimal(2)))


@builtin("stddev", "list: list", "n: any...", run=True)
def deviation(run: Any, items: list[Any]) -> Decimal:
    """Of a sample: the squares are divided by one less than there are numbers, so one number has none."""
    run.step(len(items))
    numbers = _numbers(run, items)
    if len(numbers) < 2:
        raise NoValue("少于两个数字没有标准差。", "Fewer than two numbers have no standard deviation.")

    def compute() -> Decimal:
        middle = ARITHMETIC.divide(_total(numbers), Decimal(len(numbers)))
        apart = [ARITHMETIC.subtract(number, middle) for number in numbers]
        squares = [ARITHMETIC.multiply(each, each) for each in apart]
        return ARITHMETIC.sqrt(ARITHMETIC.divide(_total(squares), Decimal(len(numbers) - 1)))

    return calculate(compute)


@builtin("mode", "list: list", "n: any...", run=True)
def mode(run: Any, items: list[Any]) -> list[Any]:
    """The numbers found most often, ascending; an empty list for an empty list."""
    often: dict[Decimal, int] = {}
    for number in _numbers(run, items):
        often[number] = often.get(number, 0) + 1
    most = max(often.values(), default=0)
    return sorted(number for number, times in often.items() if times == most)


def _decided(run: Any, items: list[Any], by: bool) -> bool | None:
    """`by` as soon as one item is, its opposite when all are that, else null."""
    walk(run, items)
    if any(item is by for item in items):
        return by
    if all(isinstance(item, bool) for item in items):
        return not by
    raise NoValue("列表里有不是布尔值的项。", "The list holds items that are neither true nor false.")


@builtin("all", "list: list", "b: any...", run=True)
def every(run: Any, items: list[Any]) -> bool | None:
    return _decided(run, items, by=False)


@builtin("any", "list: list", "b: any...", run=True)
def some(run: Any, items: list[Any]) -> bool | None:
    return _decided(run, items, by=True)
