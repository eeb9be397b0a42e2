"""The list functions of FEEL (DMN 1.5, 10.3.4.4) that look at a list or make another of it. Positions count from 1, or from -1 at the end."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from yiwang.rules.core.feel.builtins.registry import builtin
from yiwang.rules.core.feel.builtins.strings import span
from yiwang.rules.core.feel.comparing import equal
from yiwang.rules.core.feel.running import ITEMS_A_STEP
from yiwang.rules.core.feel.values import Date, Function, MonthsDuration, NoValue, TimeDuration, Value

# Kinds whose FEEL equality is Python's, so that a set can find equal items.
_HASHED = (Decimal, str, bool, Date, MonthsDuration, TimeDuration)


def walk(run: Any, *lists: list[Any]) -> None:
    """Pay for walking or copying the lists."""
    run.step(1 + sum(map(len, lists)) // ITEMS_A_STEP)


def weigh(run: Any, value: Value) -> int:
    """How many values comparing with this one may have to look at; the counting is paid for, for a list may hold one list many times."""
    return int(run.weigh(value))


def position(items: list[Any], given: Decimal) -> int:
    """The index of a position; null for 0, for a fraction and outside the list."""
    size = len(items)
    if not -size <= given <= size or not given or given != int(given):
        raise NoValue(f"位置 {given} 不在长度为 {size} 的列表内。", f"The position {given} is not in a list of {size}.")
    return int(given) - 1 if given > 0 else size + int(given)


@builtin("list contains", "list: list, element: any", run=True)
def list_contains(run: Any, items: list[Any], element: Value) -> bool:
    run.step(1 + len(items) * weigh(run, element) // ITEMS_A_STEP)
    return any(equal(item, element) is True for item in items)


@builtin("count", "list: list")
def count(items: list[Any]) -> Decimal:
    return Decimal(len(items))


@builtin(
    "sublist", "list: list, start position: number", "list: list, start position: number, length: number?", run=True
)
def sublist(run: Any, items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any]:
    walk(run, items)
    return items[span(len(items), start, length)]


@builtin("append", "list: list, item: any...", run=True)
def append(run: Any, items: list[Any], added: list[Any]) -> list[Any]:
    walk(run, items, added)
    return items + added


@builtin("concatenate", "list: list...", run=True)
def concatenate(run: Any, lists: list[list[Any]]) -> list[Any]:
    walk(run, *lists)
    return [item for items in lists for item in items]


@builtin("insert before", "list: list, position: number, newItem: any", run=True)
def insert_before(run: Any, items: list[Any], place: Decimal, added: Value) -> list[Any]:
    walk(run, items)
    at = position(items, place)
    return [*items[:at], added, *items[at:]]


@builtin("remove", "list: list, position: number", run=True)
def remove(run: Any, items: list[Any], place: Decimal) -> list[Any]:
    walk(run, items)
    at = position(items, place)
    return items[:at] + items[at + 1 :]


@builtin(
    "list replace", "list: list, position: number, newItem: any", "list: list, match: function, newItem: any", run=True
)
def list_replace(run: Any, items: list[Any], place: Decimal | Function, put: Value) -> list[Any]:
    """`match` is asked of each item with the new item and must answer true or false."""
    walk(run, items)
    if isinstance(place, Decimal):
        at = position(items, place)
        return [*items[:at], put, *items[at + 1 :]]
    return [put if answered(run, place, item, put) else item for item in items]


def answered(run: Any, function: Function, one: Value, other: Value) -> bool:
    if len(function.parameters) != 2:
        raise NoValue("用来比较的函数须有两个参数。", "The function that compares needs two parameters.")
    answer = run.invoke(function, [one, other])
    if not isinstance(answer, bool):
        raise NoValue("用来比较的函数没有回答是或否。", "The function that compares did not answer true or false.")
    return answer


@builtin("reverse", "list: list", run=True)
def reverse(run: Any, items: list[Any]) -> list[Any]:
    walk(run, items)
    return items[::-1]


@builtin("index of", "list: list, match: any", run=True)
def index_of(run: Any, items: list[Any], match: Value) -> list[Any]:
    run.step(1 + len(items) * weigh(run, match) // ITEMS_A_STEP)
    return [Decimal(place) for place, item in enumerate(items, 1) if equal(item, match) is True]


def _key(item: Value) -> Any:
    """Two items with keys are equal exactly when their keys are; None where there is no such key."""
    if item is None or isinstance(item, _HASHED):
        return type(item), item
    if isinstance(item, list):
        inner = [_key(each) for each in item]
        return None if None in inner else (list, tuple(inner))
    if isinstance(item, dict):
        entries = {name: _key(each) for name, each in item.items()}
        return None if None in entries.values() else (dict, frozenset(entries.items()))
    return None


def _distinct(run: Any, items: list[Any]) -> list[Any]:
    """The first of each that are equal, in order."""
    seen: set[Any] = set()
    others: list[Any] = []
    kept: list[Any] = []
    for item in items:
        weight = 1 if item is None or isinstance(item, _HASHED) else weigh(run, item)
        key = _key(item)
        if key is not None:
            if key in seen:
                continue
            seen.add(key)
        else:
            run.step(1 + len(others) * weight)
            if any(equal(item, other) is True for other in others):
                continue
            others.append(item)
        kept.append(item)
    return kept


@builtin("union", "list: list...", run=True)
def union(run: Any, lists: list[list[Any]]) -> list[Any]:
    return _distinct(run, concatenate(run, lists))


@builtin("distinct values", "list: list", run=True)
def distinct_values(run: Any, items: list[Any]) -> list[Any]:
    walk(run, items)
    return _distinct(run, items)


@builtin("flatten", "list: list", run=True)
def flatten(run: Any, items: list[Any]) -> list[Any]:
    """A list held twice comes out twice, so every item that comes out is paid for."""
    flat: list[Any] = []
    open_lists = [iter(items)]
    while open_lists:
        run.step()
        for item in open_lists[-1]:
            if isinstance(item, list):
                open_lists.append(iter(item))
                break
            flat.append(item)
            if len(flat) % ITEMS_A_STEP == 0:
                run.step()
        else:
            open_lists.pop()
    return flat


@builtin("sort", "list: list, precedes: function", run=True)
def sort(run: Any, items: list[Any], precedes: Function) -> list[Any]:
    """Stable: items of which none precedes the other stay in order."""
    walk(run, items)

    def compare(one: Value, other: Value) -> int:
        # The sort asks only whether the first comes before the second.
        return -1 if answered(run, precedes, one, other) else 0

    key: Callable[[Any], Any] = cmp_to_key(compare)
    return sorted(items, key=key)
