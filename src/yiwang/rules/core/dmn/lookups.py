"""A column of literal cells as one look-up: the rules whose cell a value passes, a bit for each.

What a value passes is asked of the cells themselves when the table is prepared: once for each constant they name, once between any two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from typing import Any

from yiwang.rules.core.dmn.cells import Passing, simple
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.running import Run, Scope
from yiwang.rules.core.feel.values import Date, DateTime, Time

# The bits of a value, None when it is of another kind than the cells speak of and they must be asked themselves.
Lookup = Callable[[Any], int | None]

_SOME_DAY = DateTime(Date(2000, 1, 1), Time(0, 0, 0))
# Enough digits that a number between two constants is between them.
_FINE = Context(prec=120)


def lookup(cells: Sequence[tuple[n.UnaryTests, Passing | None]]) -> Lookup | None:
    """Of one column: the tests of each rule and how they are asked, None for `-`. None when some cell is more than literals."""
    full = (1 << len(cells)) - 1
    asking = [(tests, passing) for tests, passing in cells if passing is not None]
    if not asking:
        return lambda value: full
    found = [simple(tests) for tests, _ in asking if not _only_null(tests)]
    kinds = {one[0] for one in found if one is not None}
    if None in found or len(kinds) > 1:
        return None

    def bits(value: Any) -> int:
        scope, run = Scope({}), Run(_SOME_DAY)
        return sum(
            1 << at for at, (_, passing) in enumerate(cells) if passing is None or passing(value, scope, run) is True
        )

    listed = [one for tests, _ in asking for test in tests.tests for one in _constants(test)]
    if kinds != {Decimal}:
        return _texts({one: bits(one) for one in listed}, bits(_other(listed)), bits(None))
    points = sorted(set(listed))
    return _numbers(points, [bits(value) for value in _representatives(points)], bits(None))


def _only_null(tests: n.UnaryTests) -> bool:
    return all(isinstance(one, n.ExpressionTest) and type(one.expression) is n.Null for one in tests.tests)


def _texts(known: dict[str, int], other: int, null: int) -> Lookup:
    def run_it(value: Any) -> int | None:
        if type(value) is str:
            return known.get(value, other)
        return null if value is None else None

    return run_it


def _numbers(points: list[Decimal], masks: list[int], null: int) -> Lookup:
    """`masks` alternate: below the first point, at it, between it and the next …"""
    count = len(points)

    def run_it(value: Any) -> int | None:
        if type(value) is Decimal:
            at = bisect_left(points, value)
            return masks[2 * at + (at < count and points[at] == value)]
        return null if value is None else None

    return run_it


def _representatives(points: list[Decimal]) -> list[Decimal]:
    found = [_FINE.subtract(points[0], Decimal(1))]
    for low, high in zip(points, points[1:], strict=False):
        found += [low, _FINE.divide(_FINE.add(low, high), Decimal(2))]
    return [*found, points[-1], _FINE.add(points[-1], Decimal(1))]


def _constants(test: n.Test) -> list[Any]:
    """The constants of a simple test."""
    node = test.operand if isinstance(test, n.CompareTest) else getattr(test, "expression", None)
    if isinstance(node, n.Interval):
        return [end.value for end in (node.low, node.high) if isinstance(end, n.Number)]
    return [node.value] if isinstance(node, (n.Number, n.String)) else []


def _other(texts: Sequence[str]) -> str:
    """A text that is none of these."""
    return "".join(texts) + "."
