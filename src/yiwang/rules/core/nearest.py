"""What would have to change for a decision to say yes: the fewest facts, and of numbers the smallest step.

Every proposal is tried on the decision itself before it is made, whatever the hit policy and the chain of decisions; candidates are
the constants of the tables, a step beside them, and for numbers that are only computed with, the place where the answer turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from yiwang.rules.core.dmn.boxed import DecisionTable
from yiwang.rules.core.feel import nodes as n
from yiwang.rules.core.feel.calendar import date_of, days_of
from yiwang.rules.core.feel.values import Date, Value

# How many trials a question may cost; one is some tens of microseconds.
TRIALS = 4000
MOST_FACTS = 3
_BISECTIONS = 48


@dataclass(frozen=True, slots=True)
class Span:
    """What a fact can be, for the search: bounds of a number and its smallest step, or the list of its values."""

    low: Decimal | None = None
    high: Decimal | None = None
    step: Decimal = Decimal("0.01")
    values: tuple[Value, ...] = ()
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    before: Value
    after: Value


# Takes the facts of a trial and answers whether the decision would be granted.
Grants = Callable[[Mapping[str, Value]], bool]


def nearest(
    facts: Mapping[str, Value], spans: Mapping[str, Span], constants: Mapping[str, Sequence[Value]], grants: Grants
) -> tuple[Step, ...] | None:
    """The smallest change of `facts` that makes `grants` true; None when none of the tried ones does."""
    left = [TRIALS]

    def tried(change: Mapping[str, Value]) -> bool:
        left[0] -= 1
        return left[0] >= 0 and grants({**facts, **change})

    choices = {name: list(_choices(facts[name], spans[name], constants.get(name, ()))) for name in spans}
    single = [(name, value) for name in sorted(spans) for value in choices[name]]
    found: list[tuple[Step, ...]] = [
        (Step(name, facts[name], value),) for name, value in single if tried({name: value})
    ]
    turns = [_turned(name, facts, spans[name], tried) for name in sorted(spans) if not constants.get(name)]
    found += [(turn,) for turn in turns if turn is not None]
    if found:
        return min(found, key=_far)
    for count in range(2, min(MOST_FACTS, len(spans)) + 1):
        for names in combinations(sorted(spans), count):
            for values in product(*(choices[name] for name in names)):
                if left[0] <= 0:
                    return min(found, key=_far, default=None)
                if tried(dict(zip(names, values, strict=True))):
                    found.append(tuple(Step(m, facts[m], v) for m, v in zip(names, values, strict=True)))
        if found:
            return min(found, key=_far)
    return None


def _far(steps: tuple[Step, ...]) -> Decimal:
    return sum((_distance(step.before, step.after) for step in steps), Decimal(0))


def table_constants(tables: Sequence[DecisionTable], known: Mapping[str, Value]) -> dict[str, list[Value]]:
    """The constants each name is compared with in the cells of tables; names of `known` (parameters) stand for their values."""
    found: dict[str, list[Value]] = {}
    for table in tables:
        for place, column in enumerate(table.inputs):
            node = column.expression.node
            if isinstance(node, n.Name):
                cells = (rule.inputs[place].tests for rule in table.rules)
                found.setdefault(node.name, []).extend(value for cell in cells for value in _constants(cell, known))
    return found


def _constants(node: Any, known: Mapping[str, Value]) -> Iterator[Value]:
    """The literal values below a node, dates as `date("…")` writes them too."""
    if isinstance(node, n.Number | n.String | n.Boolean):
        yield node.value
    elif isinstance(node, n.Negate) and isinstance(node.operand, n.Number):
        yield -node.operand.value
    elif isinstance(node, n.Name):
        if node.name in known:
            yield known[node.name]
    elif isinstance(node, n.UnaryTests):
        for test in node.tests:
            yield from _constants(test, known)
    elif isinstance(node, n.CompareTest):
        yield from _constants(node.operand, known)
    elif isinstance(node, n.ExpressionTest):
        yield from _constants(node.expression, known)
    elif isinstance(node, n.Interval):
        for end in (node.low, node.high):
            yield from _constants(end, known)
    elif isinstance(node, n.List):
        for item in node.items:
            yield from _constants(item, known)
    elif isinstance(node, n.Arithmetic | n.Comparison | n.Logic):
        yield from _constants(node.left, known)
        yield from _constants(node.right, known)


def _choices(value: Value, span: Span, constants: Sequence[Value]) -> Iterator[Value]:
    """Values to try instead of the present one, those nearest to it first, each once and within the span."""
    found: list[Value] = [*span.values, *constants]
    if isinstance(value, bool):
        found.append(not value)
    for constant in constants:
        if isinstance(constant, Decimal):
            found += [constant - span.step, constant + span.step]
        elif isinstance(constant, Date):
            found += [date_of(days_of(constant) - 1), date_of(days_of(constant) + 1)]
    fitting = [one for one in found if one is not None and one != value and _alike(one, value) and _within(one, span)]
    kept: list[Value] = []
    for one in sorted(fitting, key=lambda each: _distance(value, each)):
        if one not in kept:
            kept.append(one)
    yield from kept
    if span.nullable and value is not None:
        yield None


def _alike(one: Value, value: Value) -> bool:
    return value is None or type(one) is type(value)


def _within(value: Value, span: Span) -> bool:
    if span.values and value not in span.values:
        return False
    if not isinstance(value, Decimal):
        return True
    return (span.low is None or value >= span.low) and (span.high is None or value <= span.high)


def _turned(
    name: str, facts: Mapping[str, Value], span: Span, tried: Callable[[Mapping[str, Value]], bool]
) -> Step | None:
    """Where the answer turns when one number alone moves towards its bounds, found by halving."""
    value = facts[name]
    if not isinstance(value, Decimal) or isinstance(value, bool):
        return None
    best: Decimal | None = None
    for bound in (span.low, span.high):
        if bound is None or bound == value or not tried({name: bound}):
            continue
        no, yes = value, bound
        for _ in range(_BISECTIONS):
            if abs(yes - no) <= span.step:
                break
            middle = _stepped((no + yes) / 2, span.step)
            if middle in (no, yes):
                break
            no, yes = (no, middle) if tried({name: middle}) else (middle, yes)
        if best is None or abs(yes - value) < abs(best - value):
            best = yes
    return None if best is None else Step(name, value, best)


def _stepped(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value() * step


def _distance(before: Value, after: Value) -> Decimal:
    """Of numbers the relative step, of dates years; any other change counts as one."""
    if isinstance(before, Decimal) and isinstance(after, Decimal):
        return abs(after - before) / max(abs(before), abs(after), Decimal(1))
    if isinstance(before, Date) and isinstance(after, Date):
        return Decimal(abs(days_of(after) - days_of(before))) / 365
    return Decimal(1)
