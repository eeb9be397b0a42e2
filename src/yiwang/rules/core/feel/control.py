"""`if`, `for`, `some`, `every`, filters and `instance of` as closures (DMN 1.5, 10.3.2.14)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.calendar import date_of, days_of
from yiwang.rules.core.feel.comparing import kind, order
from yiwang.rules.core.feel.operators import both, either
from yiwang.rules.core.feel.running import MAKERS, Closure, Making, Run, Scope
from yiwang.rules.core.feel.types import bare, from_node, instance
from yiwang.rules.core.feel.values import Date, NoValue, Range, Value

_CONDITIONS = (n.Comparison, n.Logic, n.Between, n.In, n.Quantified, n.InstanceOf, n.Boolean)


@MAKERS.register(n.If)
def if_(node: n.If, making: Making) -> Closure:
    condition, then, otherwise = (MAKERS.make(each, making) for each in (node.condition, node.then, node.otherwise))

    def run_it(scope: Scope, run: Run) -> Value:
        return (then if condition(scope, run) is True else otherwise)(scope, run)  # type: ignore[no-any-return]

    return run_it


@MAKERS.register(n.InstanceOf)
def instance_of(node: n.InstanceOf, making: Making) -> Closure:
    value, asked, at = MAKERS.make(node.value, making), from_node(node.type, making.types), node.at
    wanted = None if asked is None else bare(asked)

    def run_it(scope: Scope, run: Run) -> Value:
        if wanted is None:
            return run.note("类型未知。", "The type is not known.", at)
        found = value(scope, run)
        run.weigh(found)
        return instance(found, wanted)

    return run_it


# Beyond 34 digits a number and the one after it are the same.
_LAST_WHOLE = Decimal(10) ** 33

# Iteration --------------------------------------------------------------------------------------------------------------


def _whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _steps(first: Value, last: Value) -> Iterator[Value]:
    """`first..last` in whole steps, up or down. Raises NoValue when the ends are no whole numbers or dates."""
    if isinstance(first, Decimal) and isinstance(last, Decimal) and _whole(first) and _whole(last):
        if max(abs(first), abs(last)) > _LAST_WHOLE:
            raise NoValue("循环的一端超过 34 位。", "An end of the loop has more than 34 digits.")
        low, high = int(first), int(last)
        return (Decimal(each) for each in (range(low, high + 1) if low <= high else range(low, high - 1, -1)))
    if isinstance(first, Date) and isinstance(last, Date):
        return _days(first, last)
    raise NoValue("循环范围的两端应为整数或日期。", "A loop runs between whole numbers or dates.")


def _days(first: Date, last: Date) -> Iterator[Value]:
    low, high = days_of(first), days_of(last)
    return (date_of(day) for day in (range(low, high + 1) if low <= high else range(low, high - 1, -1)))


def _of_range(extent: Range) -> Iterator[Value]:
    if extent.sign or order(extent.low, extent.high) is None:
        raise NoValue("循环的区间要有两端。", "A loop over a range needs both ends.")
    for each in _steps(extent.low, extent.high):
        if (each == extent.low and not extent.low_closed) or (each == extent.high and not extent.high_closed):
            continue
        yield each


def _domain(iterator: n.Iterator, making: Making) -> Any:
    """A function from scope and run to what the iterator runs over."""
    domain = MAKERS.make(iterator.domain, making)
    end = None if iterator.end is None else MAKERS.make(iterator.end, making)

    def run_it(scope: Scope, run: Run) -> Iterator[Value]:
        value = domain(scope, run)
        if end is not None:
            return _steps(value, end(scope, run))
        if isinstance(value, list):
            return iter(value)
        if isinstance(value, Range):
            return _of_range(value)
        if value is None:
            raise NoValue("循环的范围为空值。", "The loop runs over null.")
        return iter([value])

    return run_it


def _rounds(names: list[str], domains: list[Any], scope: Scope, run: Run, number: int = 0) -> Iterator[Scope]:
    """One scope per combination, the last iterator the fastest."""
    if number == len(names):
        yield scope
        return
    for each in domains[number](scope, run):
        run.step()
        yield from _rounds(names, domains, Scope({names[number]: each}, scope), run, number + 1)


@MAKERS.register(n.For)
def for_(node: n.For, making: Making) -> Closure:
    names = [each.name for each in node.iterators]
    domains = [_domain(each, making) for each in node.iterators]
    part, at = making.part(node.body), node.at
    body, cost = part.closure, part.cost

    def run_it(scope: Scope, run: Run) -> Value:
        results: list[Any] = []
        try:
            for inner in _rounds(names, domains, Scope({"partial": results}, scope), run):
                # What the body keeps of `partial` must not grow afterwards; copied only where the body names it.
                run.step(cost)
                if part.partial:
                    run.step(len(results) // 50)
                    inner = Scope({"partial": list(results)}, inner)
                results.append(body(inner, run))
        except NoValue as why:
            return run.refuse(why, at)
        return results

    return run_it


@MAKERS.register(n.Quantified)
def quantified(node: n.Quantified, making: Making) -> Closure:
    names = [each.name for each in node.iterators]
    domains = [_domain(each, making) for each in node.iterators]
    part, at = making.part(node.body), node.at
    body, cost = part.closure, part.cost
    joined, start = (either, False) if node.word == "some" else (both, True)

    def run_it(scope: Scope, run: Run) -> Value:
        answer: bool | None = start
        try:
            for inner in _rounds(names, domains, scope, run):
                run.step(cost)
                answer = joined(answer, body(inner, run))
                if answer is (not start):
                    break
        except NoValue as why:
            return run.refuse(why, at)
        return answer

    return run_it


# Filters ----------------------------------------------------------------------------------------------------------------


def position(items: list[Any], index: Decimal) -> Value:
    """The item at a position from 1, or from the end when negative. Raises NoValue outside the list."""
    if index != index.to_integral_value() or index == 0 or abs(index) > len(items):
        raise NoValue(
            f"列表有 {len(items)} 项，没有第 {index} 项。", f"The list has {len(items)} items, none at {index}."
        )
    return items[int(index) - 1 if index > 0 else int(index)]  # type: ignore[no-any-return]


def _item_scope(item: Any, scope: Scope) -> Scope:
    inner = Scope({"item": item}, scope)
    return Scope(item, inner) if isinstance(item, dict) else inner


@MAKERS.register(n.Filter)
def filter_(node: n.Filter, making: Making) -> Closure:
    target, part, at = MAKERS.make(node.target, making), making.part(node.condition), node.at
    condition, cost = part.closure, part.cost
    only_truth = isinstance(node.condition, _CONDITIONS)

    def run_it(scope: Scope, run: Run) -> Value:
        value = target(scope, run)
        items = value if isinstance(value, list) else [] if value is None else [value]
        kept: list[Any] = []
        try:
            if not items:
                # A position outside an empty list is worth a note.
                index = None if only_truth else condition(scope, run)
                return position(items, index) if isinstance(index, Decimal) else kept
            for number, item in enumerate(items):
                run.step(cost)
                found = condition(_item_scope(item, scope), run)
                if number == 0 and isinstance(found, Decimal):
                    return position(items, found)
                if found is True:
                    kept.append(item)
                elif found is not False and found is not None:
                    raise NoValue(
                        f"筛选条件是 {kind(found)}，应为真假或位置。",
                        f"A filter is a {kind(found)}, not truth or position.",
                    )
        except NoValue as why:
            return run.refuse(why, at)
        return kept

    return run_it
