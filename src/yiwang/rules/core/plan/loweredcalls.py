"""The built-in functions of FEEL that have an exact counterpart on columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis

from yiwang.rules.core.plan import dates, exact
from yiwang.rules.core.plan.typed import Typed, Unlowerable, added, aligned, number, plain


def any_of(parts: list[Any]) -> Any:
    found = parts[0]
    for part in parts[1:]:
        found = found | part
    return found


def _need(arguments: list[Typed], *kinds: str) -> None:
    if tuple(one.kind for one in arguments) != kinds:
        raise Unlowerable("参数的类型不合适。", "The arguments are of other types.")


def _not(arguments: list[Typed]) -> Typed:
    _need(arguments, "boolean")
    return Typed("boolean", ~plain(arguments[0]))


def _extreme(name: str) -> Callable[[list[Typed]], Typed]:
    def lowered(arguments: list[Typed]) -> Typed:
        if not arguments or {one.kind for one in arguments} not in ({"number"}, {"date"}):
            raise Unlowerable("最值只用于数字或日期。", "Extremes are of numbers or dates.")
        parts, top, places = (
            aligned(*arguments) if arguments[0].kind == "number" else ([plain(one) for one in arguments], 0, 0)
        )
        found = (ibis.least if name == "min" else ibis.greatest)(*parts)
        # SQL skips null where FEEL has none for an answer
        missing = [part.isnull() for part, one in zip(parts, arguments, strict=True) if not one.constant]
        if missing:
            found = ibis.cases((any_of(missing), ibis.null().cast(parts[0].type())), else_=found)
        return Typed(arguments[0].kind, found, top, places)

    return lowered


def _sum(arguments: list[Typed]) -> Typed:
    if not arguments or {one.kind for one in arguments} != {"number"}:
        raise Unlowerable("只有数字可以求和。", "Only numbers are summed.")
    found = arguments[0]
    for one in arguments[1:]:
        found = added(found, one, "+")
    return found


def _absolute(arguments: list[Typed]) -> Typed:
    _need(arguments, "number")
    one = arguments[0]
    return number(decimal_of(one).abs(), one.top, one.places)


def decimal_of(one: Typed) -> Any:
    (found,), _, _ = aligned(one)
    return found


def _length(arguments: list[Typed]) -> Typed:
    _need(arguments, "string")
    return Typed("number", plain(arguments[0]).length().cast("int64"), 10**10 - 1, 0)


def _text_test(method: str) -> Callable[[list[Typed]], Typed]:
    def lowered(arguments: list[Typed]) -> Typed:
        _need(arguments, "string", "string")
        return Typed("boolean", getattr(plain(arguments[0]), method)(plain(arguments[1])))

    return lowered


def _list_contains(arguments: list[Typed]) -> Typed:
    _need(arguments, "strings", "string")
    if not arguments[1].constant:
        raise Unlowerable("要找的值不是常量。", "What is looked for is no constant.")
    held, wanted = plain(arguments[0]), plain(arguments[1])
    # engines differ on null items: absent beside a null is false in FEEL
    return Typed("boolean", ibis.cases((held.notnull(), ibis.coalesce(held.contains(wanted), ibis.literal(False)))))


FUNCTIONS: dict[str, Callable[[list[Typed]], Typed]] = {
    "not": _not,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "sum": _sum,
    "abs": _absolute,
    "string length": _length,
    "contains": _text_test("contains"),
    "starts with": _text_test("startswith"),
    "ends with": _text_test("endswith"),
    "list contains": _list_contains,
    "years and months duration": dates.months_between,
    "modulo": exact.modulo,
}
