"""The buckets of a column: every constant a cell compares it with, the gaps between them, and null.

Within a bucket no cell can tell two values apart, so one of them, shown to the interpreter, answers for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.values import Range, Value
from yiwang.rules.core.plan.axes import ORDERED, Axis, axis_of
from yiwang.rules.core.plan.columns import Column
from yiwang.rules.core.plan.lowering import Setting
from yiwang.rules.core.plan.names import INPUT, reads

# The code of null; the others follow.
NULL = 0


@dataclass(frozen=True, slots=True)
class Buckets:
    """`values[code]` stands for its bucket. Ordered columns: `points` in order, code 2i+1 below point i, 2i+2 on it.

    Strings: code i+1 is `texts[i]`, the last is any other. Booleans: 1 false, 2 true.
    """

    column: Column
    values: tuple[tuple[int, Value], ...]
    points: tuple[Fraction, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return max(code for code, _ in self.values) + 1


def constants(tests: n.UnaryTests, column: Column, setting: Setting) -> list[Value] | None:
    """What a cell compares its column with; None when it is more than comparisons with constants."""
    found: list[Value] = []
    for test in tests.tests:
        if isinstance(test, n.AnyTest):
            continue
        if isinstance(test, n.CompareTest):
            node, ordered = test.operand, test.sign not in ("=", "!=")
        else:
            assert isinstance(test, n.ExpressionTest)
            node, ordered = test.expression, False
        if not setting.fixed(node) or reads(node, (INPUT,)):
            return None
        parts = _parts(setting.value(node), ordered, column)
        if parts is None:
            return None
        found += parts
    return found


def _parts(value: Value, ordered: bool, column: Column) -> list[Value] | None:
    if isinstance(value, list):
        parts: list[Value] = []
        for item in value:
            inside = _parts(item, False, column)
            if inside is None:
                return None
            parts += inside
        return parts
    if isinstance(value, Range):
        if value.sign not in ("=", "!="):
            ordered = True
        ends: list[Value] = [value.low, value.high]
    else:
        ends = [value]
    # the order of texts would need buckets between any two texts
    if ordered and column.kind == "string" and any(isinstance(end, str) for end in ends):
        return None
    return ends


def buckets_of(column: Column, found: Iterable[Value]) -> Buckets | None:
    """None for a kind that has no buckets."""
    if column.kind in ORDERED:
        return _ordered(column, axis_of(column), found)
    if column.kind == "string":
        texts = tuple(sorted({value for value in found if isinstance(value, str)}))
        other = "".join(texts) + "·"
        coded = [(code + 1, text) for code, text in enumerate(texts)]
        return Buckets(column, ((NULL, None), *coded, (len(texts) + 1, other)), texts=texts)
    if column.kind == "boolean":
        return Buckets(column, ((NULL, None), (1, False), (2, True)))
    return None


def _ordered(column: Column, axis: Axis, found: Iterable[Value]) -> Buckets:
    positions = {at for value in found if (at := axis.position(value)) is not None}
    points = tuple(sorted(at for at in positions if axis.low <= at <= axis.high))
    values: list[tuple[int, Value]] = [(NULL, None)]
    for index in range(len(points) + 1):
        low = axis.low if index == 0 else floor(points[index - 1]) + 1
        high = axis.high if index == len(points) else ceil(points[index]) - 1
        if low <= high:
            # a value near the constant: its neighbours are the ordinary ones
            values.append((2 * index + 1, axis.value(high if index == 0 else low)))
        if index < len(points) and points[index].denominator == 1:
            values.append((2 * index + 2, axis.value(int(points[index]))))
    return Buckets(column, tuple(values), points=points)
